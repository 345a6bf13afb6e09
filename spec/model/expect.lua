-- What mm says is compared with the model: these raise what is wrong.
--   expect.equal(what, is, must_be)
--   expect.outcome(what, result, err, code)     success when code is nil, else an error of that code
--   expect.record(world, ret, record)           a retirement as lake:retirement and others return it
--   expect.items(ret, rows)                     what lake:items returns
local retiring = require("spec.model.retiring")
local scene = require("spec.model.scene")

local expect = {}

function expect.equal(what, is, must_be)
   if is ~= must_be then
      error(("%s is %s, not %s"):format(what, tostring(is), tostring(must_be)), 0)
   end
end

-- Of an error, which may come from another process as a plain table.
local function words_of(err)
   return tostring(type(err) == "table" and err.message or err)
end

function expect.outcome(what, result, err, code)
   if not code and result == nil then
      error(("%s failed: %s (%s)"):format(what, words_of(err), tostring(err and err.code)), 0)
   elseif code and result ~= nil then
      error(("%s should have failed: %s"):format(what, code), 0)
   elseif code then
      expect.equal(("%s: code of %s"):format(what, words_of(err)), err.code, code)
   end
end

-- Of the files that it retired those in the queue, and when the first of them may be deleted.
local function queued_files(world, ret)
   local mine, count, first = {}, 0, nil
   for seq = 1, ret.next_seq - 1 do
      local path = not ret.skipped[seq] and ret.items[seq].row.path
      if path and not mine[path] then
         local expires = world:expiration(path)
         mine[path], count = true, count + (expires and 1 or 0)
         first = expires and math.min(first or expires, expires) or first
      end
   end
   return count, first
end

local function check_deadline(world, ret, record, retired)
   if retired == 0 or ret.state == "undone" then
      return
   end
   local count, first = queued_files(world, ret)
   expect.equal("queued_files", record.queued_files, count)
   expect.equal("undo_deadline", record.undo_deadline, first and scene.rfc3339(first - 5 * scene.MINUTE) or nil)
end

function expect.record(world, ret, record)
   local total = retiring.total
   local restored = total(ret, "undo", "done")
   local fields = {number = ret.number, state = ret.state, partitions = #ret.items, bytes = ret.bytes,
      retired = total(ret, "apply", "done"), gone = total(ret, "apply", "gone"),
      changed = total(ret, "apply", "changed"), held = total(ret, "apply", "held"),
      retired_bytes = total(ret, "apply", "bytes"),
      remaining = #ret.items - ret.next_seq + 1, restored = restored,
      unrestored = total(ret, "undo", "gone") + total(ret, "undo", "changed"), reason = ret.reason,
      undo_reason = ret.undo_reason, undo_until = ret.undo_until and scene.rfc3339(ret.undo_until),
      is_expired = ret.state == "planned" and world.now >= ret.valid_until}
   for name, value in pairs(fields) do
      expect.equal(name .. " of " .. record.id, record[name], value)
   end
   if record.summary then
      check_deadline(world, ret, record, fields.retired)
   end
end

local function outcome_of(ret, seq)
   if ret.skipped[seq] or ret.unrestored[seq] then
      return ret.skipped[seq] or ret.unrestored[seq]
   elseif seq < ret.undo_seq then
      return "restored"
   elseif seq < ret.next_seq then
      return "retired"
   end
   return (ret.state == "undone" or ret.state == "abandoned") and "untouched" or "planned"
end

function expect.items(ret, rows)
   local count = 0
   for row in rows do
      count = count + 1
      expect.equal("seq", row.seq, count)
      expect.equal(("outcome of item %d"):format(count), row.outcome, outcome_of(ret, count))
      expect.equal(("file of item %d"):format(count), row.file_path, ret.items[count].row.path or nil)
   end
   expect.equal("items", count, #ret.items)
end

return expect
