-- "Did you mean" in a session: what is not there is answered with what is nearest.
local handle = require("mm.handle")
local suggest = require("mm.suggest")
local verbs = require("mm.shell.verbs")

local mistakes = {}

local function names_of(list)
   local names = {}
   for name in pairs(list) do
      if type(name) == "string" then
         names[#names + 1] = name
      end
   end
   table.sort(names)
   return names
end

-- The first of the names that has a word near to the one that was typed: list_outdated_partitions for outdatd.
local function with_word(name, names)
   for _, candidate in ipairs(names) do
      for word in candidate:gmatch("[^_]+") do
         if #word > 3 and suggest.nearest(name, {word}) then
            return candidate
         end
      end
   end
end

--- `; did you mean 'x'?`, or nothing.
---@param name string
---@param names string[]
---@return string
function mistakes.phrase(name, names)
   local nearest = suggest.nearest(name, names) or with_word(name, names)
   return nearest and ("; did you mean '%s'?"):format(nearest) or ""
end

local function watch(object, what)
   setmetatable(object, {__index = function(_, name)
      if type(name) == "string" then
         error(("no %s '%s'%s"):format(what, name, mistakes.phrase(name, names_of(object))), 2)
      end
   end})
end

--- What may be meant by a global that is not there, after Lua's message about it.
---@param message string
---@return string
function mistakes.hint(message)
   local name = message:match("%(global '([%w_]+)'%)")
   if not name then
      return ""
   end
   local names = names_of(_G)
   for _, verb in ipairs(verbs.names()) do
      names[#names + 1] = verb
   end
   return suggest.phrase(name, names)
end

--- Makes the lake, and the module, complain of what they do not have.
function mistakes.set()
   watch(handle.methods, "method")
   watch(require("mm"), "function")
end

return mistakes
