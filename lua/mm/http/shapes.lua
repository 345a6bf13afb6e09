-- The shapes of parameters and bodies of the HTTP API, as JSON Schema (2020-12): what they may be is checked against
-- these, and the OpenAPI document holds them.
local json = require("mm.json")

local shapes = {}

--- The schema with other or more members.
---@param shape table
---@param more table
---@return table
function shapes.with(shape, more)
   local copy = {}
   for name, value in pairs(shape) do
      copy[name] = value
   end
   for name, value in pairs(more) do
      copy[name] = value
   end
   return copy
end

--- One of these texts.
function shapes.one_of(values, description)
   return {type = "string", enum = json.array(values), description = description}
end

--- An object that has these members and no others; `required` names those that must be there.
---@param properties table<string, table>
---@param required? string[]
---@return table
function shapes.object(properties, required)
   return {type = "object", properties = properties, required = required and json.array(required) or nil,
      additionalProperties = false}
end

--- A list.
function shapes.list(items, more)
   return shapes.with({type = "array", items = items}, more or {})
end

shapes.boolean = {type = "boolean"}
shapes.name = {type = "string", minLength = 1, maxLength = 255}
shapes.reason = {type = "string", minLength = 1, maxLength = 1000, pattern = "\\S",
   description = "Why, for the audit."}
shapes.time = {type = "string", minLength = 1, maxLength = 64, examples = json.array{"2026-11-16T12:30:00Z"},
   description = "RFC 3339, also without seconds or without a time of day; in UTC where it names no zone."}
shapes.duration = {type = "string", minLength = 2, maxLength = 16, pattern = "^[0-9][0-9smhdw]*[smhdw]$",
   examples = json.array{"7d", "1d12h"}, description = "Numbers with s, m, h, d or w."}
shapes.count = {type = "integer", minimum = 1, maximum = 1000000}
shapes.page = {type = "integer", minimum = 1, maximum = 1000, default = 100, description = "Most rows of a page."}
shapes.cursor = {type = "string", minLength = 1, maxLength = 4096, pattern = "^[A-Za-z0-9_-]+$",
   description = "Where the page before ended: from the link `next` of its answer."}
shapes.retirement_id = {type = "string", minLength = 10, maxLength = 96,
   pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*-[0-9]{1,15}-[0-9a-fA-F]{6}$", examples = json.array{"demo-1-a1b2c3"}}
shapes.number = {type = "integer", minimum = 1, maximum = 9007199254740991}
shapes.verdicts = shapes.list(shapes.one_of{"replaced", "short", "empty", "rebuildable", "waits_for_blocks",
   "only_copy"}, {minItems = 1, maxItems = 6, uniqueItems = true})
shapes.status = shapes.one_of{"current", "outdated", "unhashed", "unregistered"}
-- Names of guards with the reason why each shall not refuse.
shapes.overrides = {type = "object", additionalProperties = shapes.reason, maxProperties = 50,
   description = "Guards that shall not refuse, each with the reason."}

return shapes
