-- Errors of the Lua side, of the same form as those of the core.
local errors = {}

local metatable = {}

function metatable.__tostring(err)
   return err.detail and err.message .. ": " .. err.detail or err.message
end

--- Makes an error: a table with `code`, `message` and what `fields` has besides (detail, hint, outcome, ...).
---@param code string one of the names in mm.exit_codes
---@param message string one line, lower case, no full stop
---@param fields? table
---@return table
function errors.new(code, message, fields)
   local err = {code = code, message = message}
   for name, value in pairs(fields or {}) do
      err[name] = value
   end
   return setmetatable(err, metatable)
end

--- `return errors.fail(...)` is `return nil, errors.new(...)`.
---@return nil
---@return table
function errors.fail(code, message, fields)
   return nil, errors.new(code, message, fields)
end

--- What a look at something gave after it was changed: that it failed does not take the change back.
---@param value any
---@param err? table
---@return any value, table|nil err
function errors.committed(value, err)
   if err == nil then
      return value
   end
   err.outcome = "committed"
   return value, err
end

return errors
