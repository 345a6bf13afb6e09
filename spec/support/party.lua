-- One party of a schedule (interleave.lua): its transactions, where it stands, and its connection.
--
--   local writer = party.new({name = "writer", transactions = {upstream.writer(row)}}, db:session(), db, [parties])
--   writer:take_through("select")   all steps up to and including the next one of this name
--   writer:finish()                 the rest
-- status: ready (may take its next step), waits (for a lock), gave way (begins its transaction again), ended.
-- failed: why it ended early, or nil.   answers: what each step answered, by name.
local party = {}
party.__index = party

-- What mm meets with a lock_timeout, and cures by trying again.
local CURABLE = {"canceling statement due to user request", "canceling statement due to lock timeout",
   "deadlock detected"}

-- `parties` is the list of all, which this one joins.
function party.new(spec, session, eye, parties)
   local self = setmetatable({name = spec.name, gives_way = spec.gives_way, transactions = spec.transactions,
      session = session, eye = eye, parties = parties or {}, status = "ready", transaction = 1, step = 1, answers = {}},
      party)
   table.insert(self.parties, self)
   return self
end

local function is_in_transaction(self)
   return self.status == "waits" or self.status == "ready" and self.step > 1
end

-- Nobody is there to wait for.
local function is_alone(self)
   for _, each in ipairs(self.parties) do
      if each ~= self and is_in_transaction(each) then
         return false
      end
   end
   return true
end

local function is_curable(message)
   for _, words in ipairs(CURABLE) do
      if message:find(words, 1, true) then
         return true
      end
   end
   return false
end

local function fail(self, message)
   self.session:run("rollback")
   if self.gives_way and is_curable(message) then
      self.status, self.step = "gave way", 1
   else
      self.status, self.failed = "ended", message
   end
end

-- Takes the answer to what was sent; true when the party can go on.
local function take_answer(self)
   local is_ok, text = pcall(self.session.wait, self.session)
   if not is_ok then
      fail(self, text)
   elseif self.why then
      self.status, self.failed = "ended", self.why
   else
      self.answers[self.sent] = text
   end
   return is_ok and not self.why
end

local function end_step(self)
   self.status, self.step = "ready", self.step + 1
   if self.step > #self.transactions[self.transaction] then
      self.transaction, self.step = self.transaction + 1, 1
   end
   if self.transaction > #self.transactions then
      self.status = "ended"
   end
end

-- Runs one part; true when it has ended well.
local function run_part(self, part)
   local sql, why = part.sql or part.elsewhere, nil
   if type(sql) == "function" then
      sql, why = sql(self.answers)
   end
   if sql and part.elsewhere then
      self.eye:psql(sql)
   elseif sql then
      self.sent, self.why = part.name, why
      self.session:send(sql)
      if not is_alone(self) and self.session:settle() == "blocked" then
         self.status = "waits"
         return false
      end
      return take_answer(self)
   end
   return true
end

local function run_parts(self, first)
   local step = self.transactions[self.transaction][self.step]
   local parts = step.parts or {step}
   for i = first, #parts do
      self.part = i
      if not run_part(self, parts[i]) then
         return
      end
   end
   end_step(self)
end

function party:take_step()
   run_parts(self, 1)
end

-- Goes on when it has the lock that it waited for; true when it has.
function party:wake()
   if self.status ~= "waits" or self.session:settle() == "blocked" then
      return false
   end
   self.status = "ready"
   if take_answer(self) then
      run_parts(self, self.part + 1)
   end
   return true
end

-- Does what a lock_timeout does.
function party:give_way()
   self.eye:psql(("select pg_cancel_backend(%d)"):format(self.session.pid))
   take_answer(self)
end

local function takes_on(self, name)
   repeat
      local step = self.transactions[self.transaction][self.step].name
      self:take_step()
   until self.status ~= "ready" or step == name
   assert(self.status ~= "waits", self.name .. " waits for a lock")
end

function party:take_through(name)
   takes_on(self, name)
end

function party:finish()
   takes_on(self)
   return self.failed
end

-- The name of its next step.
function party:next_step()
   return ("%s: %s"):format(self.name, self.transactions[self.transaction][self.step].name)
end

return party
