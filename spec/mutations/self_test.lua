-- Tests tools/mutate, in a copy of the tree that is built for it: mutants are made, those in Lua can be read, those
-- that are called equivalent exist, a spec passes without a mutant, and one that is known is killed.
local mutants = require("spec.mutations.mutants")
local shell = require("spec.support.shell")

local KNOWN = "src/sql/retire_batch.sql: true for file_path is not null"
local SPEC = "spec/integration/apply_spec.lua"

local all, passed, failed = mutants.chosen({}), 0, 0

local function check(is_right, words)
   if is_right then
      passed = passed + 1
   else
      failed = failed + 1
      print("not ok: " .. words)
   end
end

local known, files, unreadable = nil, {}, {}
for _, mutant in ipairs(all) do
   files[mutant.file] = true
   known = mutant.name == KNOWN and mutant.id or known
   if mutant.file:find("%.lua$") and not load(mutants.text(mutant)) then
      unreadable[#unreadable + 1] = mutant.name
   end
end
local count = 0
for _ in pairs(files) do
   count = count + 1
end
print(("%d mutants of %d files"):format(#all, count))
check(#all > 1500 and count > 40, "so few mutants are made")
check(#unreadable == 0, "cannot be read: " .. table.concat(unreadable, "; "))
check(#mutants.stale() == 0, "are equivalent, but no mutants: " .. table.concat(mutants.stale(), "; "))
check(known, "is not made: " .. KNOWN)

local server = assert(dofile("demo/throwaway.lua").start("demo/throwaway-postgres"))
local lua = "MM_SPEC_SERVER=%s MM_SQL_TEXTS=%s/sql.texts MM_PROFILE=%s/profile spec/run-lua lua5.4 spec/mutations/"
lua = lua:gsub("%%s", server.folder)
local result = shell.run(("%sprofile.lua %s >%s/profile"):format(lua, SPEC, server.folder))
check(result.code == 0, result.stderr)
result = shell.run(lua .. "trial.lua " .. shell.quote(known or ""))
check(result.stdout:find("^killed\t"), "was not killed: " .. result.stdout .. result.stderr)
server:stop()
print(("%d passed, %d failed"):format(passed, failed))
