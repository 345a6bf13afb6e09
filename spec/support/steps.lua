-- mm's transactions statement by statement, from the product's own text, to be stepped against other parties.
--
--   local mm = steps.new(db)                   a database with mmadmin
--   mm:begin(retirement, reason, [guards])     each returns a transaction: a list of {name =, sql =},
--   mm:apply_batch(retirement, limit)          as interleave.lua takes them. `sql` may be a function of what the
--   mm:pause(retirement), mm:resume(retirement)   steps before answered; its second result says why the transaction
--   mm:undo_begin(retirement, reason)          is rolled back instead.
--   mm:undo_batch(retirement, limit, partial)
--   mm:hold{view_set, instance, from, to}      false for any
--   mm:change({STATEMENT, ...}, params)        of keys, jobs and answers
--   mm:guard(name, retirement)                 the text of the statement that finds what a built-in guard finds
--
--   steps.STATEMENTS[FUNCTION]    the statements that this function of the core runs, in order
--
-- It waits for locks as long as it takes: what a lock_timeout does is interleave.lua's to try.
local core = require("mm.core")

local steps = {}
steps.__index = steps

steps.STATEMENTS = {
   mm_retirement_begin = {"retire_lock", "retire_begin", "retire_digest", "audit_retirement"},
   mm_retirement_apply_batch = {"retire_claim", "retire_batch", "retire_moved", "retire_skipped", "retire_close",
      "audit_retirement"},
   mm_retirement_set_state = {"retire_state", "audit_retirement"},
   mm_lake_hold = {"hold_add", "retire_lock", "hold_wait", "audit_hold"},
   mm_retirement_undo_begin = {"undo_begin", "audit_retirement"},
   mm_retirement_undo_batch = {"undo_claim", "undo_leave_out", "undo_restore", "undo_lock", "undo_dequeue",
      "undo_close", "audit_retirement"},
}
steps.BEGIN = "begin isolation level read committed read write"

local FEATURES = 3 -- column of catalog.sql

function steps.new(db)
   local features = db:rows(assert(core.statement("catalog", " ")))[1][FEATURES]
   return setmetatable({db = db, features = (" %s "):format(features or "")}, steps)
end

local function literal(value)
   if not value then
      return "null::text"
   end
   return "'" .. tostring(value):gsub("'", "''") .. "'::text"
end

-- The core sends every parameter as text.
local function with_params(sql, params)
   return (sql:gsub("%$(%d+)", function(number)
      return literal(params[tonumber(number)])
   end))
end

local function settings(nested_loops)
   return with_params(assert(core.statement("settings", " ")),
      {"public, pg_temp", "0", "0", nested_loops and "off" or "on"})
end

function steps:guard(name, retirement)
   return with_params(assert(core.statement("guard_" .. name, self.features .. "stored ")), {retirement})
end

local function transaction(self, caller, params, opts)
   local list = {{name = "begin", sql = steps.BEGIN}, {name = "settings", sql = settings(opts.nested_loops)}}
   for _, name in ipairs(steps.STATEMENTS[caller] or caller) do
      local text = assert(core.statement(name, self.features .. (opts.without or "")))
      list[#list + 1] = {name = name, sql = with_params(text, params)}
   end
   list[#list + 1] = {name = "commit", sql = opts.ending or "commit"}
   return list
end

-- As check_begun and check_guards of the core decide. Of statements that went together there is one answer.
local function end_of_begin(answers)
   local lines = {"\n"}
   for _, text in pairs(answers) do
      lines[#lines + 1] = text .. "\n"
   end
   local text = table.concat(lines)
   if not (text:find("\n%d+\n") and text:find("\nt|t\n")) then
      return "rollback", "no plan to apply"
   end
   local found = text:match("\n(%l[%l_]+)|")
   return found and "rollback" or "commit", found and "refused: " .. found
end

function steps:begin(retirement, reason, guards)
   local digest = self.db:value(("select encode(digest, 'hex') from mmadmin.retirement where retirement = %d"):format(
      retirement))
   local list = transaction(self, "mm_retirement_begin", {retirement, digest:sub(1, 6), reason, "7 days", "{}"},
      {ending = end_of_begin})
   for _, name in ipairs(guards or {}) do
      table.insert(list, #list - 1, {name = "guard_" .. name, sql = self:guard(name, retirement)})
   end
   return list
end

function steps:apply_batch(retirement, limit)
   return transaction(self, "mm_retirement_apply_batch", {retirement, limit}, {nested_loops = true})
end

function steps:change(statements, params)
   return transaction(self, statements, params, {})
end

function steps:pause(retirement)
   return transaction(self, "mm_retirement_set_state", {retirement, "paused", "{applying}"}, {})
end

function steps:resume(retirement)
   return transaction(self, "mm_retirement_set_state", {retirement, "applying", "{paused}"}, {})
end

function steps:hold(range)
   return transaction(self, "mm_lake_hold", {range[1], range[2], range[3], range[4], "spec"}, {})
end

function steps:undo_begin(retirement, reason)
   return transaction(self, "mm_retirement_undo_begin", {retirement, reason, "{}"}, {})
end

-- As check_dequeued of the core decides.
local function end_of_undo(answers)
   local lost, late = answers.undo_dequeue:match("(%d+)|(%d+)|[^\n]*$")
   if lost == "0" and late == "0" then
      return "commit"
   end
   return "rollback", ("%s files lost, %s late"):format(lost, late)
end

function steps:undo_batch(retirement, limit, partial)
   local newer = assert(core.statement("undo_newer_columns", self.features))
   local without = self.db:value(with_params(newer, {retirement}))
   return transaction(self, "mm_retirement_undo_batch", {retirement, limit, tostring(partial or false)},
      {without = (without or "") .. " ", ending = end_of_undo})
end

return steps
