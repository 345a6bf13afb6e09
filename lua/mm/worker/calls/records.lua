-- What the routes about jobs, holds and the audit do.
local answers = require("mm.worker.answers")
local audit = require("mm.audit")
local pages = require("mm.worker.pages")

local calls = {}

function calls.list_jobs(lake, request)
   return answers.list(lake:jobs{retirement = request.query.retirement, state = request.query.state,
      limit = request.query.limit or 100})
end

function calls.get_job(lake, request)
   return answers.object(lake:job(request.path.job))
end

function calls.list_holds(lake, request)
   return answers.list(lake:holds(request.query))
end

function calls.add_hold(lake, request)
   local err, hold = answers.unnamed(request.body, "a hold"), nil
   if not err then
      hold, err = lake:hold(request.body)
   end
   return answers.object(hold, err, {status = 201})
end

function calls.release_hold(lake, request)
   return answers.object(lake:release(request.path.hold, {reason = request.body.reason}))
end

function calls.list_audit(lake, request)
   local query = request.query
   return pages.answer(request, {kind = "number", path = "/v1/audit", open = function(size)
      return audit.pages(lake, {retirement = query.retirement, what = query.what, from = query.from,
         order = query.order}, size)
   end})
end

function calls.verify_audit(lake, request)
   return answers.object(lake:verify_audit{head = request.query.head})
end

return calls
