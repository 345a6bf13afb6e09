-- What the routes about retirements do.
local answers = require("mm.worker.answers")
local apply = require("mm.apply")
local core = require("mm.core")
local errors = require("mm.errors")
local json = require("mm.json")
local pages = require("mm.worker.pages")
local retirements = require("mm.retirements")
local undo = require("mm.undo")

local calls = {}

local END_TRIES, END_PAUSE_S = 25, 0.2

-- Without what only mm itself needs; the digest is what If-Match must say.
local function retirement(found, err, status)
   if not found then
      return nil, err
   end
   found.view_sets, found.schema_hashes = nil, nil
   found.overrides = found.overrides and json.decode(found.overrides) or nil
   found.summary = found.summary and json.array(found.summary)
   if found.check then
      found.check.problems = json.array(found.check.problems)
   end
   local headers = found.digest and found.digest ~= "" and {ETag = ('"%s"'):format(found.digest)} or {}
   return {status = status, headers = headers, body = found}
end

function calls.list_retirements(lake, request)
   local found, err = lake:retirements{state = request.query.state}
   for i, each in ipairs(found or {}) do
      found[i] = retirement(each).body
   end
   return answers.list(found, err)
end

function calls.plan(lake, request)
   local err = answers.unnamed(request.body, "a plan")
   local made, answer
   if not err then
      made, err = lake:plan(request.body)
   end
   answer, err = retirement(made, err, request.body.dry_run and 200 or 201)
   if answer and made.id then
      answer.headers.Location = "/v1/retirements/" .. made.id
   end
   return answer, err
end

function calls.get_retirement(lake, request)
   return retirement(lake:retirement(request.path.id))
end

function calls.list_items(lake, request)
   local found, err = retirements.find(lake, request.path.id)
   if not found then
      return nil, err
   end
   return pages.answer(request, {kind = "number", path = ("/v1/retirements/%s/items"):format(found.id),
      open = function(size)
         return retirements.pages(lake, found, size)
      end})
end

function calls.list_guard_findings(lake, request)
   local findings, err = lake:guards(request.path.id)
   for _, finding in ipairs(findings or {}) do
      finding.rows = nil
   end
   return answers.list(findings, err)
end

for _, name in ipairs{"pause", "abandon"} do
   calls[name] = function(lake, request)
      return retirement(lake[name](lake, request.path.id))
   end
end

-- What asks for long work stores it: mm.worker.runner does it.
local function add_job(lake, request, principal, kind)
   local job, err = lake:add_job{kind = kind, retirement = request.path.id, arguments = request.body,
      principal = principal.name, request_id = request.request_id}
   if not job then
      return nil, err
   end
   job.is_old = nil
   return {status = 202, headers = {Location = ("/v1/jobs/%d"):format(job.job)}, body = job}
end

function calls.apply(lake, request, principal)
   local found, err = retirements.find(lake, request.path.id)
   if not found then
      return nil, err
   elseif request.if_match:lower() ~= found.digest then
      return errors.fail("precondition_failed", ("If-Match is not the digest of %s"):format(found.id))
   end
   err = apply.problem(lake, found, request.body)
   if err then
      return nil, err
   end
   return add_job(lake, request, principal, "apply")
end

-- The job that was paused ends after the batch that runs: so long the next one waits for it.
local function wait_for_end(lake, id)
   local active, err
   for _ = 1, END_TRIES do
      active, err = lake:active_job(id)
      if err or not active then
         return err
      end
      core.sleep(END_PAUSE_S)
   end
   return errors.new("conflict", ("job %d of %s has not ended yet: resume when it has"):format(active.job, id))
end

function calls.resume(lake, request, principal)
   local found, err = retirements.find(lake, request.path.id)
   if found and found.state ~= "paused" then
      err = errors.new("conflict", ("%s is %s: it cannot be resumed"):format(found.id, found.state))
   end
   err = err or wait_for_end(lake, found.id)
   if err then
      return nil, err
   end
   request.body.resume = true
   return add_job(lake, request, principal, "apply")
end

function calls.check_undo(lake, request)
   return retirement(lake:undo(request.path.id, {dry_run = true}))
end

function calls.undo(lake, request, principal)
   local found, err = retirements.find(lake, request.path.id)
   err = err or undo.problem(lake, found, request.body)
   if err then
      return nil, err
   end
   return add_job(lake, request, principal, "undo")
end

return calls
