-- Steps two to four parties through every order of their steps, on real connections.
--
--   local runner = interleave.new(db)
--   local schedules = runner:all{
--      parties = {{name = "mm apply", gives_way = true, transactions = {mm:apply_batch(1, 10)}}, ...},
--      restart = function(eye) end,         puts the database back, before each schedule
--      check = function(eye, ended) end,    after each, raises what is wrong; ended[NAME] is the party, see party.lua
--   }
--   runner:close()
--
-- A transaction is a list of steps {name =, sql =}; `sql` may be a function of the answers so far (by step name)
-- that returns the text, or nil for nothing to do, and why the party then fails. `elsewhere` in place of `sql` is run
-- outside of the transaction. joined(transaction, {NAME, ...}) makes one step of all up to and including each name.
-- With INTERLEAVE="statements" in the environment it does not: many more schedules. With "print" each is printed.
--
-- At each point any party that does not wait may take its next step; who waits for a lock goes on when it gets it.
-- A party that gives way does as mm with its lock_timeout: wherever it waits it may also be cancelled, and then begins
-- its transaction again when all others have ended. So nobody else is the victim of a deadlock, or the schedule is an
-- error. A statement that fails ends its transaction and its party.
local observer = require("spec.support.observer")
local party = require("spec.support.party")
local session = require("spec.support.session")

local interleave = {}
interleave.__index = interleave

-- PostgreSQL must not resolve a deadlock before the runner has seen it.
local SESSION = "set application_name = '%s'\\; set deadlock_timeout = '1h'"

function interleave.new(db)
   return setmetatable({eye = observer.open(db), sessions = {}}, interleave)
end

function interleave:close()
   for _, each in pairs(self.sessions) do
      each:close()
   end
   self.eye:close()
end

-- Statements that need no answer of the one before go in one message.
local function add_part(parts, step)
   local last = parts[#parts]
   if last and type(last.sql) == "string" and type(step.sql) == "string" then
      parts[#parts] = {name = step.name, sql = session.without_end(last.sql) .. "\\;\n" .. step.sql}
   else
      parts[#parts + 1] = step
   end
end

local function is_asked_to(word)
   return (os.getenv("INTERLEAVE") or ""):find(word, 1, true) ~= nil
end

function interleave.joined(transaction, names)
   if is_asked_to("statements") then
      return transaction
   end
   local list, parts = {}, {}
   for _, step in ipairs(transaction) do
      add_part(parts, step)
      if step.name == names[#list + 1] then
         list[#list + 1] = {name = step.name, parts = parts}
         parts = {}
      end
   end
   assert(#parts == 0 and #list == #names, "the steps to join are not those of the transaction")
   return list
end

local function session_of(self, name)
   if not self.sessions[name] then
      self.sessions[name] = self.eye:session()
      self.sessions[name]:run(SESSION:format(name))
   end
   return self.sessions[name]
end

-- What can happen next, in a fixed order.
local function choices_of(parties)
   local list, gave_way, is_busy = {}, nil, false
   for _, each in ipairs(parties) do
      if each.status == "ready" then
         list[#list + 1] = {name = each:next_step(), run = each.take_step, party = each}
      elseif each.status == "waits" and each.gives_way then
         list[#list + 1] = {name = each.name .. " gives way", run = each.give_way, party = each}
      end
      gave_way = gave_way or each.status == "gave way" and each
      is_busy = is_busy or each.status == "ready" or each.status == "waits"
   end
   if gave_way and not is_busy then
      return {{name = gave_way:next_step() .. " again", run = gave_way.take_step, party = gave_way}}
   end
   assert(#list > 0 or not is_busy, "a deadlock that nobody resolves by giving way")
   return list
end

local function wake_all(parties)
   repeat
      local is_awake = false
      for _, each in ipairs(parties) do
         is_awake = each:wake() or is_awake
      end
   until not is_awake
end

-- Runs the schedule that begins as `prefix` says, into `trace`: {choice =, of =, name =} for each step.
local function run(parties, prefix, trace)
   local choices = choices_of(parties)
   while #choices > 0 do
      local planned = prefix[#trace + 1] or {choice = 1}
      local chosen = choices[planned.choice]
      assert(chosen and (planned.name or chosen.name) == chosen.name, "the same schedule went another way")
      trace[#trace + 1] = {choice = planned.choice, of = #choices, name = chosen.name}
      chosen.run(chosen.party)
      trace[#trace].outcome = chosen.party.failed or chosen.party.status
      wake_all(parties)
      choices = choices_of(parties)
   end
end

-- The next schedule in depth-first order: another choice at the last point that had one.
local function next_prefix(trace)
   for i = #trace, 1, -1 do
      if trace[i].choice < trace[i].of then
         local prefix = {}
         for k = 1, i - 1 do
            prefix[k] = trace[k]
         end
         prefix[i] = {choice = trace[i].choice + 1}
         return prefix
      end
   end
end

local function text_of(trace)
   local names = {}
   for i, step in ipairs(trace) do
      names[i] = ("%s (%s)"):format(step.name, step.outcome or "?")
   end
   return table.concat(names, "\n   ")
end

local function new_parties(self, specs)
   local list, by_name = {}, {}
   for _, spec in ipairs(specs) do
      by_name[spec.name] = party.new(spec, session_of(self, spec.name), self.eye, list)
   end
   return list, by_name
end

-- Runs every schedule; returns their number.
function interleave:all(opts)
   local count, prefix = 0, {}
   repeat
      local trace = {}
      local parties, by_name = new_parties(self, opts.parties)
      opts.restart(self.eye)
      local is_ok, err = pcall(run, parties, prefix, trace)
      if is_ok then
         is_ok, err = pcall(opts.check, self.eye, by_name)
      end
      count = count + 1
      if not is_ok then
         error(("%s\nin schedule %d:\n   %s"):format(tostring(err), count, text_of(trace)), 0)
      elseif is_asked_to("print") then
         print(("schedule %d:\n   %s"):format(count, text_of(trace)))
      end
      prefix = next_prefix(trace)
   until not prefix
   return count
end

return interleave
