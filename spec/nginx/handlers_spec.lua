-- The example of an operator's own handler, which runs mm within nginx.
local nginx = require("spec.support.nginx")
local postgres = require("spec.support.postgres")
local shell = require("spec.support.shell")

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("*a")
   file:close()
   return text
end

describe("a handler of an operator's own", function()
   local db, server

   setup(function()
      db = postgres.database("lake-0.33.0")
      local folder = shell.run("pwd").stdout:match("[^\n]+")
      local location = read("http/examples/outdated_count.conf"):gsub("service=prod", db.conninfo)
         :gsub("\n    content_by", '\n    set $mm_route "example";\n    content_by')
      server = nginx.start{worker = "/nowhere", main = "thread_pool mm_handlers threads=2 max_queue=16;\n",
         lua_path = folder .. "/http/examples/?.lua;", replace = {["    location / {"] = location .. "\n    location / {"}}
   end)

   teardown(function()
      server:stop()
   end)

   it("asks the lake in a thread, with the module for LuaJIT", function()
      local answers = {}
      for i = 1, 4 do
         answers[i] = server:later("/outdated-count")
      end

      local outdated = 0
      for _, group in ipairs(assert(assert(require("mm").open(db.conninfo)):list_outdated_partitions())) do
         outdated = outdated + group.partition_count
      end
      for _, answer in ipairs(answers) do
         answer = answer:wait()
         assert.are.same({200, outdated .. "\n"}, {answer.status, answer.body})
      end
   end)

   it("says so when the lake does not answer", function()
      db:psql("alter table lakehouse_partitions rename to gone")

      local answer = server:ask("/outdated-count")

      assert.are.equal(503, answer.status)
      assert.is_truthy(server:errors():find("lakehouse_partitions", 1, true))
   end)
end)
