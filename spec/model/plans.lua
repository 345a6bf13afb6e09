-- Random plans, against the model.
--   plans.plan(history), plans.plan_range(history)
--   plans.everything(history) -> the retirement
local expect = require("spec.model.expect")
local planning = require("spec.model.planning")
local scene = require("spec.model.scene")
local verdicts = require("spec.model.verdicts")

local plans = {}

local UNDO_WINDOWS = {{50, {"7d", 7 * 24 * 3600}}, {25, {"2h", 2 * 3600}}, {20, {"3h", 3 * 3600}}, {5, {"1h"}}}

-- The items come in the order of the addresses that the rows had, which the model does not know; else they must be as
-- expected.
local function in_order_of(history, number, taken)
   local of_line, items = {}, {}
   for _, item in ipairs(taken) do
      local line = ("%s|%s|%s"):format(item.status, item.verdict or "~", item.row.line)
      of_line[line] = of_line[line] or {}
      table.insert(of_line[line], item)
   end
   for _, line in ipairs(history.database:items(number)) do
      local item = table.remove(of_line[line] or {})
      items[#items + 1] = item or error("planned, but should not be: " .. line, 0)
   end
   for line, left in pairs(of_line) do
      if #left > 0 then
         error("not planned, but should be: " .. line, 0)
      end
   end
   return items
end

local function bytes_of(items)
   local bytes = 0
   for _, item in ipairs(items) do
      bytes = bytes + item.row.size
   end
   return bytes
end

local function check_preview(record, taken, left)
   expect.equal("partitions", record.partitions, #taken)
   expect.equal("bytes", record.bytes, bytes_of(taken))
   expect.equal("partitions left", record.left.partitions, #left)
   expect.equal("bytes left", record.left.bytes, bytes_of(left))
end

local function check_verdicts(record, taken)
   local counts = {}
   for _, item in ipairs(taken) do
      local key = item.verdict or item.status
      counts[key] = (counts[key] or 0) + 1
   end
   for key, count in pairs(counts) do
      expect.equal("partitions that are " .. key, record.verdicts[key] and record.verdicts[key].partitions, count)
   end
end

local function check_plan(history, record, opts)
   local taken, left = planning.choose(history.world, opts)
   check_verdicts(record, taken)
   if opts.dry_run then
      return check_preview(record, taken, left)
   end
   local ret = planning.add(history.world, in_order_of(history, record.number, taken), opts)
   ret.id = record.id
   history:touch(ret.number)
   history:note(("   %s: %d partitions"):format(ret.id, #taken))
   expect.record(history.world, ret, record)
end

-- What both kinds of plan have: times for mm, microseconds for the model.
local function with_times(opts)
   local asked = {}
   for name, value in pairs(opts) do
      asked[name] = value
   end
   asked.from, asked.to = opts.from and scene.rfc3339(opts.from), opts.to and scene.rfc3339(opts.to)
   asked.undo_s, asked.contained, asked.statuses = nil, nil, nil
   asked.verdicts = not opts.contained and asked.verdicts or nil
   return asked
end

local function code_of_plan(world, opts)
   local view_set = opts.view_set and scene.BY_NAME[opts.view_set]
   if opts.include_unregistered and opts.view_set == "log_stats" and world.is_log_stats_defined then
      return "refused"
   elseif not opts.undo_s then
      return "invalid"
   elseif view_set and not world:knows(opts.view_set) then
      return "not_found"
   end
   return view_set and view_set.is_unregistered and not opts.statuses and "invalid" or nil
end

local function plan(history, method, opts)
   local asked = with_times(opts)
   history:note(("%s %s"):format(method, history.words(asked)))
   local lake = history:lake()
   local record, err = lake[method](lake, asked)
   local code = code_of_plan(history.world, opts)
   expect.outcome(method, record, err, code)
   if not code then
      check_plan(history, record, opts)
   end
end

local function random_time(rng)
   return scene.START + rng:int(0, scene.QUARTERS / 4) * scene.HOUR
end

local function some_verdicts(rng)
   local list = {}
   for _, verdict in ipairs(verdicts.NAMES) do
      list[#list + 1] = rng:chance(60) and verdict or nil
   end
   return #list > 0 and list or {"replaced"}
end

local function random_view_set(rng)
   return rng:chance(60) and "log_entries" or rng:pick(scene.VIEW_SETS).name
end

function plans.plan(history)
   local rng = history.rng
   local window = rng:weighted(UNDO_WINDOWS)
   local opts = {undo_for = window[1], undo_s = window[2], budget = rng:chance(20) and rng:int(0, 6) or nil,
      dry_run = rng:chance(20) or nil,
      verdicts = rng:weighted{{25, false}, {60, verdicts.NAMES}, {15, some_verdicts(rng)}} or nil}
   if rng:chance(60) then
      opts.all = true
   else
      opts.view_set = random_view_set(rng)
      opts.view_instance = rng:chance(30) and rng:pick(scene.BY_NAME[opts.view_set].instances) or nil
   end
   if rng:chance(15) then
      opts.from = random_time(rng)
      opts.to = rng:chance(70) and opts.from + rng:int(1, 8) * scene.HOUR or nil
   end
   plan(history, "plan", opts)
end

function plans.everything(history)
   plan(history, "plan", {all = true, undo_for = "7d", undo_s = 7 * 24 * 3600, verdicts = verdicts.NAMES})
   return history.world.retirements[#history.world.retirements]
end

-- Ranges that begin and end where rows do.
local function random_range(history)
   local rng, like = history.rng, history.rng:chance(50) and history.rng:pick(history.world.rows) or nil
   if like then
      return like.view_set, like.instance, rng:pick{like.from, scene.START}, rng:pick{like.from, like.to, like.to}
   end
   local name, from = random_view_set(rng), random_time(rng)
   return name, rng:pick(scene.BY_NAME[name].instances), from, from + rng:pick{0, 1, 2, 4, 8, 8} * scene.HOUR
end

function plans.plan_range(history)
   local rng = history.rng
   local window, name, instance, from, to = rng:weighted(UNDO_WINDOWS), random_range(history)
   local opts = {view_set = name, view_instance = instance, undo_for = window[1], undo_s = window[2], from = from,
      to = to, contained = true, verdicts = verdicts.NAMES,
      statuses = {"outdated"}, dry_run = rng:chance(20) or nil,
      include_current = history.takes_current and rng:chance(50) or nil,
      include_unregistered = rng:chance(name == "x_gone" and 90 or 10) or nil}
   opts.statuses[#opts.statuses + 1] = opts.include_current and "current" or nil
   opts.statuses[#opts.statuses + 1] = opts.include_unregistered and "unregistered" or nil
   plan(history, "plan_range", opts)
end

return plans
