-- A psql that stays, for transactions: several statements in one message.
--   local one = connection.open(db)
--   one:run{sql, ...} -> list of answers (as psql -A -t prints them), the first error or nil
--   one:close()
local coprocess = require("spec.support.coprocess")
local session = require("spec.support.session")
local shell = require("spec.support.shell")

local connection = {}
connection.__index = connection

local MARK = "<<end of statement>>"

function connection.open(db)
   return setmetatable({process = coprocess.start("psql -X -q -A -t -d " .. shell.quote(db.conninfo))}, connection)
end

local function answer(self)
   local lines, failed = {}, nil
   for line in function() return self.process:read() end do
      if line == MARK then
         break
      end
      failed = failed or line:match("^[EFP]%u+:  .*")
      lines[#lines + 1] = line
   end
   return table.concat(lines, "\n"), failed
end

function connection:run(list)
   local texts, answers, err = {}, {}, nil
   for i, sql in ipairs(list) do
      texts[i] = session.without_end(sql) .. ";\n\\echo " .. MARK .. "\n"
   end
   self.process:write(table.concat(texts))
   for i = 1, #list do
      local failed
      answers[i], failed = answer(self)
      err = err or failed
   end
   return answers, err
end

function connection:close()
   self.process:close()
end

return connection
