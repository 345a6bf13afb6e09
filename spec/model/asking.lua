-- Calls that must change nothing.
--   asking.look(history)      what mm tells of a retirement
--   asking.mistake(history)   wrong ids
--   asking.tamper(history)    a plan whose items somebody changed is not applied
local expect = require("spec.model.expect")

local asking = {}

local function check_list(history, lake)
   local list = assert(lake:retirements())
   expect.equal("retirements", #list, #history.world.retirements)
   for i, record in ipairs(list) do
      expect.record(history.world, history.world.retirements[#list + 1 - i], record)
   end
end

function asking.look(history)
   local ret, lake = history:retirement{other = 1}, history:lake()
   history:note("look" .. (ret and " at " .. ret.id or ""))
   if ret then
      expect.record(history.world, ret, assert(lake:retirement(ret.id)))
      expect.items(ret, assert(lake:items(ret.id)))
   end
   check_list(history, lake)
end

local function wrong_id(rng, id)
   local name, number, digest = id:match("^(.+)%-(%d+)%-(%x+)$")
   local last = digest:sub(-1) == "0" and "1" or "0"
   return rng:pick{("%s-%s-%s"):format(name, number, digest:sub(1, -2) .. last),
      ("%s-%d-%s"):format(name, number + 1000, digest), ("other-%s-%s"):format(number, digest), number}
end

function asking.mistake(history)
   local ret, lake = history:retirement{other = 1}, history:lake()
   if not ret then
      return
   end
   local id, name = wrong_id(history.rng, ret.id), history.rng:pick{"apply", "undo", "pause", "resume", "abandon"}
   history:note(("%s %s, which is %s"):format(name, id, ret.id))
   local opts = (name == "apply" or name == "undo") and {reason = "a mistake"} or nil
   local result, err = lake[name](lake, id, opts)
   expect.outcome(name, result, err, "not_found")
end

local TAMPER = "update mmadmin.item set %s where retirement = %d and seq = 1"

function asking.tamper(history)
   local ret = history:retirement{planned = 1}
   if not ret or ret.state ~= "planned" or #ret.items == 0 then
      return
   end
   history:note("apply " .. ret.id .. ", whose first item somebody changed")
   history.eye:psql(TAMPER:format("file_size = file_size + 1", ret.number))
   local result, err = history:lake():apply(ret.id, {reason = "tampered",
      overrides = {writers = "a model", blocks_last = "a model", budget = "a model", holds = "a model"}})
   ret.is_tampered = true -- it is written later now
   history.eye:psql(TAMPER:format("file_size = file_size - 1", ret.number))
   expect.outcome("apply", result, err, "conflict")
   history:touch(ret.number)
end

return asking
