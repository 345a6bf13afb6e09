-- Short ways to write the schemas of answers.
local json = require("mm.json")
local shapes = require("mm.http.shapes")

local build = {}

local function described(schema, text)
   return text and shapes.with(schema, {description = text}) or schema
end

function build.text(text)
   return described({type = "string"}, text)
end

function build.flag(text)
   return described({type = "boolean"}, text)
end

-- 64 bits, exact: who reads them as floats may lose digits beyond 2^53.
function build.count(text)
   return described({type = "integer", minimum = 0, format = "int64"}, text)
end

function build.number(text)
   return described({type = "number"}, text)
end

-- No `format`, for PostgreSQL's infinity is a time, too.
function build.time(text)
   return described({type = "string", examples = json.array{"2026-11-16T12:30:00.000000Z"}}, text)
end

function build.hash(text)
   return described({type = "string", pattern = "^[0-9a-f]+$"}, text)
end

function build.one_of(values, text)
   return shapes.one_of(values, text)
end

function build.ref(name)
   return {["$ref"] = "#/components/schemas/" .. name}
end

function build.list_of(schema, text)
   return described({type = "array", items = schema}, text)
end

function build.any_object(text)
   return described({type = "object"}, text)
end

--- An object whose members in `required`, a text with blanks between, are always there.
function build.object(text, required, properties)
   local names = json.array()
   for name in required:gmatch("%S+") do
      assert(properties[name], name)
      names[#names + 1] = name
   end
   return {type = "object", description = text, properties = properties, required = names[1] and names or nil}
end

--- A list as the API answers it, with more members.
function build.items(name, more)
   local properties = shapes.with({items = build.list_of(build.ref(name))}, more or {})
   return {type = "object", properties = properties, required = json.array{"items"}}
end

--- One page of such a list.
function build.page(name)
   return build.items(name, {next = build.text("The cursor of the next page; missing on the last one.")})
end

return build
