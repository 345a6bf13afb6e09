-- Plain values as one line of Lua source, and back.
local serialize = {}

local function text_of(value)
   if type(value) == "table" then
      local parts = {}
      for key, field in pairs(value) do
         parts[#parts + 1] = ("[%s]=%s"):format(text_of(key), text_of(field))
      end
      return "{" .. table.concat(parts, ",") .. "}"
   elseif type(value) == "string" then
      return (("%q"):format(value):gsub("\\?\n", "\\n"):gsub("\r", "\\r"))
   elseif type(value) == "number" then
      return value % 1 == 0 and ("%.0f"):format(value) or ("%.17g"):format(value)
   elseif type(value) == "boolean" or value == nil then
      return tostring(value)
   end
   return ("%q"):format(tostring(value))
end

serialize.encode = text_of

function serialize.decode(text)
   return assert((loadstring or load)("return " .. text))() -- luacheck: ignore
end

return serialize
