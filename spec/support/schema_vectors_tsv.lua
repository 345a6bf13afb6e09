-- Prints the vectors of Arrow schemas, one text a line: name, majors of arrow, text, byte stream, hash.
-- Debug texts hold no tab and no line feed: these are escaped in them.
local vectors = require("spec.support.schema_vectors")

for _, vector in ipairs(vectors()) do
   for _, text in ipairs(vector.texts) do
      print(table.concat({vector.name, table.concat(vector.majors, ","), text, vector.stream, vector.hash}, "\t"))
   end
end
