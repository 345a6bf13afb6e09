-- What the findings of the built-in guards mean: what was found, why it matters, when it will pass.
local handle = require("mm.handle")
local releases = require("mm.releases")
local text = require("mm.text")

-- of[NAME](rows) makes the words of the rows of guard_NAME.sql; completes[NAME](lake, rows, retirement) adds to them
-- what PostgreSQL does not know.
local words = {of = {}, completes = {}}

local function time(value)
   return (value:gsub("^(%d+%-%d+%-%d+)T(%d+:%d+:%d+).*$", "%1 %2 UTC"))
end

local function partitions(count)
   return ("%s partition%s"):format(text.count(count), count == 1 and "" or "s")
end

-- "blocks 05", or "blocks 05 (and 7 more hashes)".
local function hashes(rows)
   local first, more = rows[1], #rows - 1
   local tail = more > 0 and (" (and %d more hash%s)"):format(more, more == 1 and "" or "es") or ""
   return ("%s %s%s"):format(first.view_set_name, first.hash, tail)
end

local function of_kind(rows, kind)
   local list = {}
   for _, row in ipairs(rows) do
      if row.kind == kind then
         list[#list + 1] = row
      end
   end
   return list
end

local function newest(rows)
   local last = rows[1]
   for _, row in ipairs(rows) do
      last = row.last_write > last.last_write and row or last
   end
   return last
end

local OLDER = "what it calls outdated is what the lake's servers write today: live data would be deleted"
local MIXED = "the upgrade is not over: what an old writer still makes, and merges, would be lost or come again"
local TAKE = "with the registry of the release that runs (mmlua writers shows what is written)"

local KINDS = {"newer_release", "appeared_later", "since_plan", "mixed_now", "within_soak"}
local of_writers = {
   newer_release = function(rows)
      return ("the registry is the older one: only later releases write %s, which it calls outdated"):format(
         hashes(rows)), OLDER, TAKE
   end,
   appeared_later = function(rows)
      return ("the registry is the older one, or the lake was rolled back: %s appeared after the hash that it calls "
         .. "current, at %s"):format(hashes(rows), time(rows[1].first_write)), OLDER, TAKE
   end,
   since_plan = function(rows)
      return ("%s, outdated, was written since the plan was made, or brought back by an undo"):format(hashes(rows)),
         MIXED, "with a new plan, once nobody writes it"
   end,
   mixed_now = function(rows)
      return ("two releases write this lake: %s, which the registry calls outdated, was written at %s, within two "
         .. "minutes of the lake's newest write"):format(hashes(rows), time(newest(rows).last_write)), MIXED,
         "when the old writers are stopped and the new ones have written for two minutes more"
   end,
   within_soak = function(rows)
      return ("%s, outdated, was written within the last hour, until %s"):format(hashes(rows),
         time(newest(rows).last_write)), MIXED, "at " .. time(newest(rows).passes_at) .. ", unless it is written again"
   end,
}

-- The worst kind is told, the others are in `rows`.
function words.of.writers(rows)
   for _, kind in ipairs(KINDS) do
      local found = of_kind(rows, kind)
      if #found > 0 then
         local message, why, passes = of_writers[kind](found)
         return {kind = kind, message = message, why = why, passes = passes, rows = rows}
      end
   end
end

-- Where every release that writes the outdated hash is later than every one that writes the current hash.
local function is_of_newer_release(version)
   local outdated = releases.writing(version.view_set_name, version.schema_hash)
   local current = releases.writing(version.view_set_name, version.current_schema_hash)
   return #outdated > 0 and #current > 0 and releases.is_later(outdated[1], current[#current])
end

-- What is outdated is a matter of the plan's registry, whichever the lake was opened with; without a plan, of that one.
local function schema_versions(self, found)
   if found then
      return handle.select(self, "schema_versions", {n = 3, found.view_sets, found.schema_hashes})
   end
   return self:list_schema_versions()
end

function words.completes.writers(self, rows, found)
   local versions, err = schema_versions(self, found)
   for _, version in ipairs(versions or {}) do
      if version.status == "outdated" and is_of_newer_release(version) then
         rows[#rows + 1] = {kind = "newer_release", view_set_name = version.view_set_name, hash = version.schema_hash,
            partitions = version.partitions, last_write = version.last_updated}
      end
   end
   return versions and rows, err
end

function words.of.holds(rows)
   local first, more = rows[1], #rows - 1
   return {
      message = ("hold %d (%s) covers %s of it, such as %s%s"):format(first.number, first.reason,
         partitions(first.partitions), first.example, more > 0 and (", and %d holds more"):format(more) or ""),
      why = ("%s asked on %s that mm does not retire them"):format(first.by, time(first.at)),
      passes = ("when the hold is released (mmlua hold release %d), or with a new plan, which leaves them out"):format(
         first.number),
      rows = rows,
   }
end

-- What counts besides: ", after 3 in the last 24 hours, and 2 of retirements under way".
local function besides(row)
   local lately = row.lately > 0 and (", after %s in the last 24 hours"):format(text.count(row.lately)) or ""
   local elsewhere = row.elsewhere > 0 and (", beside %s of retirements under way"):format(text.count(row.elsewhere))
      or ""
   return lately .. elsewhere
end

function words.of.budget(rows)
   local row = rows[1]
   return {
      message = ("%s would be retired without proof that nothing is lost%s; the budget is %s"):format(
         partitions(row.partitions), besides(row), text.count(row.budget)),
      why = "their verdict is short, waits_for_blocks, only_copy, or rebuildable of global, or they are not outdated",
      passes = ("with a plan that names its budget (mmlua plan --budget %d)"):format(row.partitions + row.lately
         + row.elsewhere),
      rows = rows,
   }
end

function words.of.blocks_last(rows)
   local total = 0
   for _, row in ipairs(rows) do
      total = total + row.partitions
   end
   return {
      message = ("%s of other view sets %s outdated over the same time, such as %s"):format(partitions(total),
         total == 1 and "is" or "are", rows[1].example),
      why = "they are rebuilt from blocks; a release that one has to roll back to would miss those planned here",
      passes = "when those are rebuilt, or retired first",
      rows = rows,
   }
end

function words.of.copy(rows)
   local row = rows[1]
   return {
      message = ("this database is a copy of lake %s: mm's state was made on another %s"):format(row.lake,
         row.kind == "other_server" and "server" or "database"),
      why = "the files belong to the original: what is retired here would be deleted there",
      passes = "when the original is gone and this is declared to be the lake (mmlua init --adopt)",
      rows = rows,
   }
end

return words
