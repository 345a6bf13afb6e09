-- Arrow schemas: the text that list_view_sets() has for one, and the hash that a lake's partitions hold.
local core = require("mm.core")

---@class mm.field
---@field name string
---@field data_type string as in the text: `Int64`, `List(Field { name: "tag", data_type: Utf8 })`
---@field nullable boolean

---@class mm.schema tostring() is the text that was parsed
---@field hash fun(self: mm.schema, options?: mm.hash_options): string|nil, mm.error|nil lower-case hex
---@field fields fun(self: mm.schema): mm.field[]|nil, mm.error|nil in order; not those inside of types

---@class mm.hash_options
---@field arrow? integer the major version of arrow that the release was built with: 55 to 60, 59 if not given

local schema = {}

--- Parses the Debug text of an Arrow schema, in the form that any release prints.
---@type fun(text: string): mm.schema|nil, mm.error|nil
schema.parse = core.schema_parse

return schema
