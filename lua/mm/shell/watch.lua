-- A statement again and again; only what changes nothing.
local cli = require("mm.cli")
local core = require("mm.core")
local errors = require("mm.errors")
local exit_codes = require("mm.exit_codes")
local output = require("mm.output")

local watch = {}

-- What of the core may be repeated of what it does with a lake; all else is refused, what is unknown here too.
local READS = {lake_open = true, lake_is_open = true, lake_info = true, lake_select = true, lake_refresh = true,
   lake_check_writable = true, lake_export = true, lake_export_page = true}

local function refuse()
   error(errors.new("refused", "\\watch repeats only what changes nothing in the lake"), 0)
end

-- Makes changes impossible; gives a function that makes them possible again.
local function guard()
   local functions, confirm = {}, cli.confirm
   for name, value in pairs(core) do
      if type(value) == "function" and name:find("^lake_") and not READS[name] then
         functions[name] = value
         core[name] = refuse
      end
   end
   cli.confirm = refuse
   return function()
      for name, value in pairs(functions) do
         core[name] = value
      end
      cli.confirm = confirm
   end
end

local function is_interruption(err)
   return type(err) == "table" and err.code == "cancelled" or tostring(err):find("interrupted!", 1, true) ~= nil
end

local function repeat_it(session, statement, seconds)
   while true do
      output.message("%s, every %g s", os.date("%Y-%m-%d %H:%M:%S"), seconds)
      local exit_code = session:run_statement(statement)
      if exit_code ~= exit_codes.ok then
         return exit_code
      end
      core.sleep(seconds)
   end
end

--- Runs the statement every so many seconds, until it fails or Ctrl-C ends it.
---@param session table
---@param statement table as reader.read gives it
---@param seconds number
---@return integer exit_code
function watch.run(session, statement, seconds)
   local release = guard()
   local is_right, result = pcall(repeat_it, session, statement, seconds)
   release()
   if is_right then
      return result
   elseif is_interruption(result) then
      return exit_codes.ok
   end
   error(result, 0)
end

return watch
