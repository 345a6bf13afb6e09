-- Plans, what became of them, and their parts; see mm.types.retirements.
local build = require("mm.http.answers.build")
local shapes = require("mm.http.shapes")

local retirements = {}
local text, count, time, hash, flag = build.text, build.count, build.time, build.hash, build.flag
local VERDICT = build.one_of(shapes.verdicts.items.enum, "What retiring it would lose.")
local SUMS = {type = "object", additionalProperties = build.ref("Sum"), description = "By verdict."}

retirements.Sum = build.object("How many partitions, and their bytes.", "partitions bytes", {
   partitions = count(), bytes = count(),
})
retirements.SummaryRow = build.object("Partitions of one view set, status and verdict.", "partitions bytes", {
   view_set_name = text(), status = text(), verdict = VERDICT, is_selected = flag(),
   why_left = build.one_of({"held", "global", "source_goes"},
      "Of a dry run: why partitions that were asked for are left."),
   partitions = count(), bytes = count(), first_insert_time = time(), last_insert_time = time(),
})
retirements.UndoProblem = build.object("What an undo cannot restore.", "why partitions", {
   why = text(), partitions = count(), bytes = count(), example = text(),
})
retirements.UndoCheck = build.object("What an undo would restore.", "restorable", {
   restorable = count(), bytes = count(), problems = build.list_of(build.ref("UndoProblem")),
})

retirements.Retirements = build.items("Retirement")
retirements.Retirement = build.object("A plan, what became of it; a dry run has no id.", "state partitions bytes", {
   id = text("LAKE-NUMBER-DIGEST."), number = count(), lake = text(),
   state = build.one_of{"dry_run", "planned", "applying", "paused", "applied", "undoing", "undone", "abandoned"},
   digest = hash("SHA-256 of the planned rows; If-Match of apply."),
   selection = build.any_object("What was asked for."), registry_source = text(), retention_days = build.number(),
   partitions = count("Planned."), bytes = count("Planned."),
   verdicts = SUMS, left = build.object("What a dry run leaves.", "", {partitions = count(), bytes = count(),
      verdicts = SUMS}),
   summary = build.list_of(build.ref("SummaryRow")), created_at = time(), created_by = text(), valid_until = time(),
   is_expired = flag("Not valid any more."), reason = text(), applied_at = time(), applied_by = text(),
   retired = count(),
   retired_bytes = count(), gone = count("That were gone already."),
   changed = count("That had changed, and were left."),
   held = count("That a hold covered, and were left."), changed_accepted = count(), remaining = count(),
   undo_until = time("The end of the undo window."),
   undo_deadline = time("Until when everything can be undone."), queued_files = count(), undo_reason = text(),
   overrides = {type = "object", description = "Guards that were overridden, with the reasons."},
   pruned_at = time("When its partitions were removed from mmadmin."), undo_remaining = count(), restored = count(),
   unrestored = count(), check = build.ref("UndoCheck"), now = time("The server's clock."),
})

retirements.Items = build.page("Item")
retirements.Item = build.object("A partition of a retirement.", "seq outcome", {
   seq = count(), view_set_name = text(), view_instance_id = text(), begin_insert_time = time(),
   end_insert_time = time(), file_path = text(), file_size = count(), file_schema_hash = hash(), num_rows = count(),
   updated = time(), status = text(), verdict = VERDICT,
   outcome = text("planned, retired, gone, changed, held, restored, untouched, file_deleted, file_expires, ..."),
   committed_at = time(),
})

retirements.GuardFindings = build.items("GuardFinding")
retirements.GuardFinding = build.object("What speaks against applying a retirement.", "guard message", {
   guard = text("Name it in `overrides` with a reason, and it does not refuse."), message = text("What was found."),
   why = text("Why it matters."), passes = text("When it will pass."), kind = text(),
})

return retirements
