-- A handle like db (psql, rows, value, session) with one psql that stays: for thousands of short questions. Values
-- must not hold line ends.
--   local eye = observer.open(db)   eye:close()
local coprocess = require("spec.support.coprocess")
local session = require("spec.support.session")
local shell = require("spec.support.shell")

local observer = {}
observer.__index = observer

local MARK, FIELD, NULL = "<<end of statement>>", "\31", "\26"

function observer.open(db)
   local command = ("psql -X -q -A -t -F %s -P null=%s -d %s"):format(FIELD, NULL, shell.quote(db.conninfo))
   return setmetatable({conninfo = db.conninfo, process = coprocess.start(command), is_connected = true}, observer)
end

local function lines_of(self, sql)
   self.process:write(session.without_end(sql) .. ";\n\\echo '" .. MARK .. "'\n")
   local lines, failed = {}, nil
   for line in function() return self.process:read() end do
      if line == MARK then
         break
      end
      failed = failed or line:match("^%u+:  .*") and line
      lines[#lines + 1] = line
   end
   return failed and error(failed, 0) or lines
end

function observer:psql(sql)
   return table.concat(lines_of(self, sql), "\n")
end

function observer:rows(sql)
   local list = lines_of(self, sql)
   for i, line in ipairs(list) do
      local row = {}
      for field in (line .. FIELD):gmatch("(.-)" .. FIELD) do
         row[#row + 1] = field ~= NULL and field
      end
      list[i] = row
   end
   return list
end

function observer:value(sql)
   local list = self:rows(sql)
   assert(#list == 1 and #list[1] == 1, "a statement with exactly one value was expected")
   return list[1][1] or nil
end

function observer:session()
   return session.open(self)
end

function observer:close()
   self.process:close()
end

return observer
