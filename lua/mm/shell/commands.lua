-- Commands of the shell itself: a backslash and a word.
local cli = require("mm.cli")
local edit = require("mm.shell.edit")
local errors = require("mm.errors")
local lakes = require("mm.shell.lakes")
local lines = require("mm.shell.lines")
local manual = require("mm.shell.manual")
local output = require("mm.output")
local show = require("mm.shell.show")
local suggest = require("mm.suggest")
local watch = require("mm.shell.watch")
local where = require("mm.shell.where")
local words = require("mm.shell.words")

local commands = {}

local list = {}

local function add(name, usage, text, run)
   list[#list + 1] = {name = name, usage = usage, text = text, run = run}
end

local function fail(format, ...)
   error(errors.new("usage", format:format(...)), 0)
end

-- "on", "off", or the other way round.
local function switch(argument, value)
   if argument == "" then
      return not value
   elseif argument ~= "on" and argument ~= "off" then
      fail("'%s' is neither on nor off", argument)
   end
   return argument == "on"
end

add("x", "[on|off|auto]", "rows one below the other, or as a table, or as they fit", function(_, argument)
   if argument == "auto" then
      show.vertical = nil
   else
      show.vertical = switch(argument, show.vertical)
   end
   output.message("rows are shown %s", show.vertical == nil and "as they fit"
      or show.vertical and "one below the other" or "as tables")
end)

add("exact", "[on|off]", "sizes, counts and times as they are", function(_, argument)
   show.exact = switch(argument, show.exact)
   output.message("numbers and times are shown %s", show.exact and "as they are" or "in human form")
end)

add("timing", "[on|off]", "how long each statement takes", function(session, argument)
   session.is_timing = switch(argument, session.is_timing)
   output.message("timing is %s", session.is_timing and "on" or "off")
end)

add("watch", "[SECONDS]", "repeat the last statement; never what changes things", function(session, argument)
   local seconds = argument == "" and 2 or tonumber(argument)
   if not seconds or seconds < 0.1 or seconds > 86400 then
      fail("\\watch takes 0.1 to 86400 seconds, not '%s'", argument)
   elseif not session.last then
      fail("there is no statement to repeat yet")
   end
   return watch.run(session, session.last, seconds)
end)

add("i", "FILE", "run a file: a .lua file as a script, others as if typed", function(session, argument)
   local path = words.split(argument)[1] or fail("\\i needs a file")
   if path:find("%.lua$") then
      local chunk, message = loadfile(path)
      return session:run_statement{kind = "lua", text = argument, run = chunk, err = message}
   end
   local next_line, message = lines.from(path)
   if not next_line then
      fail("%s", message)
   end
   return session:run_lines(next_line)
end)

add("o", "[FILE]", "write results to a file, or to the screen again", function(session, argument)
   local path = words.split(argument)[1]
   local file, message
   if path then
      file, message = io.open(path, "w")
   end
   if message then
      fail("%s", message)
   end
   session:write_to(file)
end)

add("e", "", "edit the last statement with $EDITOR; Enter runs it", function(session)
   edit.run(session.last and session.last.text or "")
end)

-- A connection string may be several words here: host=db dbname=lake.
local function join_keywords(separate)
   local joined, is_open = {}, false
   for _, word in ipairs(separate) do
      local is_keyword = word:find("^%a[%w_]*=") ~= nil
      if is_keyword and is_open then
         joined[#joined] = joined[#joined] .. " " .. word
      else
         joined[#joined + 1] = word
      end
      is_open = is_keyword
   end
   return joined
end

add("c", "[LAKE]", "open another lake, or this one again", function(session, argument)
   local is_right, options = pcall(cli.parse, {arguments = {{name = "lake", optional = true}},
      options = {"registry", "schema", "timeout"}}, join_keywords(words.split(argument)))
   if not is_right then
      error(options, 0)
   end
   return session:connect(next(options) and options)
end)

add("conninfo", "", "where the connection leads to", function()
   where.print(assert(lakes.get()))
end)

add("h", "[NAME]", "what a function, a method of the lake or a verb does", function(_, argument)
   return manual.print(argument)
end)

add("?", "", "these commands", function()
   commands.print()
end)

add("q", "", "leave", function(session)
   session.is_over = true
end)

--- The names of all commands, with their backslash.
---@return string[]
function commands.names()
   local names = {}
   for i, command in ipairs(list) do
      names[i] = "\\" .. command.name
   end
   return names
end

--- Prints what there is.
function commands.print()
   io.stdout:write("Lua is run as it is typed, and what an expression gives is printed.\n"
      .. "Verbs work as outside, `outdated` for `mmlua outdated`.\n\n")
   for _, command in ipairs(list) do
      io.stdout:write(("  %-22s %s\n"):format("\\" .. command.name .. " " .. command.usage, command.text))
   end
   io.stdout:write("\nhelp lists the verbs, \\h the functions. Tab completes, Ctrl-R searches.\n"
      .. "Ctrl-C cancels a statement and clears a line, Ctrl-D leaves.\n")
end

--- Runs a command.
---@param session table
---@param name string
---@param argument string
---@return any false when it failed and said so
function commands.run(session, name, argument)
   for _, command in ipairs(list) do
      if command.name == name then
         return command.run(session, argument)
      end
   end
   fail("no command is called '\\%s'%s; \\? lists them", name, suggest.phrase("\\" .. name, commands.names()))
end

return commands
