-- The routes of the HTTP API as data: nginx matches and validates by them, the worker asks for their role and makes
-- their call, and the OpenAPI document is made of them.
--
-- Each has `name` (the call in mm.worker.calls, and the operationId), `method`, `path`, `role` (the least that may:
-- viewer, planner, operator, admin; none: everybody, and nginx answers alone), `tag`, `summary`, and where they apply
-- `path_shapes`, `query`, `body` (see mm.http.shapes), `answer` (status and the name of a schema in mm.http.answers),
-- `is_paged` (Link and cursor), `is_streamed` (JSON lines for who accepts application/x-ndjson), `is_job` (202 with the
-- Location of a job), `needs_match` (If-Match),
-- `is_slow` (cancelled when nobody waits for it, although it changes something). What is no GET changes something, or
-- plans to.
local shapes = require("mm.http.shapes")

local RETIREMENT = {id = shapes.retirement_id}
local RANGE = {view_set = shapes.name, view_instance = shapes.name, from = shapes.time, to = shapes.time}
local REASON = shapes.object({reason = shapes.reason}, {"reason"})

local function page_of(query)
   return shapes.with(query, {limit = shapes.page, cursor = shapes.cursor})
end

return {
   {name = "get_livez", method = "GET", path = "/livez", tag = "operations", answer = {200, "Health"},
      summary = "Whether nginx answers."},
   {name = "get_readyz", method = "GET", path = "/readyz", tag = "operations", answer = {200, "Health"},
      summary = "Whether a worker and the lake's database answer; 503 when not."},
   {name = "get_openapi", method = "GET", path = "/v1/openapi.json", tag = "operations", answer = {200, "OpenApi"},
      summary = "This document."},
   {name = "list_problems", method = "GET", path = "/v1/problems", tag = "operations", answer = {200, "ProblemTypes"},
      summary = "The types of problems that may be answered, and what they mean."},
   {name = "get_metrics", method = "GET", path = "/metrics", tag = "operations", role = "viewer",
      answer = {200, "Metrics"}, summary = "OpenMetrics: by view set, status and verdict, never by instance."},

   {name = "get_principal", method = "GET", path = "/v1/principal", tag = "lake", role = "viewer",
      answer = {200, "Principal"}, summary = "Who asks, and what that key may do here."},
   {name = "get_status", method = "GET", path = "/v1/status", tag = "lake", role = "viewer", answer = {200, "Status"},
      summary = "The lake at a glance: versions, rights, registry, writers, totals."},
   {name = "list_view_sets", method = "GET", path = "/v1/view-sets", tag = "lake", role = "viewer",
      answer = {200, "ViewSets"},
      summary = "View sets with their current schema hash and how many partitions have it."},
   {name = "list_schema_versions", method = "GET", path = "/v1/schema-versions", tag = "lake", role = "viewer",
      query = {view_set = shapes.name}, answer = {200, "SchemaVersions"},
      summary = "Each schema hash that partitions have, and the releases that write it."},
   {name = "list_partitions", method = "GET", path = "/v1/partitions", tag = "lake", role = "viewer",
      query = page_of(shapes.with(RANGE, {status = shapes.status})), answer = {200, "Partitions"}, is_paged = true,
      is_streamed = true, summary = "Partitions, sorted by view set, instance and begin of their insert range."},
   {name = "list_outdated", method = "GET", path = "/v1/outdated", tag = "lake", role = "viewer",
      query = {view_set = shapes.name}, answer = {200, "Groups"}, is_streamed = true,
      summary = "Outdated partitions by view set, instance and hash, with a count for each verdict."},
   {name = "get_timeline", method = "GET", path = "/v1/timeline", tag = "lake", role = "viewer",
      query = shapes.with(RANGE, {buckets = {type = "integer", minimum = 1, maximum = 1000}}), required = {"view_set"},
      answer = {200, "Timeline"}, summary = "The insert ranges of a view set over time, counted in buckets."},
   {name = "explain", method = "GET", path = "/v1/explain", tag = "lake", role = "viewer",
      query = {view_set = shapes.name, view_instance = shapes.name, at = shapes.time}, required = {"view_set", "at"},
      answer = {200, "Explanations"}, summary = "Each partition that holds an instant, and what its verdict rests on."},
   {name = "doctor", method = "GET", path = "/v1/doctor", tag = "lake", role = "viewer", answer = {200, "Findings"},
      summary = "What is wrong with the lake, or soon will be."},

   {name = "get_registry", method = "GET", path = "/v1/registry", tag = "registry", role = "viewer",
      answer = {200, "Registry"}, summary = "The registry that says what is current, and where it is from."},
   {name = "publish_registry", method = "POST", path = "/v1/registry", tag = "registry", role = "admin",
      body = shapes.object({reason = shapes.reason, release = {type = "string", maxLength = 16},
         view_sets = shapes.list({type = "object"}, {maxItems = 1000})}, {"reason"}), answer = {200, "Registry"},
      summary = "Publishes the registry of a release, or a server's answer to list_view_sets(), in the lake."},

   {name = "list_retirements", method = "GET", path = "/v1/retirements", tag = "retirements", role = "viewer",
      query = {state = shapes.one_of{"planned", "applying", "paused", "applied", "undoing", "undone", "abandoned"}},
      answer = {200, "Retirements"}, summary = "Retirements, the newest first."},
   {name = "plan", method = "POST", path = "/v1/retirements", tag = "retirements", role = "planner",
      body = shapes.object(shapes.with(RANGE, {all = shapes.boolean, verdicts = shapes.verdicts,
         undo_for = shapes.duration, budget = {type = "integer", minimum = 0, maximum = 1000000000},
         dry_run = shapes.boolean})), answer = {201, "Retirement"}, is_slow = true,
      summary = "Plans which outdated partitions to retire; a dry run stores nothing and is answered with 200."},
   {name = "get_retirement", method = "GET", path = "/v1/retirements/{id}", tag = "retirements", role = "viewer",
      path_shapes = RETIREMENT, answer = {200, "Retirement"},
      summary = "A retirement with its partitions by view set and verdict; its digest is the ETag."},
   {name = "list_items", method = "GET", path = "/v1/retirements/{id}/items", tag = "retirements", role = "viewer",
      path_shapes = RETIREMENT, query = page_of{}, answer = {200, "Items"}, is_paged = true, is_streamed = true,
      summary = "The partitions of a retirement, each with its verdict and outcome."},
   {name = "list_guard_findings", method = "GET", path = "/v1/retirements/{id}/guards", tag = "retirements",
      role = "viewer", path_shapes = RETIREMENT, answer = {200, "GuardFindings"},
      summary = "What the guards find that speaks against applying it."},
   {name = "apply", method = "POST", path = "/v1/retirements/{id}/apply", tag = "retirements", role = "operator",
      path_shapes = RETIREMENT, needs_match = true, is_job = true,
      body = shapes.object({reason = shapes.reason, undo_for = shapes.duration, overrides = shapes.overrides,
         limit = shapes.count, strict = shapes.boolean}, {"reason"}), answer = {202, "Job"},
      summary = "Retires exactly what was planned, in batches, or goes on with it."},
   {name = "pause", method = "POST", path = "/v1/retirements/{id}/pause", tag = "retirements", role = "operator",
      path_shapes = RETIREMENT, answer = {200, "Retirement"}, summary = "Stops it after the batch that runs."},
   {name = "resume", method = "POST", path = "/v1/retirements/{id}/resume", tag = "retirements", role = "operator",
      path_shapes = RETIREMENT, is_job = true, body = shapes.object({reason = shapes.reason,
         overrides = shapes.overrides, limit = shapes.count, strict = shapes.boolean}, {"reason"}),
      answer = {202, "Job"}, summary = "Goes on with a paused one; what had changed until then is accepted."},
   {name = "abandon", method = "POST", path = "/v1/retirements/{id}/abandon", tag = "retirements", role = "operator",
      path_shapes = RETIREMENT, answer = {200, "Retirement"}, summary = "Gives a plan up that was not applied at all."},
   {name = "check_undo", method = "GET", path = "/v1/retirements/{id}/undo", tag = "retirements", role = "viewer",
      path_shapes = RETIREMENT, answer = {200, "Retirement"},
      summary = "What an undo would restore, and what stands in its way: its dry run."},
   {name = "undo", method = "POST", path = "/v1/retirements/{id}/undo", tag = "retirements", role = "operator",
      path_shapes = RETIREMENT, is_job = true, body = shapes.object({reason = shapes.reason, partial = shapes.boolean,
         overrides = shapes.overrides, limit = shapes.count}, {"reason"}), answer = {202, "Job"},
      summary = "Takes it back: its rows go back exactly as they were, their files leave the queue."},

   {name = "list_jobs", method = "GET", path = "/v1/jobs", tag = "jobs", role = "viewer",
      query = {retirement = shapes.retirement_id, state = shapes.one_of{"waiting", "running", "done", "failed"},
         limit = shapes.page}, answer = {200, "Jobs"}, summary = "Jobs, the newest first."},
   {name = "get_job", method = "GET", path = "/v1/jobs/{job}", tag = "jobs", role = "viewer",
      path_shapes = {job = shapes.number}, answer = {200, "Job"}, summary = "A job and how far it is."},

   {name = "list_holds", method = "GET", path = "/v1/holds", tag = "holds", role = "viewer",
      query = {all = shapes.boolean}, answer = {200, "Holds"}, summary = "Ranges that mm will not retire."},
   {name = "add_hold", method = "POST", path = "/v1/holds", tag = "holds", role = "operator",
      body = shapes.object(shapes.with(RANGE, {all = shapes.boolean, reason = shapes.reason}), {"reason"}),
      answer = {201, "Hold"}, summary = "Makes a hold. Upstream's own retention knows nothing of it."},
   {name = "release_hold", method = "POST", path = "/v1/holds/{hold}/release", tag = "holds", role = "operator",
      path_shapes = {hold = shapes.number}, body = REASON, answer = {200, "Hold"}, summary = "Releases a hold."},

   {name = "list_audit", method = "GET", path = "/v1/audit", tag = "audit", role = "viewer",
      query = page_of{retirement = shapes.retirement_id, from = shapes.time,
         what = shapes.one_of(require("mm.http.audited")), order = shapes.one_of{"oldest", "newest"}},
      answer = {200, "AuditEntries"}, is_paged = true, is_streamed = true,
      summary = "Who changed what, when and why, the oldest first unless asked otherwise."},
   {name = "verify_audit", method = "GET", path = "/v1/audit/verify", tag = "audit", role = "viewer",
      query = {head = {type = "string", pattern = "^[0-9]{1,15}-[0-9a-fA-F]{16,64}$"}}, answer = {200, "Chain"},
      summary = "Hashes the whole audit again; `head` is one that was noted before."},
}
