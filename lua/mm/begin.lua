-- The beginning of applying a retirement, and going on with it: guards and verdicts first.
local core = require("mm.core")
local guards = require("mm.guards")
local json = require("mm.json")
local look = require("mm.look")
local patience = require("mm.patience")
local plan = require("mm.plan")

local begin = {}

--- The error that the guards make, or another.
function begin.refused(self, found, opts)
   local findings, err = guards.ask(self, found, opts.overrides)
   if findings and #findings > 0 then
      return guards.refusal(self, found, opts.reason, findings)
   end
   return err
end

-- What a guard found inside the transaction, and now no more.
local function passing(name)
   return {guard = name, message = "it found something while this began, and nothing when it was asked again",
      why = "what it found may come again", passes = "already, as it seems: run the same again"}
end

--- From planned to applying, or on with what is applying. The guards are asked before, for their words, and inside the
--- transaction, where nobody can come between. After a lost connection it is begun again, whether it was or not.
---@return table|nil err
function begin.run(self, found, opts)
   local undo_s, err = plan.undo_seconds(opts.undo_for or found.selection.undo_for)
   err = err or patience.limit_error(opts.limit) or begin.refused(self, found, opts) or look.ahead(self, found)
   if err then
      return err
   end
   local _
   _, err = patience.again(function()
      return core.lake_begin(self, found.number, found.digest:sub(1, 6), opts.reason, ("%d seconds"):format(undo_s),
         guards.to_ask(opts.overrides), json.encode(opts.overrides))
   end)
   if err and err.code == "refused" then
      err = begin.refused(self, found, opts) or guards.refusal(self, found, opts.reason, {passing(err.detail)})
   end
   return err
end

return begin
