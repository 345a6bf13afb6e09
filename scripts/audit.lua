-- Who changed what, when and why, and whether that record is whole.
local audit = require("mm.audit")
local cli = require("mm.cli")
local journal = require("mm.report.journal")
local output = require("mm.output")

local options = cli.parse{
   text = "Lists what was changed (list), or hashes the whole record again (verify). Its head, noted outside of the "
      .. "lake, shows later that nothing was cut off or written anew.",
   arguments = {{name = "action", text = "list unless said", values = {"list", "verify"}, optional = true},
      {name = "id", text = "only of this retirement", optional = true}},
   options = {"connection", "formats", {name = "what", value = "WHAT", values = audit.WHAT, text = "only"},
      {name = "from", value = "TIME", type = "time", text = "from this time on"},
      {name = "head", value = "SEQ-HASH", text = "of verify: a head noted before, which must still be there"}, "quiet"},
   examples = {{"mmlua audit list prod-12-a1b2c3"}, {"mmlua audit verify --head 41-9f86d081884c7d65"}},
}
local lake = assert(cli.open(options))
if options.action == "verify" then
   local chain = assert(lake:verify_audit{head = options.head})
   if options.json or options.jsonl then
      output.object(chain)
   elseif chain.is_intact then
      output.message("%s, each right%s; the head to note is", journal.entries(chain.entries),
         options.head and ", the one noted before among them" or "")
      io.stdout:write(chain.head or "", "\n")
   else
      output.message("BROKEN at entry %d: %s; right before it: %s", chain.broken_seq, chain.why,
         journal.entries(chain.entries))
   end
   return chain.is_intact and 0 or 5
end
options.brief = journal.brief
output.rows(assert(lake:audit{retirement = options.id, what = options.what, from = options.from}),
   journal.audit_columns(options), options)
cli.next(options, "mmlua audit verify")
