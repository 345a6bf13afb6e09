-- One history: random steps on a lake of its own, after each of which the database must be as the model says.
--   local one = history.new(seed)
--   one:run(list) -> nil, or what went wrong {step =, message =, notes = {text...}}
--      list: the numbers of the steps to take
--   one:close()
-- For steps: one.world (world.lua), one.rng, one.eye (observer), one.upstream (a connection), one:lake() (an
-- operator's), one:retirement(weights), one:note(text), one:touch(number), one:set_clock(us), one:meddle(number)
local connection = require("spec.model.connection")
local comparing = require("spec.model.comparing")
local database = require("spec.model.database")
local random = require("spec.model.random")
local scene = require("spec.model.scene")
local steps_of = require("spec.model.steps")
local worlds = require("spec.model.world")

local history = {}
history.__index = history

local OPERATORS = {"mm_one", "mm_two"}
local RECENT = 20 -- retirements that something happens with
local CHECK_ALL = 25 -- steps, and more as there is more to look at

function history.new(seed)
   local mm = require("mm")
   local made = database.new()
   local self = setmetatable({seed = seed, database = made, eye = made.eye, upstream = connection.open(made.db),
      lakes = {}, workers = {}, world = worlds.new(), files = 0, step = 0, notes = {}, touched = {}, audited = 1,
      next_check = CHECK_ALL, takes_current = seed % 2 == 0}, history)
   for i, name in ipairs(OPERATORS) do
      self.lakes[i] = assert(mm.open(("%s application_name=%s"):format(made.db.conninfo, name),
         {registry = assert(mm.registry.release("0.33"))}))
   end
   if self.takes_current then
      made.db:psql("insert into witness.allowed values ('current')")
   end
   made.db:psql("insert into witness.allowed values ('unregistered')")
   return self
end

function history:close()
   for _, lake in ipairs(self.lakes) do
      lake:close()
   end
   for _, each in pairs(self.workers) do
      each:close()
   end
   self.upstream:close()
   self.database:close()
end

function history:lake()
   return self.rng:pick(self.lakes)
end

function history:note(text)
   self.notes[#self.notes + 1] = ("%4d  %s"):format(self.step, text)
end

function history.words(opts)
   local words = {}
   for name, value in pairs(opts) do
      words[#words + 1] = name .. "=" .. (type(value) == "table" and table.concat(value, ",") or tostring(value))
   end
   table.sort(words)
   return table.concat(words, " ")
end

function history:touch(number)
   self.touched[number] = true
end

-- Those of the last retirements, by the name that `weights` has for their state.
local function by_kind(self, weights)
   local groups = {}
   for i = math.max(1, #self.world.retirements - RECENT), #self.world.retirements do
      local ret = self.world.retirements[i]
      local kind = weights[ret.state] and ret.state or "other"
      groups[kind] = groups[kind] or {}
      table.insert(groups[kind], ret)
   end
   return groups
end

--- A recent retirement, mostly in a state of great weight; between batches mostly the one that is worked on.
function history:retirement(weights)
   if self.is_meddling and self.busy and self.rng:chance(60) then
      return self.world.retirements[self.busy]
   end
   local groups, list = by_kind(self, weights), {}
   for _, kind in ipairs{"planned", "applying", "paused", "applied", "undoing", "undone", "abandoned", "other"} do
      if groups[kind] and weights[kind] then
         list[#list + 1] = {weights[kind], groups[kind]}
      end
   end
   local ret = #list > 0 and self.rng:pick(self.rng:weighted(list)) or nil
   if ret then
      self:touch(ret.number)
   end
   return ret
end

function history:set_clock(now)
   self.world.now = now
   self.world.latest = math.max(self.world.latest, now)
   self.eye:psql(("update model.clock set at = '%s'"):format(scene.stamp(now)))
end

function history:meddle(number)
   self.busy = number
   if not self.is_meddling and self.rng:chance(35) then
      self.is_meddling = true
      steps_of.meddle(self)
      self.is_meddling = false
   end
end

local function take(self, number)
   self.step, self.touched, self.is_meddling = number, {}, false
   self.rng = random.new(self.seed, number)
   steps_of.take(self)
   if number >= self.next_check then
      self.next_check = number + math.max(CHECK_ALL, math.floor(number / 4))
      comparing.all(self)
   else
      comparing.step(self)
   end
end

function history:run(list)
   for i, number in ipairs(list) do
      local is_ok, err = pcall(take, self, number)
      if is_ok and i == #list then
         is_ok, err = pcall(comparing.all, self)
      end
      if not is_ok then
         return {step = number, message = tostring(err), notes = self.notes}
      end
   end
end

return history
