---@meta
-- Guards, holds and the audit.

---@class mm.guard_finding what speaks against applying a retirement
---@field guard string copy, writers, holds, blocks_last, budget, or one of the operators'
---@field message string what was found
---@field why string|nil why it matters
---@field passes string|nil when it will pass
---@field kind string|nil
---@field rows table[]|nil of the guard's statement

---@class mm.hold a range that mm will not retire; what is nil is any
---@field hold integer its number
---@field view_set_name string|nil
---@field view_instance_id string|nil
---@field begin_insert_time string|nil
---@field end_insert_time string|nil half-open
---@field reason string
---@field held_at string
---@field held_by string
---@field released_at string|nil
---@field released_by string|nil
---@field release_reason string|nil

---@class mm.audit_entry a row of `lake:audit()`; `by_*` is what mm says of itself, the rest the server's word
---@field seq integer
---@field at string
---@field what string planned, applying, retired, paused, abandoned, undoing, restored, undone, refused, held, ...
---@field number integer|nil of the retirement
---@field id string|nil of the retirement
---@field why string|nil the reason given
---@field user string that logged in to the database
---@field role string that acted
---@field by_user string|nil of the operating system
---@field by_host string|nil
---@field by_program string|nil
---@field by_principal string|nil for whom a server acted
---@field by_request string|nil the id of what was asked of it
---@field by_script string|nil the file that ran
---@field by_script_sha256 string|nil
---@field detail table
---@field hash string SHA-256 of the hash before and the entry

---@class mm.chain what hashing the audit again found
---@field is_intact boolean
---@field entries integer that are right
---@field head string|nil SEQ-HASH, to note outside of the lake, of a chain that is whole
---@field head_seq integer
---@field broken_seq integer|nil the first entry that is wrong or missing
---@field why string|nil what is wrong with it

return {}
