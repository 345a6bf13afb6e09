-- What an entry of the audit may be about.
return {"planned", "applying", "retired", "paused", "applied", "abandoned", "undoing", "restored", "undone",
   "pruned", "refused", "held", "released", "published", "initialized", "upgraded", "adopted",
   "key_added", "key_revoked"}
