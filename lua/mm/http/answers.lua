-- The schemas of what the HTTP API answers, by name, for the OpenAPI document and the specs. A member that is not
-- required is left out where there is nothing to say. What clients do not know they must ignore: members are added.
local answers = {}

for _, name in ipairs{"common", "catalog", "retirements", "journal"} do
   for schema_name, schema in pairs(require("mm.http.answers." .. name)) do
      answers[schema_name] = schema
   end
end

return answers
