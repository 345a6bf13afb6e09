-- What `mmlua help` prints, and what an unknown verb is answered.
local exit_codes = require("mm.exit_codes")
local pager = require("mm.pager")
local suggest = require("mm.suggest")
local text = require("mm.text")

local help = {}

local groups = {
   {"Look", "status", "versions", "view-sets", "outdated", "timeline", "partitions", "writers", "explain"},
   {"Set up", "init", "registry"},
   {"Retire and take back", "plan", "show", "apply", "retire", "undo", "retirements", "pause", "resume", "abandon"},
   {"Guard", "hold", "audit", "doctor"},
   {"Serve", "serve", "worker", "key"},
   {"Try", "demo"},
}

local usage = [=[
usage: mmlua [lua options] [VERB [options] | SCRIPT [arguments]]

mmlua is lua 5.4 with the module mm for micromegas lakes, and with verbs.
]=]

local lua_options = [=[

A script is named with a slash, a dot, or after `--`. Options as of lua:
  -e CODE             run Lua code
  -l [NAME=]MODULE    require a module into a global
  -i                  read, evaluate and print after the script
  -v                  print Lua's version
  -E                  ignore environment variables
  -W                  turn warnings on
  -                   run stdin
  --version           print the versions of mm and Lua
`mmlua help VERB` says what a verb does, its options and examples.
]=]

-- The first line of a verb's script says what it does.
local function summary(folder, name)
   local script = io.open(folder .. "/" .. name .. ".lua")
   local line = script and script:read("*l") or ""
   if script then
      script:close()
   end
   return line:match("^%-%- (.-)%.?$") or ""
end

local function write_group(write, title, folder, names)
   if #names == 0 then
      return
   end
   write("\n", title, ":\n")
   for _, name in ipairs(names) do
      write(("  %-13s %s\n"):format(name, summary(folder, name)))
   end
end

-- Those of `group` that are there, taken out of the set `left`.
local function take(group, left)
   local names = {}
   for i = 2, #group do
      if left[group[i]] then
         names[#names + 1] = group[i]
         left[group[i]] = nil
      end
   end
   return names
end

local function write_verbs(write, folder, names)
   local left, others = {}, {"Others"}
   table.sort(names)
   for _, name in ipairs(names) do
      left[name] = true
      others[#others + 1] = name
   end
   for _, group in ipairs(groups) do
      write_group(write, group[1], folder, take(group, left))
   end
   write_group(write, others[1], folder, take(others, left))
end

--- Prints the verbs and the options on stdout.
---@param folder string where the scripts are
---@param names string[] of the verbs
---@return integer exit_code
function help.show(folder, names)
   pager.run(function(write)
      write(usage)
      write_verbs(write, folder, names)
      write(lua_options)
   end)
   return exit_codes.ok
end

--- Prints the verbs as they are typed in a session.
---@param folder string where the scripts are
---@param names string[] of the verbs
---@return integer exit_code
function help.show_verbs(folder, names)
   pager.run(function(write)
      write("Verbs; `help VERB` says more, its options and examples. \\? lists commands.\n")
      write_verbs(write, folder, names)
   end)
   return exit_codes.ok
end

--- Says on stderr that there is no such verb, which one may be meant, and which there are.
---@param _ string
---@param names string[]
---@param name string
---@return integer exit_code
function help.unknown(_, names, name)
   table.sort(names)
   local shown = text.escape(name)
   io.stderr:write(("mmlua: unknown verb '%s'%s\n"):format(shown, suggest.phrase(name, names)))
   io.stderr:write("verbs: ", table.concat(names, " "), "\n")
   io.stderr:write("hint: a script is named with a slash, a dot, or after `--`: mmlua ./", shown, "\n")
   return exit_codes.usage
end

return help
