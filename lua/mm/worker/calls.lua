-- What each route does: function(lake, request, principal) -> answer | nil, err; see mm.worker.answers.
local core = require("mm.core")
local errors = require("mm.errors")
local json = require("mm.json")
local session = require("mm.worker.session")

local calls = {}

for _, part in ipairs{"lake", "retirements", "records"} do
   for name, call in pairs(require("mm.worker.calls." .. part)) do
      calls[name] = call
   end
end

-- Who may not do it: told to the audit, as is every refusal.
function calls.deny(lake, request, principal, route)
   local err = errors.new("forbidden", ("%s is %s here: %s takes %s"):format(principal.name, principal.role, route.name,
      route.role))
   local number = request.path and type(request.path.id) == "string" and request.path.id:match("%-(%d+)%-%x+$")
   local is_told, problem = core.lake_audit_refused(lake, number and tonumber(number) or nil, nil,
      json.encode{code = err.code, message = err.message})
   if not is_told then
      session.log("request %s: %s; not audited: %s", request.request_id, err.message, tostring(problem))
   end
   return nil, err
end

return calls
