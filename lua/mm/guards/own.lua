-- Guards of the lake's operators: those given to `mm.open`, and those in the Lua file that MM_GUARDS names, which
-- returns a list of them. A file that cannot be read is an error: nobody retires because a guard was missing.
local errors = require("mm.errors")

local own = {}

local BUILT_IN = {copy = true, writers = true, holds = true, blocks_last = true, budget = true}

-- Something that ipairs would pass over is a guard that nobody asks.
local function is_list(value)
   local count = 0
   for _ in pairs(value) do
      count = count + 1
   end
   return count == #value
end

-- What is wrong with a list of guards, or nil.
local function complaint(list)
   if type(list) ~= "table" then
      return ("a list of guards must be a table, not %s"):format(type(list))
   elseif not is_list(list) then
      return "a list of guards must be {{name =, check =}, ...}, without gaps and other members"
   end
   local seen = {}
   for i, guard in ipairs(list) do
      local name = type(guard) == "table" and guard.name
      if type(name) ~= "string" or not name:find("^%l[%l%d_]*$") or #name > 40 then
         return ("guard %d has no name of small letters, digits and '_'"):format(i)
      elseif type(guard.check) ~= "function" then
         return ("guard '%s' has no function `check`"):format(name)
      elseif BUILT_IN[name] or seen[name] then
         return ("there are two guards called '%s'"):format(name)
      end
      seen[name] = true
   end
end

local function from_file(path)
   local chunk, message = loadfile(path)
   if not chunk then
      return nil, message
   end
   local is_right, list = pcall(chunk)
   if not is_right then
      return nil, tostring(list)
   end
   return list, complaint(list)
end

--- Those of the environment's file, then those given. Raises at the line that called the caller when given ones are
--- wrong.
---@param given table[]|nil
---@return table[]|nil guards, table|nil err
function own.load(given)
   local wrong = given and complaint(given)
   if wrong then
      error("mm.open: " .. wrong, 3)
   end
   local path, list, message = os.getenv("MM_GUARDS"), {}, nil
   if path and path ~= "" then
      list, message = from_file(path)
   end
   if message then
      return errors.fail("invalid", ("the guards in %s (MM_GUARDS) cannot be used"):format(path), {detail = message})
   end
   local all = {}
   for _, each in ipairs{list, given or {}} do
      for _, guard in ipairs(each) do
         all[#all + 1] = guard
      end
   end
   wrong = complaint(all)
   if wrong then
      return errors.fail("invalid", "the guards given and those of MM_GUARDS do not go together", {detail = wrong})
   end
   return all
end

-- A finding as the rest of mm expects it, or nil when it has no words.
local function finding_of(answer)
   if type(answer) == "string" then
      return {message = answer}
   elseif type(answer) ~= "table" or type(answer.message) ~= "string" then
      return nil
   end
   local finding = {}
   for name, value in pairs(answer) do
      finding[name] = (name == "why" or name == "passes") and tostring(value) or value
   end
   return finding
end

--- What a guard finds; false when it is content. One that fails refuses, and so does one that answers neither: it does
--- not say that nothing is wrong.
---@return table|false finding
function own.ask(lake, retirement, guard)
   local is_right, answer, err = pcall(guard.check, lake, retirement)
   if not is_right or not answer and err ~= nil then
      return {message = "it failed: " .. tostring(is_right and err or answer)}
   elseif not answer or type(answer) == "table" and next(answer) == nil then
      return false
   end
   return finding_of(answer) or {message = ("it answered with a %s that says nothing"):format(type(answer))}
end

return own
