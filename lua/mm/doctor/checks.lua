-- What the doctor looks at, in order. A check selects the rows of the statement doctor_NAME, each a finding whose words
-- are in mm.doctor.words; `title` says what it looks for. `params(context)` are the statement's, `is_for(context)` says
-- whether the lake can have that trouble at all, `find(context)` finds without a statement of that name.
-- context: lake, info (of the lake), registry, registry_kind, registry_words, registry_error.
local core = require("mm.core")
local handle = require("mm.handle")
local writers = require("mm.doctor.writers")

local CLEANING_BATCH = 1000 -- rows of the deletion queue that upstream takes at a time
local FEW_DEAD_ROWS = 1000
local CLOCK_MARGIN_S = 30

local checks = {}

local function add(name, title, check)
   check = check or {}
   check.name, check.title = name, title
   checks[#checks + 1] = check
end

local function below(version)
   return function(context)
      return context.info.lakehouse_version >= 1 and context.info.lakehouse_version < version
   end
end

-- mmadmin, as this mm or a later one makes it.
local function has_state(context)
   return context.info.has_mmadmin and (context.info.state_version < 0 or context.info.state_version > 1)
end

local function number(value)
   return function()
      return {n = 1, value}
   end
end

add("queued_live", "live partitions whose file is queued for deletion")
add("queued_twice", "files that are queued for deletion more than once")
add("queue_nulls", "rows of the deletion queue without a path", {params = number(CLEANING_BATCH)})
add("queue_overdue", "files that should have been deleted more than two hours ago")
add("reader", "partitions that micromegas refuses to read")
add("twins", "instants with several partitions of one instance and hash")

add("version", "a catalog without a version, or with several")
add("file_metadata", "partitions that keep the catalog from version 3", {is_for = function(context)
   return context.info.lakehouse_version == 2
end})
add("overlaps", "partitions that keep the catalog from version 7", {is_for = below(7)})
add("btree_gist", "an extension that catalog version 7 needs", {is_for = below(7)})

add("registry", "a registry that nobody gave or published", {needs_registry = true, find = function(context)
   return context.registry_kind == "inferred" and {{kind = "inferred", words = context.registry_words}} or {}
end})
add("unregistered", "view sets with partitions that are in no registry", {needs_registry = true,
   params = function(context)
      return {n = 1, (context.registry:arrays())}
   end})
add("writers", "outdated schema hashes that are still written", {needs_registry = true, find = writers})
add("short", "current partitions with fewer source events than there are today", {needs_registry = true,
   params = function(context)
      return handle.verdict_params(context.lake, context.registry, {})
   end})
add("blocks", "source blocks that are left out of every view")

add("clock", "partitions that were written in the future")
add("host_clock", "a clock of this machine that differs from the server's", {find = function(context)
   local asked = os.time()
   local rows, err = handle.select(context.lake, "doctor_now")
   if not rows then
      return nil, err
   end
   local ahead, behind = asked - rows[1].seconds, rows[1].seconds - os.time() - 1
   local seconds = math.floor(math.max(ahead, behind))
   return seconds >= CLOCK_MARGIN_S
      and {{kind = "host_clock", count = seconds, direction = ahead > behind and "ahead of" or "behind"}} or {}
end})
add("vacuum", "dead rows that nothing removes", {params = number(FEW_DEAD_ROWS)})
add("rights", "rights that the role lacks")
add("changes", "what else keeps mm from changing this lake", {find = function(context)
   local is_writable, err = core.lake_check_writable(context.lake)
   if is_writable or err.code == "not_initialized" and context.info.state_version < 0 then
      return {}
   end
   return {{kind = "only_reads", words = err.message, remedy = err.hint or "nothing"}}
end})
add("copy", "a database that is a copy of the lake", {is_for = has_state, find = function(context)
   return handle.select(context.lake, "guard_copy")
end})
add("retirements", "retirements that need somebody", {is_for = has_state})
add("audit", "entries of the audit that do not fit its chain", {is_for = has_state, find = function(context)
   local chain, err = context.lake:verify_audit()
   if not chain then
      return nil, err
   end
   return chain.is_intact and {} or {{kind = "broken_audit", broken = chain.broken_seq, why = chain.why}}
end})

return checks
