-- What is tried again, and what is said of a change whose connection was lost.
local core = require("mm.core")
local patience = require("mm.patience")

local UNKNOWN = {code = "connection", outcome = "unknown", message = "lost after COMMIT"}
local REFUSED = {code = "connection", outcome = "aborted", message = "no connection"}
local CONFLICT = {code = "conflict", outcome = "aborted", message = "conflict"}
local LOCKED = {code = "timeout", sqlstate = "55P03", outcome = "aborted"}
local SLOW = {code = "timeout", sqlstate = "57014", outcome = "aborted"}
local CANCELLED = {code = "cancelled", outcome = "aborted"}
local NOT_FOUND, NOT_THERE = {is_claimed = false}, {is_claimed = false}
local BATCH, OTHER = {is_claimed = true, first_seq = 4}, {is_claimed = true, first_seq = 7}

local originals, calls

-- Answers of the core in their order: each error or batch under the name of the function that must be called.
local function expect(...)
   local answers = {...}
   for _, name in ipairs{"apply_batch", "find_batch"} do
      core["lake_" .. name] = function(_, number, ...)
         local answer = table.remove(answers, 1)
         assert.are.same({answer[1], 12}, {name, number})
         calls[#calls + 1] = {...}
         if answer[2].is_claimed == nil then
            return nil, answer[2]
         end
         return answer[2]
      end
   end
   return answers
end

local function run(...)
   local left = expect(...)
   local batch, err = patience.batch({}, "apply", 12, 100, 4)
   assert.are.equal(0, #left)
   return batch, err
end

describe("a batch", function()
   before_each(function()
      calls, originals = {}, {}
      for _, name in ipairs{"lake_apply_batch", "lake_find_batch", "sleep"} do
         originals[name] = core[name]
      end
      core.sleep = function() end
   end)
   after_each(function()
      for name, original in pairs(originals) do
         core[name] = original
      end
   end)

   it("that was lost and committed is found, and not run again", function()
      assert.are.equal(BATCH, run({"apply_batch", UNKNOWN}, {"find_batch", BATCH}))

      assert.are.same({{100, 4}, {"apply", 4}}, calls)
   end)

   it("that was lost and rolled back is run again", function()
      assert.are.equal(BATCH, run({"apply_batch", UNKNOWN}, {"find_batch", NOT_FOUND}, {"apply_batch", BATCH}))
   end)

   it("that could not begin is run again, without looking for it", function()
      assert.are.equal(BATCH, run({"apply_batch", REFUSED}, {"apply_batch", BATCH}))
   end)

   it("that is looked for in vain at first is looked for again", function()
      assert.are.equal(OTHER, run({"apply_batch", UNKNOWN}, {"find_batch", REFUSED}, {"find_batch", UNKNOWN},
         {"find_batch", OTHER}))
   end)

   it("that cannot be looked for is of unknown outcome", function()
      local batch, err = run({"apply_batch", UNKNOWN}, {"find_batch", REFUSED}, {"find_batch", REFUSED},
         {"find_batch", REFUSED}, {"find_batch", REFUSED})

      assert.are.same({nil, UNKNOWN}, {batch, err})
   end)

   it("that is lost after others could not begin is of unknown outcome, too", function()
      local _, err = run({"apply_batch", REFUSED}, {"apply_batch", UNKNOWN}, {"find_batch", REFUSED},
         {"find_batch", REFUSED}, {"find_batch", REFUSED})

      assert.are.equal(UNKNOWN, err)
   end)

   it("that is looked for until somebody interrupts is of unknown outcome", function()
      local _, err = run({"apply_batch", UNKNOWN}, {"find_batch", CANCELLED})

      assert.are.equal(UNKNOWN, err)
   end)

   it("that fails after it was lost and rolled back says what failed", function()
      local _, err = run({"apply_batch", UNKNOWN}, {"find_batch", NOT_FOUND}, {"apply_batch", CONFLICT})

      assert.are.equal(CONFLICT, err)
   end)

   it("that is lost twice is looked for twice", function()
      assert.are.equal(BATCH, run({"apply_batch", UNKNOWN}, {"find_batch", NOT_FOUND}, {"apply_batch", UNKNOWN},
         {"find_batch", BATCH}))
   end)

   it("waits for a lock, and is halved when it is slow", function()
      assert.are.equal(BATCH, run({"apply_batch", LOCKED}, {"apply_batch", SLOW}, {"apply_batch", BATCH}))

      assert.are.same({{100, 4}, {100, 4}, {50, 4}}, calls)
   end)

   it("that was lost, and to which the server comes after it was looked for, is found then", function()
      assert.are.equal(BATCH, run({"apply_batch", UNKNOWN}, {"find_batch", NOT_FOUND}, {"apply_batch", NOT_THERE},
         {"find_batch", BATCH}))
   end)

   it("begins where others ended when they came in between", function()
      assert.are.equal(OTHER, run({"apply_batch", NOT_THERE}, {"apply_batch", OTHER}))

      assert.are.same({{100, 4}, {100}}, calls)
   end)
end)

describe("a change that may be made twice", function()
   local sleep = core.sleep

   before_each(function()
      core.sleep = function() end
   end)
   after_each(function()
      core.sleep = sleep
   end)

   local function again(answers)
      local count = 0
      local result, err = patience.again(function(is_again)
         count = count + 1
         assert.are.equal(count > 1, is_again)
         return answers[count] == true or nil, answers[count] ~= true and answers[count] or nil
      end)
      assert.are.equal(#answers, count)
      return result, err
   end

   it("is made again when its connection was lost", function()
      assert.is_true(again{UNKNOWN, REFUSED, true})
   end)

   it("is made again five times", function()
      local result, err = again{REFUSED, REFUSED, REFUSED, REFUSED, REFUSED}

      assert.are.same({nil, REFUSED}, {result, err})
   end)

   for name, err in pairs{["cannot be made again"] = REFUSED, ["is interrupted"] = CANCELLED, ["waits too long"] = LOCKED} do
      it("has an unknown outcome when it was lost and " .. name, function()
         local answers = {UNKNOWN, err}
         while err == REFUSED and #answers < 5 do
            answers[#answers + 1] = REFUSED
         end

         local _, said = again(answers)

         assert.are.equal(UNKNOWN, said)
      end)
   end

   it("has an unknown outcome also when it could not begin before it was lost", function()
      local _, err = again{REFUSED, UNKNOWN, REFUSED, REFUSED, REFUSED}

      assert.are.equal(UNKNOWN, err)
   end)

   it("that was lost, and is refused the second time, says so", function()
      local _, err = again{UNKNOWN, CONFLICT}

      assert.are.equal(CONFLICT, err)
   end)

   it("is not made again when it failed otherwise", function()
      local _, err = again{CONFLICT}

      assert.are.equal(CONFLICT, err)
   end)
end)
