-- In which form a request wants to be answered.
local errors = require("mm.errors")

local accept = {}

local LINES = "application/x-ndjson"

-- The media types of a header Accept, but those that are excluded by `q=0`.
local function types_of(header)
   local types = {}
   for part in header:lower():gmatch("[^,]+") do
      local kind, parameters = part:match("^%s*([^%s;]+)(.*)$")
      if kind and not parameters:find(";%s*q%s*=%s*0[.0]*%s*$") then
         types[kind] = true
      end
   end
   return types
end

local function takes(types, kind)
   return types[kind] or types["*/*"] or types[kind:match("^[^/]+/") .. "*"]
end

--- "lines" where these are asked for by name and there are some; else "json", which stands for the only other form.
---@param header string|nil
---@param route table
---@param kind string the route's media type
---@return string|nil form, table|nil err
function accept.choose(header, route, kind)
   local types = types_of(type(header) == "table" and table.concat(header, ",") or header or "*/*")
   if route.is_streamed and types[LINES] then
      return "lines"
   elseif takes(types, kind) then
      return "json"
   end
   return errors.fail("not_acceptable", "this is answered as " .. kind .. (route.is_streamed and " or " .. LINES or ""))
end

return accept
