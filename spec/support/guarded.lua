-- A made-up lake with a plan, and what the guards find of it, for the specs of guards.
--
--   local lake, id
--   local on = guarded.new(function() return lake, id end)      the lake and the retirement as they are then
--   lake, id = on.set(rows, [opts], [sql])     the rows as stage.lua takes them; plans log_entries, or what opts say, with
--                                              every verdict
--   guarded.FOUR                               rows: four old ones, a to d, and a new one; nothing speaks against applying
--   on.apply([opts], [by])                     the reason is "spec" unless it is given
--   on.guards([by], [opts]) -> findings        by another lake, with options of lake:guards
--   on.names([by], [opts])  -> their names, between spaces
--   on.finding(name), on.words(finding) -> {message, why, passes}
--   on.kinds(name, [sql])   -> kinds that the statement of a guard finds of retirement 1 after `sql`, in one transaction, so
--                              that its now() is that of the statement; since_plan, which would tell nothing, left out
--   on.state() -> "planned 1": state and next item of the first retirement     on.whats() -> of the audit, between spaces
--   on.mmlua(words, [environment]) -> as shell.run     on.made: the stage
local shell = require("spec.support.shell")
local stage = require("spec.support.stage")
local steps = require("spec.support.steps")

local guarded = {}

local OLD, NEW = "05", "07" -- of log_entries under release 0.33

guarded.FOUR = {
   {"a", 0, 1, OLD, updated = "2026-01-01"}, {"b", 1, 2, OLD, updated = "2026-01-01"},
   {"c", 2, 3, OLD, updated = "2026-01-01"}, {"d", 3, 4, OLD, updated = "2026-01-01"}, {"new", 0, 1, NEW},
}

local function new_arranging(made)
   return function(rows, opts, sql)
      made:set(rows, sql)
      local lake = made:open()
      opts = opts or {}
      opts.view_set, opts.verdicts = opts.view_set or not opts.all and "log_entries" or nil, opts.verdicts or stage.VERDICTS
      return lake, assert(lake:plan(opts)).id
   end
end

local function names_of(findings)
   local list = {}
   for i, finding in ipairs(findings) do
      list[i] = finding.guard
   end
   return table.concat(list, " ")
end

local function kinds(made, guard, sql)
   local text = steps.new(made.db):guard(guard, 1):gsub(";%s*$", "")
   return made:value(([[begin; %s; select coalesce(string_agg(kind, ' ' order by kind), '') from (%s) g
      where kind <> 'since_plan'; rollback]]):format(sql or "select where false", text))
end

local function add_observing(on, made)
   function on.state()
      return made:value("select format('%s %s', state, next_seq) from mmadmin.retirement order by retirement limit 1")
   end
   function on.whats()
      return made:value("select string_agg(what, ' ' order by seq) from mmadmin.audit")
   end
   function on.mmlua(words, environment)
      return shell.run(("%s MICROMEGAS_SQL_CONNECTION_STRING='%s' %s/bin/mmlua %s"):format(environment or "",
         made.db.conninfo, os.getenv("BUILD") or "build", words))
   end
end

function guarded.new(present)
   local made = stage.new("catalog-v10")
   local on = {made = made, set = new_arranging(made)}
   function on.apply(opts, by)
      local lake, id = present()
      opts = opts or {}
      opts.reason = opts.reason or "spec"
      return (by or lake):apply(id, opts)
   end
   function on.guards(by, opts)
      local lake, id = present()
      return assert((by or lake):guards(id, opts))
   end
   function on.names(...)
      return names_of(on.guards(...))
   end
   function on.finding(name)
      for _, finding in ipairs(on.guards()) do
         if finding.guard == name then
            return finding
         end
      end
   end
   function on.words(finding)
      return {finding.message, finding.why, finding.passes}
   end
   function on.kinds(guard, sql)
      return kinds(made, guard, sql)
   end
   add_observing(on, made)
   return on
end

return guarded
