-- A worker that misbehaves as asked; see stub-worker.
--   local stub = stub.start()    stub.path   stub:answer(TEXT)   stub:answer_json(STATUS, TEXT)   stub:stop()
--   stub:requests() -> what it was asked since the last `answer`: tables, and "closed"
local coprocess = require("spec.support.coprocess")
local json = require("mm.json")
local shell = require("spec.support.shell")

local stub = {}
stub.__index = stub

function stub.start(path)
   local self = setmetatable({path = path or shell.run("mktemp -u").stdout:match("%S+")}, stub)
   self.process = coprocess.start("spec/support/until-eof spec/support/stub-worker " .. self.path)
   assert(self.process:read():find("^listening on "))
   return self
end

function stub:answer(text)
   os.remove(self.path .. ".log")
   os.remove(self.path .. ".once")
   local file = assert(io.open(self.path .. ".answer", "wb"))
   file:write(text)
   file:close()
end

function stub:answer_json(status, text)
   self:answer(('{"status":%d,"type":"application/json"}\n%d\n%s0\n'):format(status, #text, text))
end

function stub:requests()
   local list, file = {}, io.open(self.path .. ".log")
   for line in function() return file and file:read("*l") end do
      list[#list + 1] = line == "closed" and line or assert(json.decode(line))
   end
   if file then
      file:close()
   end
   return list
end

function stub:stop()
   self.process:close()
   shell.run(("rm -rf %s %s.log %s.answer %s.once"):format(self.path, self.path, self.path, self.path))
end

return stub
