-- What the specs of hostile input share.
--
--   hostile.stage(...) -> stage                            as stage.new, with one psql that stays, which is quicker
--   hostile.assert_failed(code, message, nothing, err)     what a call returned; message and detail as one text
--   hostile.assert_said(code, lines, result)               the exit code and all that a verb said on stderr
--   hostile.verb(stage, words, [environment]) -> result    of `mmlua words` on that lake under release 0.33; `words` are
--                                                          for sh, `environment` are more variables
--   hostile.plan(lake, [options]) -> retirement            of everything outdated, whatever the verdict
--   hostile.apply(lake, id, [options]) -> retirement|nil, err
--   hostile.round_trip(stage, lake) -> retirement          plans, applies and undoes everything outdated; all that is seen
--                                                          in the catalog before must be there after
local assert = require("luassert")
local shell = require("spec.support.shell")
local stages = require("spec.support.stage")

local hostile = {}

local MMLUA = (os.getenv("BUILD") or "build") .. "/bin/mmlua"

function hostile.stage(...)
   local stage = stages.new(...)
   function stage.set(self, ...)
      stages.set(self, ...)
      if not self.db.eye then
         self.db:watch()
      end
   end
   return stage
end

function hostile.assert_failed(code, message, nothing, err)
   assert.is_nil(nothing)
   assert.are.equal(message, tostring(err))
   assert.are.equal(code, err.code)
   return err
end

function hostile.assert_said(code, lines, result)
   assert.are.same({code, lines .. "\n"}, {result.code, result.stderr})
   return result
end

function hostile.verb(stage, words, environment)
   local command = ("MICROMEGAS_SQL_CONNECTION_STRING=%s MM_REGISTRY=0.33 LC_ALL=C.UTF-8 %s %s %s"):format(
      shell.quote(stage.db.conninfo), environment or "", MMLUA, words)
   return shell.run(command)
end

function hostile.plan(lake, options)
   local all = {all = true, verdicts = stages.VERDICTS}
   for name, value in pairs(options or {}) do
      all[name] = value
   end
   return lake:plan(all)
end

function hostile.apply(lake, id, options)
   local all = {reason = "spec", overrides = stages.OVERRIDES}
   for name, value in pairs(options or {}) do
      all[name] = value
   end
   return lake:apply(id, all)
end

function hostile.round_trip(stage, lake)
   local before = stage:fingerprint()
   local plan = assert(hostile.plan(lake))
   local applied = assert(hostile.apply(lake, plan.id))
   assert.are.equal(plan.partitions, applied.retired)
   assert.are.equal("", stage:troubles())
   local undone = assert(lake:undo(plan.id, {reason = "spec"}))
   assert.are.equal(plan.partitions, undone.restored)
   assert.are.equal(before, stage:fingerprint())
   assert.is_true(assert(lake:verify_audit()).is_intact)
   return undone
end

return hostile
