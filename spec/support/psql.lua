-- What specs arrange and observe with. A handle is a table with a `conninfo`; see postgres.lua for its methods.
local session = require("spec.support.session")
local shell = require("spec.support.shell")

local psql = {}
psql.__index = psql

local FIELD, RECORD, NULL = "\31", "\30", "\26"
local FLAGS = "psql -X -q -A -t -v ON_ERROR_STOP=1 "

local function run(handle, options, sql)
   local result = shell.run(FLAGS .. options .. " -d " .. shell.quote(handle.conninfo), sql)
   if result.code ~= 0 then
      error((result.stderr:gsub("\n$", "")), 0)
   end
   return (result.stdout:gsub("\n$", ""))
end

function psql:psql(sql)
   return run(self, "", sql)
end

function psql:file(path)
   run(self, "-1 -o /dev/null -f " .. shell.quote(path))
end

local function fields(record)
   local list = {}
   for field in (record .. FIELD):gmatch("(.-)" .. FIELD) do
      list[#list + 1] = field ~= NULL and field
   end
   return list
end

function psql:rows(sql)
   local text = run(self, ("-F %s -R %s -P null=%s"):format(FIELD, RECORD, NULL), sql)
   local list = {}
   if text ~= "" then
      for record in (text .. RECORD):gmatch("(.-)" .. RECORD) do
         list[#list + 1] = fields(record)
      end
   end
   return list
end

function psql:value(sql)
   local rows = self:rows(sql)
   assert(#rows == 1 and #rows[1] == 1, "a statement with exactly one value was expected")
   return rows[1][1] or nil
end

function psql:session()
   return session.open(self)
end

return psql
