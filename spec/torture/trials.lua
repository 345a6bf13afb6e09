-- Tries a phase of phases.lua with its Nth allocation failing, for one N after the other, and judges what is left.
--
--   local trial = trials.new{phase =, before =, arguments = {texts}, answer =, domain = "lua"|"core"|"libpq", count =,
--                            ground =, agrees = function(err, state, planned) end}
--      `before`: a phase that each state has behind it
--      `count` failures in a row; trials.FOREVER: until the state is closed, and then each N has a state of its own
--      `answer`: the texts that it returns, in one
--      `agrees` says whether what an error tells is so in the database
--   trial:all(stride) -> how many failed in turn; raises what is wrong. LuaJIT tries those in between
--
-- What must be so after each: the answer is as ever, or an error says that memory was short; nobody is left connected
-- or in a transaction, nothing is left allocated; the invariants hold; and the same again, without failures, comes to
-- the same end as ever.
local faults = require("faults")

local trials = {}
local trial = {}
trial.__index = trial

local SCRIPT = "spec/torture/phases.lua"
local FOREVER = 1000000000
local IS_LUA_51 = _VERSION == "Lua 5.1"

trials.FOREVER = FOREVER

--- Has the product's own library and libpq allocate so that it can fail.
function trials.watch()
   faults.watch("core", assert(package.searchpath("mm.core", package.cpath))) -- luacheck: ignore
   faults.watch("libpq", "libpq.so.5")
   faults.keep(assert(package.searchpath("cjson", package.cpath))) -- luacheck: ignore
end

local function must(is_so, message, ...)
   if not is_so then
      error(message:format(...), 0)
   end
end

local function equal(what, actual, expected)
   must(actual == expected, "%s\n   is       %s\n   but was  %s", what, actual, expected)
end

local function words_of(err)
   local words = {}
   for _, name in ipairs{"code", "message", "detail", "outcome", "done"} do
      words[#words + 1] = err[name] and ("%s: %s"):format(name, err[name])
   end
   return "{" .. table.concat(words, ", ") .. "}"
end

-- The texts of the answer in one; or nil and the error.
local function answer_of(is_right, ...)
   if is_right then
      return table.concat({...}, ", ")
   end
   return nil, (...)
end

local function call(self)
   return answer_of(self.state:call(self.phase, (unpack or table.unpack)(self.arguments))) -- luacheck: ignore
end

local function new_state()
   local state, err = faults.state(SCRIPT)
   must(state, "no state: %s", err and words_of(err))
   return state
end

local function prepare(self)
   self.state = new_state()
   assert(not self.before or self.state:call(self.before))
   assert(self.state:call("connect", self.ground.conninfo))
end

local function look(self, sessions)
   local state, planned, wrong = self.ground:look(sessions)
   equal("what is wrong", table.concat(wrong, "\n"), "")
   return state, planned
end

-- libpq keeps what it may need again, until the connection ends.
local function check_kept(self)
   assert(self.state:call("collect"))
   equal("blocks of the core", faults.live("core"), self.kept.core)
   must(faults.live("libpq") <= self.kept.libpq, "%d blocks of libpq, no more than %d before", faults.live("libpq"),
      self.kept.libpq)
end

local function check_empty(self)
   for domain, blocks in pairs(self.empty) do
      equal("blocks of " .. domain, faults.live(domain), blocks)
   end
end

-- `require` says besides which module it was loading.
local function is_of_memory(err, domain, phase)
   if domain == "libpq" then
      return (err.code == "memory" or err.code == "connection")
         and (err.message .. (err.detail or "")):lower():find("memory", 1, true)
   end
   local message = phase == "load" and err.message:match("not enough memory$") or err.message
   return err.code == "memory" or not err.code and message == "not enough memory"
end

-- Lua 5.4 collects its garbage and asks a second time, and need not have a larger table of strings; libpq does without
-- some.
local function may_succeed(self)
   return self.domain == "libpq" or self.domain == "lua" and self.count < FOREVER and not IS_LUA_51
end

local function check_answer(self, answer, err)
   if answer then
      must(may_succeed(self), "no error though memory was short")
      equal("the answer", answer, self.answer)
   else
      must(is_of_memory(err, self.domain, self.phase), "another error: %s", words_of(err))
   end
end

local function check_state(self, err, sessions)
   local state, planned = look(self, sessions)
   if not err then
      equal("the state", state, self.after)
   elseif err.code then
      must(self.agrees(err, state, planned), "the error is wrong: %s\n   but %s, and planned %d", words_of(err), state,
         planned)
   end
end

local function check_again(self)
   local answer, err = call(self)
   must(answer, "another attempt: %s", err and words_of(err))
   equal("the answer of another attempt", answer, self.answer)
   equal("the state after another attempt", look(self, 1), self.after)
end

-- The state goes on.
local function judge_kept(self, answer, err)
   check_answer(self, answer, err)
   check_kept(self)
   check_state(self, err, 1)
   check_again(self)
   check_kept(self)
end

-- The state is closed while allocations still fail, and another one goes on.
local function judge_closed(self, answer, err)
   faults.start(self.domain, 1, FOREVER)
   self.state:close()
   check_answer(self, answer, err)
   check_state(self, err, 0)
   check_empty(self)
   prepare(self)
   check_again(self)
end

-- False when there is no Nth allocation.
local function try(self, n)
   self.ground:restore()
   faults.start(self.domain, n, self.count)
   local answer, err = call(self)
   if faults.failed(self.domain) == 0 then
      return false
   end
   self.judge(self, answer, err)
   return true
end

-- The same of the phases without a lake: each N has a state of its own.
local function try_alone(self, n)
   local state = self.phase ~= "load" and new_state()
   local answer, err
   faults.start(self.domain, n, self.count)
   if state then
      answer, err = answer_of(state:call(self.phase))
   else
      state, err = faults.state(SCRIPT)
      answer = state and self.answer
   end
   local failed = faults.failed(self.domain)
   if state then
      faults.start(self.domain, 1, self.count == FOREVER and FOREVER or 0)
      state:close()
   end
   check_empty(self)
   if failed > 0 then
      check_answer(self, answer, err)
   end
   return failed > 0
end

local function measure_empty(self)
   collectgarbage()
   collectgarbage()
   self.empty = {lua = faults.live("lua"), core = faults.live("core"), libpq = faults.live("libpq")}
end

-- What a state holds that has done it all once, and what is in the database then.
local function measure(self)
   prepare(self)
   self.ground:restore()
   local answer, err = call(self)
   must(answer, "without failures: %s", err and words_of(err))
   equal("the answer", answer, self.answer)
   self.after = look(self, 1)
   assert(self.state:call("collect"))
   self.kept = {core = faults.live("core"), libpq = faults.live("libpq")}
end

function trials.new(opts)
   local self = setmetatable(opts, trial)
   self.judge = self.count == FOREVER and judge_closed or judge_kept
   self.try = self.ground and try or try_alone
   self.arguments = self.arguments or {}
   return self
end

function trial:all(stride)
   local n, tried = IS_LUA_51 and 1 + math.floor(stride / 2) or 1, 0
   measure_empty(self)
   if self.ground then
      measure(self)
   end
   while true do
      local is_right, result = pcall(self.try, self, n)
      must(is_right, "%s, allocation %d of %s: %s", self.phase, n, self.domain, result)
      if not result then
         break
      end
      n, tried = n + stride, tried + 1
   end
   if self.state then
      self.state:close()
   end
   check_empty(self)
   return tried
end

return trials
