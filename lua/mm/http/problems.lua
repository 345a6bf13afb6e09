-- Problems, as RFC 9457 has them: the HTTP status of each error code, and what it means to who asked.
local problems = {}

problems.TYPE = "application/problem+json"

-- By code: the status, and what it means. First those that only HTTP has.
problems.KNOWN = {
   unauthorized = {401, "No key was given, or none that is known and in force."},
   forbidden = {403, "The key's role may not do this."},
   changes_disabled = {403, "This server only reads: changes are not enabled in its configuration."},
   insecure = {403, "Changes are taken over TLS or from this machine only."},
   cross_origin = {403, "A page of another origin asked."},
   no_route = {404, "Nothing has this path."},
   method_not_allowed = {405, "The path is there, but not for this method: see Allow."},
   not_acceptable = {406, "No form in which this can be answered is accepted."},
   in_progress = {409, "The same Idempotency-Key is being answered, or its answer was lost: see `outcome`."},
   precondition_failed = {412, "If-Match names another digest: it is not the plan that was looked at."},
   too_large = {413, "The body is too large."},
   uri_too_long = {414, "The path or the query is too long."},
   unsupported_media_type = {415, "The body must be application/json."},
   key_reused = {422, "The Idempotency-Key was used for another request."},
   precondition_required = {428, "If-Match with the plan's digest is required."},
   too_many_failures = {429, "Too many requests without a valid key came from there."},
   header_too_large = {431, "The headers are too large."},
   not_supported = {501, "This version of HTTP, or this transfer coding, is not supported."},
   bug = {500, "A mistake in mm: its log has the details under the request's id."},
   no_worker = {502, "The worker went away before it had answered."},
   overloaded = {503, "All workers are busy: ask again."},

   -- Those of Lua's errors: see mm.exit_codes.
   syntax = {400, "What was sent is not what it should be."},
   usage = {400, "A parameter is unknown, missing or not what it should be."},
   invalid = {422, "What was asked for cannot be."},
   not_found = {404, "There is nothing of that name in this lake."},
   connection = {503, "The lake's database cannot be reached."},
   query = {500, "The lake's database refused a statement."},
   timeout = {504, "The lake's database took too long."},
   rights = {500, "The worker's database role lacks a right."},
   not_a_lake = {503, "The database holds no catalog of micromegas."},
   newer_catalog = {409, "The catalog is newer than mm knows: mm only reads it."},
   not_initialized = {409, "The lake has no schema mmadmin, or an older one."},
   refused = {409, "A guard refused: see `findings`."},
   conflict = {409, "The state that things are in does not allow it."},
   cancelled = {503, "It was interrupted."},
   io = {500, "A file or a socket failed."},
   memory = {503, "Memory ended."},
}

local FIELDS = {"detail", "hint", "sqlstate", "guard", "outcome", "done", "retirement"}

-- Findings without the rows that they were made of.
local function without_rows(findings)
   local list = {}
   for i, finding in ipairs(findings) do
      list[i] = {}
      for name, value in pairs(finding) do
         list[i][name] = name ~= "rows" and value or nil
      end
   end
   return list
end

--- The problem for an error as mm has them. Without SQL and connections: those are in `detail` of some codes only.
---@param err table {code=, message=, detail=, hint=, ...}
---@param request_id string
---@return integer status, table problem
function problems.of(err, request_id)
   local known = problems.KNOWN[err.code] or problems.KNOWN.bug
   local code = problems.KNOWN[err.code] and err.code or "bug"
   local problem = {type = "/v1/problems#" .. code, code = code, title = known[2], status = known[1],
      instance = "urn:request:" .. request_id, request_id = request_id}
   if code == "bug" then
      return known[1], problem
   end
   problem.detail = tostring(err.message)
   if err.detail and code ~= "connection" and code ~= "query" then
      problem.detail = problem.detail .. ": " .. tostring(err.detail)
   end
   for _, field in ipairs(FIELDS) do
      problem[field] = problem[field] or err[field]
   end
   problem.findings = err.findings and without_rows(err.findings)
   return known[1], problem
end

return problems
