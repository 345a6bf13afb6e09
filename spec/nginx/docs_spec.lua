-- What docs/http.md shows.
local served = require("spec.support.served")
local shell = require("spec.support.shell")

describe("the commands of docs/http.md", function()
   it("plan, apply, pause, go on and take back", function()
      local site = served.start()
      local partitions = "select count(*) from lakehouse_partitions"
      local before = site.db:value(partitions)
      local commands = io.open("docs/http.md"):read("*a"):match("\n```sh\n(.-)\n```\n")

      local result = shell.run(("KEY=%s URL=http://127.0.0.1:%s timeout 60 sh -c %s"):format(site.keys.operator,
         site.server.port, shell.quote(commands)))

      assert.are.same({0, ""}, {result.code, result.stderr})
      assert.is_nil(result.stdout:find('"code":"', 1, true), result.stdout:match('[^\n]*"code":[^\n]*'))
      local states = {}
      for state in result.stdout:gmatch('"state":"(%l[%l_]*)"') do
         states[#states + 1] = state
      end
      assert.are.same({"dry_run", "paused", "applied", "applied", "undone"}, states)
      assert.are.equal(before, site.db:value(partitions))
      site:stop()
   end)
end)
