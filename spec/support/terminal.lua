-- A terminal that is not there, for what asks mm.terminal and the environment.
--   terminal.with(facts, f, ...) -> what f gives
--      facts.width, facts.height: of stdout, which is a terminal then, as are stdin and stderr unless facts.stderr is
--      false; facts.environment: variables, of which "" is unset; TERM is xterm and the locale UTF-8 unless they say
--      otherwise, NO_COLOR and PAGER are unset
local terminal = {}

local DEFAULTS = {TERM = "xterm", LC_ALL = "C.UTF-8", NO_COLOR = "", PAGER = ""}

local function fake(facts)
   local function value(name)
      return function()
         return facts[name]
      end
   end
   return {width = value("width"), height = value("height"), is_terminal = function(stream)
      return facts.width ~= nil and not (stream == "stderr" and facts.stderr == false)
   end}
end

local function environment(facts, getenv)
   return function(name)
      local value = (facts.environment or {})[name] or DEFAULTS[name]
      if value == nil then
         value = getenv(name)
      end
      return value ~= "" and value or (name == "PAGER" and value or nil)
   end
end

function terminal.with(facts, f, ...)
   local module, getenv = package.loaded["mm.terminal"], os.getenv
   package.loaded["mm.terminal"] = fake(facts)
   rawset(os, "getenv", environment(facts, getenv))
   local results = {pcall(f, ...)}
   package.loaded["mm.terminal"] = module
   rawset(os, "getenv", getenv)
   if not results[1] then
      error(results[2], 0)
   end
   return results[2]
end

return terminal
