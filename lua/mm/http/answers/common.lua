-- What is no part of a lake: problems, health, who asks.
local build = require("mm.http.answers.build")
local problems = require("mm.http.problems")

local function codes()
   local list = {}
   for code in pairs(problems.KNOWN) do
      list[#list + 1] = code
   end
   table.sort(list)
   return list
end

local common = {}

common.Problem = build.object("Why a request was not done, as RFC 9457 has it.", "type code title status request_id", {
   type = build.text("A link to what the code means."),
   code = build.one_of(codes(), "Stable; see /v1/problems."),
   title = build.text("What the code means."),
   status = build.count(),
   detail = build.text("What happened this time."),
   hint = build.text("What to do about it."),
   instance = build.text("The request's id as a URN."),
   request_id = build.hash("As in X-Request-Id, the log, and the audit."),
   sqlstate = build.text("PostgreSQL's code."),
   guard = build.text("The guard that refused."),
   findings = build.list_of(build.ref("GuardFinding"), "Of the guards that refused."),
   outcome = build.one_of({"committed", "aborted", "unknown"}, "What became of the transaction, where that matters."),
   done = build.count("Partitions that were done before."),
   retirement = build.text("Which one it is about."),
})

common.ProblemTypes = build.items("ProblemType")
common.ProblemType = build.object("A kind of problem.", "code type status title", {
   code = build.text(), type = build.text(), status = build.count(), title = build.text("What it means."),
})

common.Health = build.object("Whether it answers.", "status", {status = build.text("ok, or in a word what is not.")})
common.OpenApi = build.any_object("An OpenAPI 3.1 document.")
common.Metrics = build.text("OpenMetrics.")

common.Principal = build.object("Who asks.", "name role lake", {
   name = build.text("Of the key."),
   role = build.one_of({"viewer", "planner", "operator", "admin"}, "What it may; each may what those before it may."),
   key = build.count("The key's number."),
   lake = build.text("Its name; it is typed to confirm."),
   changes_enabled = build.flag("Whether this server takes what changes something."),
})

common.Job = build.object("Long work: it goes on when nobody looks.", "job kind retirement state created_at", {
   job = build.count("Its number."),
   kind = build.one_of{"apply", "undo"},
   retirement = build.text("The id of the retirement."),
   state = build.one_of{"waiting", "running", "done", "failed"},
   principal = build.text("Who asked for it."),
   request_id = build.text("Of the request that asked for it."),
   reason = build.text(),
   created_at = build.time(),
   started_at = build.time(),
   ended_at = build.time(),
   done = build.count("Partitions so far."),
   total = build.count("Partitions to do."),
   batches = build.count("Transactions so far."),
   attempts = build.count("How often a worker took it up."),
   error = build.ref("Problem"),
})
common.Jobs = build.items("Job")

return common
