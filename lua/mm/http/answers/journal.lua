-- Holds and the audit; see mm.types.journal.
local build = require("mm.http.answers.build")

local journal = {}
local text, count, time, hash = build.text, build.count, build.time, build.hash

journal.Holds = build.items("Hold")
journal.Hold = build.object("A range that mm will not retire; what is missing is any.", "hold reason", {
   hold = count("Its number."), view_set_name = text(), view_instance_id = text(), begin_insert_time = time(),
   end_insert_time = time("Half-open."), reason = text(), held_at = time(), held_by = text(), released_at = time(),
   released_by = text(), release_reason = text(),
})

journal.AuditEntries = build.page("AuditEntry")
journal.AuditEntry = build.object("Who did what; `by_*` is what mm says of itself, the rest the server's word.",
   "seq at what user role hash", {
   seq = count(), at = time(), what = text("planned, retired, undone, refused, held, ..."),
   number = count("Of the retirement."), id = text("Of the retirement."), why = text("The reason given."),
   user = text("That logged in to the database."), role = text("That acted."), by_user = text(), by_host = text(),
   by_program = text(), by_script = text(), by_script_sha256 = hash(),
   by_principal = text("Over HTTP: the name of the key."),
   by_request = text("Over HTTP: the request's id."),
   detail = build.any_object(), hash = hash("SHA-256 of the hash before and the entry."),
})

journal.Chain = build.object("What hashing the audit again found.", "is_intact entries head_seq", {
   is_intact = build.flag(), entries = count("That are right."),
   head = text("SEQ-HASH, to note outside of the lake, of a chain that is whole."), head_seq = count(),
   broken_seq = count("The first entry that is wrong or missing."), why = text("What is wrong with it."),
})

return journal
