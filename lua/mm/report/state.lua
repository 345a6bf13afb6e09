-- What is done to mm's own state in a lake, once it is confirmed.
local consent = require("mm.cli.consent")
local grants = require("mm.grants")
local output = require("mm.output")

local state = {}

local CHANGES = { -- option, what is confirmed, method, what was done
   {"upgrade", "Brings the schema mmadmin up to date.", "upgrade_state", "the schema mmadmin is up to date"},
   {"adopt", "Says that this database is the lake, no copy of it: the files its rows name become its own to delete.",
      "adopt", "this database is the lake now"},
   {"remove", "Removes all plans, the journal of what was retired, holds, the audit, and the published registry.",
      "remove_state", "the schema mmadmin is removed"},
}

--- Does what the options upgrade, adopt and remove say; false when none of them is given.
---@param lake mm.lake
---@param options table as parsed from the command line
---@return boolean
function state.change(lake, options)
   for _, change in ipairs(CHANGES) do
      local name, summary, method, done = (unpack or table.unpack)(change) -- luacheck: ignore
      if options[name] then
         local reason = assert(consent.confirm{action = name, lake = lake:info().name, options = options,
            summary = {summary}})
         assert(lake[method](lake, name == "remove" and {force = options.force} or {reason = reason}))
         output.message(done)
         return true
      end
   end
   return false
end

--- The statements of `init --sql`. Raises what is in the way.
---@param lake mm.lake
---@param name string the lake's
---@param options table as parsed from the command line
---@return string
function state.sql(lake, name, options)
   local roles = {name = name, owner = options.owner}
   for _, kind in ipairs(grants.KINDS) do
      roles[kind] = options[kind]
   end
   return (assert(lake:init_sql(roles)))
end

return state
