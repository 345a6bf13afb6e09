-- What a plan must take.
--   planning.choose(world, opts) -> {{row =, status =, verdict =}...} in no order, and those it leaves
--      opts as of lake:plan, with verdicts, statuses, undo_s, and times in microseconds; contained as in plan_range
--   planning.add(world, items, opts) -> the retirement, which world.retirements gets
-- A retirement is {number =, state =, items =, next_seq =, undo_seq =, skipped = {[seq] = why}, unrestored = {[seq] =
-- why}, batches = {{kind =, first_seq =, last_seq =, done =, gone =, changed =, bytes =, at =}...}, valid_until =, ...}
local guarding = require("spec.model.guarding")
local scene = require("spec.model.scene")
local verdicts = require("spec.model.verdicts")

local planning = {}

local DEFAULT_VERDICTS = {replaced = true, empty = true, rebuildable = true}

local function set_of(list)
   local set = {}
   for _, each in ipairs(list) do
      set[each] = true
   end
   return set
end

local function is_in_range(row, opts)
   if opts.view_set and row.view_set ~= opts.view_set or opts.view_instance and row.instance ~= opts.view_instance
      or opts.from and row.from < opts.from then
      return false
   elseif opts.contained then
      return row.to <= opts.to and (row.from < opts.to or opts.from == opts.to)
   end
   return not opts.to or row.from < opts.to
end

-- Of itself only what the next query rebuilds, as long as its source outlives the undo window by a day.
local function is_wanted(world, item, source_until, opts)
   if not item.verdict then
      return true
   elseif opts.verdicts then
      return set_of(opts.verdicts)[item.verdict] or false
   elseif item.verdict == "rebuildable" then
      return item.row.instance ~= "global" and source_until > world.now + opts.undo_s * scene.US + scene.DAY
   end
   return DEFAULT_VERDICTS[item.verdict] or false
end

local function judge(world, row, with_current)
   local status, verdict, source_until = verdicts.status(world, row), nil, nil
   if status == "outdated" then
      verdict, source_until = verdicts.of(world, row)
   end
   -- Current rows that go too replace nothing.
   if with_current and (verdict == "replaced" or verdict == "short") then
      verdict = "only_copy"
   end
   return {row = row, status = status, verdict = verdict}, source_until
end

function planning.choose(world, opts)
   local taken, left = {}, {}
   local statuses = set_of(opts.statuses or {"outdated"})
   local is_about_all = statuses.current or statuses.unregistered
   for _, row in ipairs(world.rows) do
      local item, source_until = judge(world, row, statuses.current)
      if is_in_range(row, opts) and (is_about_all or item.status == "outdated") then
         local is_taken = statuses[item.status] and not guarding.is_held(world, row)
            and is_wanted(world, item, source_until, opts)
         local list = is_taken and taken or left
         list[#list + 1] = item
      end
   end
   return taken, left
end

local function bytes_of(items)
   local bytes = 0
   for _, item in ipairs(items) do
      bytes = bytes + item.row.size
   end
   return bytes
end

function planning.add(world, items, opts)
   local number = #world.retirements + 1
   world.retirements[number] = {number = number, state = "planned", items = items, next_seq = 1, undo_seq = 1,
      skipped = {}, unrestored = {}, batches = {}, bytes = bytes_of(items), changed_accepted = 0,
      valid_until = world.now + scene.DAY, undo_s = opts.undo_s, budget = opts.budget, overrides = {},
      born = world:birth()}
   world:audit("planned", number, nil)
   return world.retirements[number]
end

return planning
