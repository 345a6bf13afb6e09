-- A connection that is cut at every message of the protocol, in both directions, while a retirement is applied, undone,
-- paused, ...: either mm recovers by itself, or it says truly what became of it, and whoever does the same again comes to
-- the end.
--
-- What is cut after a message is cut before the next one of the same pipeline: so it is cut before each message, and after
-- the last one. That is what the client sends in the last of the transactions that look alike, as batches do. All else is
-- cut where a statement begins (Parse, Sync) or ends (CommandComplete, ReadyForQuery), and a transaction that only reads
-- is cut once, inside. With TORTURE=1 in the environment it is every message of all, before and inside it; in more batches;
-- of rows that have moved; of what can be undone only in part; and everything is done again also from a state that was
-- tried before.
local disturbed = require("spec.support.disturbed")
local proxy = require("spec.support.proxy")

local IS_THOROUGH = (os.getenv("TORTURE") or "0") ~= "0"
local LIMIT = IS_THOROUGH and 2 or 3
local OPERATIONS = {"apply", "undo", "pause", "resume", "abandon"}
local SMALL = {pause = true, resume = true, abandon = true}
if IS_THOROUGH then
   OPERATIONS = {"apply", "apply of moved rows", "undo", "undo of what can be restored", "undo of nothing", "pause",
      "resume", "abandon"}
end
local OF_STATEMENTS = {frontend = "[PS]", backend = "[CZ]"}

local made, cuts = {}, 0 -- what is disturbed, by the operation's name

local function all_points(pipeline, add)
   for i = 1, #pipeline.types do
      add("before", i)
      add("inside", i)
   end
   add("after", #pipeline.types)
end

local function some_points(pipeline, is_coarse, add)
   local count = #pipeline.types
   if pipeline.is_reading and pipeline.direction == "frontend" then
      add("inside", math.ceil(count / 2))
   end
   for i = 1, pipeline.is_reading and 0 or count do
      if not is_coarse or pipeline.types:find("^" .. OF_STATEMENTS[pipeline.direction], i) then
         add("before", i)
      end
      if i == count then
         add("after", i)
      end
   end
end

local function points_of(seen, is_coarse)
   local list, last, pipelines = {}, {}, proxy.pipelines(seen)
   for _, pipeline in ipairs(pipelines) do
      last[pipeline.types] = pipeline.direction == "frontend" and pipeline or nil
   end
   for _, pipeline in ipairs(pipelines) do
      local function add(where, i)
         list[#list + 1] = {where = where, direction = pipeline.direction, n = pipeline.from + i - 1}
      end
      if IS_THOROUGH then
         all_points(pipeline, add)
      else
         some_points(pipeline, is_coarse or last[pipeline.types] ~= pipeline, add)
      end
   end
   return list
end

local function cut(on, point, later)
   on:restart()
   on.between:cut(point.where, point.direction, point.n, later)
   local run = on:run()
   assert(on.between:seen().is_there, "it was not cut")
   cuts = cuts + 1
   return run
end

-- What went wrong after a cut, and when the same is done again; that only once from each state.
local function wrong_after(on, run, later, tried)
   local wrong, state = on:wrong(run, later == "refuse")
   on.between:pass()
   if wrong == "" and run.err and (IS_THOROUGH or not tried[state]) then
      tried[state] = true
      wrong = on:wrong_again()
   end
   return wrong
end

local function run_series(name, later)
   made[name] = made[name] or disturbed.new(name, {limit = LIMIT})
   local on = made[name]
   on:restart()
   on.between:pass()
   assert.are.equal("", (on:wrong(on:run())))
   local troubles, tried = {}, {}
   for _, point in ipairs(points_of(on.between:seen(), later or SMALL[name])) do
      local wrong = wrong_after(on, cut(on, point, later), later, tried)
      if wrong ~= "" then
         troubles[#troubles + 1] = ("cut %s message %d of the %s: %s"):format(point.where, point.n, point.direction,
            wrong)
      end
   end
   assert.are.equal("", table.concat(troubles, "\n"))
end

describe("cut at every message", function()
   local counted

   before_each(function()
      counted = cuts
   end)
   after_each(function()
      print(("%6d cut points"):format(cuts - counted))
   end)
   teardown(function()
      for _, on in pairs(made) do
         on:close()
      end
      print(("%6d cut points in all"):format(cuts))
   end)

   for _, name in ipairs(OPERATIONS) do
      describe(name, function()
         it("recovers, or says truly what became of it", function()
            run_series(name)
         end)

         it("says truly what became of it when it cannot ask", function()
            run_series(name, "refuse")
         end)
      end)
   end
end)
