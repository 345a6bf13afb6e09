-- Every allocation fails in turn: Lua's, the core's and libpq's, once or from then on, while mm is loaded, opens a lake,
-- looks, plans, applies in two batches and takes it back. With TORTURE=all every one, else some.
local grounds = require("spec.torture.ground")
local stage = require("spec.support.stage")
local trials = require("spec.torture.trials")

local FOREVER = trials.FOREVER

local function reads(err)
   return err.outcome == "aborted"
end

local function plans(err, _, planned)
   return err.outcome == "unknown" or planned == (err.outcome == "committed" and 1 or 0)
end

-- How far the retirement is: one seq further than what is done.
local function moves(pattern)
   return function(err, state)
      local done, told = (tonumber(state:match(pattern)) or 1) - 1, tonumber(err.done or 0)
      return err.outcome == "unknown" or err.outcome == "committed" and done > told or done == told
   end
end

local function conninfo(ground)
   return {ground.conninfo}
end

local function overrides()
   local list = {}
   for name, why in pairs(stage.OVERRIDES) do
      list[#list + 1], list[#list + 2] = name, why
   end
   return list
end

local PHASES = {
   {name = "load", answer = "", sparse = 11},
   {name = "releases", answer = "4", sparse = 11, always = 11},
   {name = "open", start = "fresh", arguments = conninfo, answer = "made-up", agrees = reads},
   {name = "status", before = "releases", start = "fresh", agrees = reads,
      answer = "7, published in the lake: release 0.33 (3 view sets), 4"},
   {name = "outdated", start = "fresh", answer = "2, 4", agrees = reads},
   {name = "partitions", start = "fresh", answer = "a new b empty c unhashed other", agrees = reads},
   {name = "plan", start = "fresh", answer = "planned, 4, log_entries", agrees = plans},
   {name = "apply", start = "planned", arguments = overrides, answer = "applied, 4, 0, log_entries", agrees = moves("at (%d+) and")},
   {name = "audit", start = "applied", answer = "intact", agrees = reads},
   {name = "undo", start = "applied", answer = "undone, 4, log_entries", agrees = moves("and (%d+)$")},
}

-- `stride` where not all are tried; `sparse` times that for what allocates thousands of times, and all alike. Of the
-- table of releases, which needs a new state each time, `always` every 11th.
local SERIES = {
   {domain = "core", count = 1, words = "one allocation of the core", stride = 2},
   {domain = "core", count = FOREVER, words = "all allocations of the core from the Nth on", stride = 11},
   {domain = "lua", count = 1, words = "one allocation of Lua", stride = 31},
   {domain = "lua", count = 2, words = "one allocation of Lua and its second attempt", stride = 29},
   {domain = "lua", count = FOREVER, words = "all allocations of Lua from the Nth on", stride = 37},
   {domain = "libpq", count = 1, words = "one allocation of libpq", stride = 19},
   {domain = "libpq", count = FOREVER, words = "all allocations of libpq from the Nth on", stride = 23},
}

local is_all = os.getenv("TORTURE") == "all"
local made, total = {}, 0

local function ground_of(start)
   if start and not made[start] then
      made[start] = grounds.new(start)
   end
   return made[start]
end

local function try(phase, series)
   local ground = ground_of(phase.start)
   local trial = trials.new{phase = phase.name, before = phase.before, answer = phase.answer, agrees = phase.agrees,
      arguments = phase.arguments and phase.arguments(ground), ground = ground, domain = series.domain,
      count = series.count}
   local tried = trial:all(is_all and (phase.always or 1) or series.stride * (phase.sparse or 1))
   total = total + tried
   print(("%6d  %s: %s"):format(tried, series.words, phase.name))
   io.flush()
end

describe("memory ends", function()
   setup(trials.watch)
   teardown(function()
      for _, ground in pairs(made) do
         ground:drop()
      end
      print(("%d allocations failed in turn"):format(total))
   end)

   for _, series in ipairs(SERIES) do
      for _, phase in ipairs(PHASES) do
         describe(("for %s: %s"):format(series.words, phase.name), function()
            it("leaves nothing half-done, and nothing behind", function()
               try(phase, series)
            end)
         end)
      end
   end
end)
