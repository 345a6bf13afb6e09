-- One of upstream's transactions (upstream.lua) on a connection of its own, with what its steps do in the model.
--
--   local one = transaction.new(connection, history, list, effects)
--   one:through("select")    all steps up to this one; true while it has not failed
--   one:finish()             the rest; the answer is why it failed, or nil
--   one:roll_back()          in place of the rest
-- effects[STEP](answers) changes the model when the step is done; a text that it returns says why the step must fail.
local transaction = {}
transaction.__index = transaction

function transaction.new(connection, history, list, effects)
   return setmetatable({connection = connection, history = history, list = list, effects = effects, at = 1,
      answers = {}}, transaction)
end

-- Steps that need no answers, from the next one on, and the last of them.
local function texts(self, name)
   local list, last = {}, self.at - 1
   for i = self.at, #self.list do
      local step = self.list[i]
      if type(step.sql) ~= "string" then
         break
      end
      list[#list + 1], last = step.sql, i
      if step.name == name then
         break
      end
   end
   return list, last
end

local function take_effect(self, step)
   local effect = self.effects[step.name]
   local must_fail = effect and not self.must_fail and effect(self.answers)
   self.must_fail = self.must_fail or must_fail
end

local function fail(self, why)
   self.failed = why
   self.connection:run{"rollback"}
end

local function run_texts(self, list, last)
   local answers, err = self.connection:run(list)
   for i = self.at, last do
      self.answers[self.list[i].name] = answers[i - self.at + 1]
      take_effect(self, self.list[i])
   end
   self.at = last + 1
   if err then
      fail(self, err)
   end
end

local function run_function(self)
   local step = self.list[self.at]
   local sql, why = (step.sql or step.elsewhere)(self.answers)
   self.at = self.at + 1
   if sql and step.elsewhere then
      self.history.eye:psql(sql)
   elseif sql then
      self.answers[step.name] = self.connection:run{sql}[1]
   end
   self.failed = why
   take_effect(self, step)
end

function transaction:through(name)
   local last
   repeat
      local list, upto = texts(self, name)
      if #list > 0 then
         run_texts(self, list, upto)
      else
         run_function(self)
      end
      last = self.list[self.at - 1]
   until self.failed or not self.list[self.at] or last.name == name
   return not self.failed
end

function transaction:finish()
   if not self.failed and self.list[self.at] then
      self:through()
   end
   if (self.failed ~= nil) ~= (self.must_fail ~= nil) then
      error(("upstream's transaction failed: %s, but it was to fail: %s"):format(tostring(self.failed),
         tostring(self.must_fail)), 0)
   end
   return self.failed
end

function transaction:roll_back()
   self.connection:run{"rollback"}
   self.failed, self.must_fail = "rolled back", "rolled back"
end

return transaction
