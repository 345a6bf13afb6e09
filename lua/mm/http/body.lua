-- The body of a request: JSON, strictly, and no more of it than fits into memory.
local cjson = require("cjson.safe").new()

local characters = require("mm.characters")
local errors = require("mm.errors")
local validate = require("mm.http.validate")

local body = {}

local NOTHING = {type = "object", additionalProperties = false}

cjson.decode_invalid_numbers(false)
cjson.decode_max_depth(32)

local function is_json(content_type)
   local kind, rest = tostring(content_type):lower():match("^%s*([^%s;]+)%s*(.-)%s*$")
   rest = rest and rest:gsub('[%s"]', "")
   return kind == "application/json" and (rest == "" or rest == ";charset=utf-8")
end

local function decode(raw)
   local value, why
   if not characters.is_utf8(raw) then
      return errors.fail("syntax", "the body is not UTF-8")
   end
   value, why = cjson.decode(raw)
   if value == nil then
      return errors.fail("syntax", "the body is not JSON: " .. tostring(why))
   elseif not raw:find("^%s*{") then -- to the decoder [] and {} are the same
      return errors.fail("usage", "the body must be an object")
   end
   return value
end

--- The body as the route wants it, from what was sent.
---@param route table
---@param raw string
---@param headers table
---@return table|nil body, table|nil err
function body.parse(route, raw, headers)
   local content_type = headers["content-type"]
   if raw == "" and not route.body then
      return {}
   elseif route.method == "GET" then
      return errors.fail("usage", "a GET has no body")
   elseif headers["content-encoding"] or raw ~= "" and not is_json(content_type) then
      return errors.fail("unsupported_media_type", "the body must be application/json, in UTF-8 and not compressed")
   elseif raw == "" then
      return errors.fail("usage", "the body is missing")
   end
   local value, err = decode(raw)
   local wrong = value and validate.complaint(value, route.body or NOTHING, "")
   if wrong then
      return errors.fail("usage", wrong)
   end
   return value, err
end

--- The bytes of the body. What is longer than the configuration allows was refused by nginx.
---@return string
function body.read()
   ngx.req.read_body()
   local path = ngx.req.get_body_file()
   if not path then
      return ngx.req.get_body_data() or ""
   end
   local file = assert(io.open(path, "rb"))
   local raw = file:read("*a")
   file:close()
   return raw
end

return body
