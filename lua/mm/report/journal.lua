-- The audit and holds as verbs show them, and the log of a retirement's batches.
local errors = require("mm.errors")
local json = require("mm.json")
local report = require("mm.report")
local screen = require("mm.screen")
local text = require("mm.text")

local journal = {}

local function any(value)
   return value == nil and "any" or value
end

local function any_time(value)
   return value and report.time(value) or "any"
end

local HOLDS = {
   {name = "hold"}, {name = "view_set_name", heading = "view set", format = any},
   {name = "view_instance_id", heading = "instance", format = any},
   {name = "begin_insert_time", heading = "from", format = any_time},
   {name = "end_insert_time", heading = "to", format = any_time}, "reason",
   {name = "held_at", heading = "since", format = report.time, spare = true},
   {name = "held_by", heading = "by", spare = true},
   {name = "released_at", heading = "released", format = report.time, spare = true},
}

--- Columns of holds; people see when each was released where some were.
---@param options table as parsed from the command line
---@return table[]
function journal.hold_columns(options)
   local list = {}
   for i, column in ipairs(HOLDS) do
      list[i] = column
   end
   if not (options.all or options.json or options.jsonl or options.csv) then
      list[#list] = nil
   end
   return list
end

local function covered(view_set, instance, from, to)
   local of = view_set and "view set " .. view_set or "every view set"
   if instance then
      of = of .. ", instance " .. instance
   end
   return ("%s, inserted from %s to %s"):format(of, any_time(from), any_time(to))
end

--- Lines to agree to before a hold is made.
---@param options table as parsed from the command line
---@return string[]
function journal.hold_lines(options)
   return {"hold " .. covered(options.what, options.instance, options.from, options.to),
      "mm retires nothing of it until it is released; upstream's retention knows nothing of it"}
end

--- Lines to agree to before a hold is released; raises when it is not in force.
---@param lake mm.lake
---@param number integer
---@return string[]
function journal.release_lines(lake, number)
   for _, hold in ipairs(assert(lake:holds())) do
      if hold.hold == number then
         return {
            ("release hold %d of %s"):format(number, covered(hold.view_set_name, hold.view_instance_id,
               hold.begin_insert_time, hold.end_insert_time)),
            ("it was made %s by %s: %s"):format(report.time(hold.held_at), hold.held_by, hold.reason),
            "what it covers may be retired again",
         }
      end
   end
   error(errors.new("not_found", ("there is no hold %d that could be released"):format(number)), 0)
end

--- Lines to agree to before the partitions kept with retirements are removed.
---@param list mm.retirement[]
---@return string[]
function journal.prune_lines(list)
   local partitions, ids = 0, {}
   for i, each in ipairs(list) do
      partitions, ids[i] = partitions + each.partitions, each.id
   end
   local of = #list == 1 and "a retirement" or text.count(#list) .. " retirements"
   local names = table.concat(ids, ", ", 1, math.min(#ids, 5)) .. (#ids > 5 and ", ..." or "")
   return {("forget what %s of %s were: %s"):format(report.partitions(partitions), of, names),
      "these are over: nothing of them can be applied or undone any more; the audit stays whole"}
end

-- "750 partitions, 135.1 kB", and the like: what a person wants to know of an entry's detail.
local function gist(detail)
   detail = type(detail) == "table" and detail or {}
   local parts = {}
   if detail.done then
      parts[1] = ("%s of %s"):format(text.count(detail.done), text.count(detail.last_seq - detail.first_seq + 1))
   elseif detail.partitions then
      parts[1] = report.partitions(detail.partitions)
   elseif detail.guards then
      for i, each in ipairs(detail.guards) do
         parts[i] = (i == 1 and "by " or "") .. each.guard
      end
   elseif detail.hold then
      parts[1] = ("hold %d of %s"):format(detail.hold, detail.view_set or "every view set")
   elseif detail.key then
      parts[1] = ("key %d of %s, %s"):format(detail.key, detail.name, detail.role)
   end
   for name, why in pairs(detail.overrides or {}) do
      parts[#parts + 1] = ("overrides %s: %s"):format(name, why)
   end
   return table.concat(parts, ", ")
end

local function by(_, row)
   if row.by_principal then
      return ("%s as %s"):format(row.by_principal, row.user)
   end
   local person = row.by_user and ("%s@%s"):format(row.by_user, row.by_host or "?")
   return person and person ~= row.user and ("%s as %s"):format(person, row.user) or row.user
end

--- Columns of the audit: few for people, all for programs.
---@param options table as parsed from the command line
---@return table[]
function journal.audit_columns(options)
   if options.json or options.jsonl or options.csv then
      return {"seq", "at", "what", "id", "why", "user", "role", "by_user", "by_host", "by_program", "by_principal",
         "by_request", "by_script", "by_script_sha256", "detail", "hash"}
   end
   return {
      "seq", {name = "at", format = report.time}, "what", {name = "id", heading = "retirement"},
      {name = "detail", format = gist}, {name = "why"}, {name = "user", heading = "by", format = by},
      {name = "by_script", heading = "script", spare = true},
      {name = "hash", format = function(value) return value:sub(1, 12) end, spare = true},
   }
end

--- "1 entry", "19 entries".
---@param count integer
---@return string
function journal.entries(count)
   return ("%s %s"):format(text.count(count), count == 1 and "entry" or "entries")
end

--- An entry on two lines, for narrow terminals.
---@param row mm.audit_entry
---@return string
function journal.brief(row)
   local what = gist(row.detail)
   local parts = {("%d  %s  %s%s%s"):format(row.seq, report.time(row.at), row.what, row.id and " " .. row.id or "",
      what ~= "" and ": " .. what or "")}
   parts[2] = ("   %sby %s"):format(row.why and row.why .. ", " or "", by(nil, row))
   return text.fold(text.escape(parts[1]), screen.width()) .. "\n" .. text.fold(text.escape(parts[2]), screen.width())
end

local function write_line(file, path, record)
   if not (file:write(json.encode(record, {"at", "retirement"}), "\n") and file:flush()) then
      error(errors.new("io", ("the log %s could not be written"):format(path), {
         hint = "the batch is retired and audited; make room and run the same again",
      }), 0)
   end
end

--- A callback that appends a line of JSON to a file for each batch, with the head of the audit as it is then: who keeps
--- the file elsewhere can prove later that the audit was not cut.
---@param path string|nil
---@param id string the retirement's
---@return fun(batch: mm.batch)
function journal.log(path, id)
   if not path then
      return function() end
   end
   local file, message = io.open(path, "a")
   if not file then
      error(errors.new("io", ("the log cannot be opened: %s"):format(message)), 0)
   end
   return function(batch)
      write_line(file, path, {
         at = os.date("!%Y-%m-%dT%H:%M:%SZ"), retirement = id, first_seq = batch.first_seq, last_seq = batch.last_seq,
         retired = batch.retired, gone = batch.gone, changed = batch.changed, held = batch.held, bytes = batch.bytes,
         remaining = batch.remaining, audit = ("%d-%s"):format(batch.audit_seq, batch.audit_hash),
      })
   end
end

return journal
