-- Upstream's tables as their migrations leave them.
--
--   catalog.create_statements(version) -> SQL of lakehouse version 1 to 10, the data lake as it was with it
local json = require("cjson")

local catalog = {}

-- The data lake version of the newest release with this lakehouse version, or with the next that was released.
local DATA_LAKE = {2, 2, 2, 2, 4, 4, 5, 10, 10, 14}

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("*a")
   file:close()
   return text
end

local function sorted_keys(map)
   local keys = {}
   for key in pairs(map) do
      keys[#keys + 1] = key
   end
   table.sort(keys)
   return keys
end

local function column_clause(column)
   local clause = ("%s %s"):format(column.column, column.type)
   if column.default ~= json.null then
      clause = clause .. " default " .. column.default
   end
   return column.nullable and clause or clause .. " not null"
end

-- Columns that upstream has dropped leave their holes.
local function table_statements(name, columns)
   local clauses, holes = {}, {}
   for _, column in ipairs(columns) do
      while #clauses + 1 < column.attnum do
         local hole = ("hole_%d"):format(#clauses + 1)
         clauses[#clauses + 1] = hole .. " bytea"
         holes[#holes + 1] = ("alter table %s drop column %s;"):format(name, hole)
      end
      clauses[#clauses + 1] = column_clause(column)
   end
   local create = ("create table %s (%s);"):format(name, table.concat(clauses, ", "))
   return create .. table.concat(holes)
end

local function constraint_statements(name, spec, statements)
   local is_made = {}
   for _, constraint in ipairs(spec.constraints) do
      is_made[constraint.name] = true
      local order = constraint.type == "f" and #statements + 1 or 1
      table.insert(statements, order,
         ("alter table %s add constraint %s %s;"):format(name, constraint.name, constraint.def))
   end
   for _, index in ipairs(spec.indexes) do
      if not is_made[index.name] then
         local create = index.unique and "create unique index" or "create index"
         statements[#statements + 1] = ("%s %s on %s using %s;"):format(create, index.name, name, index.def)
      end
   end
end

local function schema_statements(schema)
   local creates, rest = {}, {}
   for _, extension in ipairs(schema.extensions) do
      creates[#creates + 1] = ("create extension if not exists %s;"):format(extension)
   end
   for _, name in ipairs(sorted_keys(schema.tables)) do
      creates[#creates + 1] = table_statements(name, schema.tables[name].columns)
      constraint_statements(name, schema.tables[name], rest)
   end
   return table.concat(creates, "\n") .. "\n" .. table.concat(rest, "\n") .. "\n"
end

-- The row that the migration to version 10 makes, from a lake that has it.
local function seeded_definition()
   local text = read("demo/lake-0.33.0.sql")
   local copy = text:match("COPY public%.lakehouse_view_set_definitions [^\n]*\n")
   return assert(copy .. text:match("\nlog_stats\t[^\n]*\tmigration\n"):sub(2) .. "\\.\n")
end

function catalog.create_statements(version)
   local facts = json.decode(read("spec/data/catalog_schema_by_version.json"))
   return table.concat({
      "create type micromegas_property as (key text, value text);\n",
      schema_statements(facts.data_lake[tostring(DATA_LAKE[version])]),
      schema_statements(facts.lakehouse[tostring(version)]),
      ("insert into migration values (%d);\n"):format(DATA_LAKE[version]),
      ("insert into lakehouse_migration values (%d);\n"):format(version),
      version >= 10 and seeded_definition() or "",
   })
end

return catalog
