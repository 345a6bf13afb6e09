---@meta
-- What the HTTP API keeps in the lake: keys, jobs, answers.

---@class mm.key a key of the HTTP API
---@field key integer its number
---@field name string of who uses it
---@field role "viewer"|"planner"|"operator"|"admin"
---@field prefix string how the key begins, after `mm_`
---@field reason string
---@field created_at string
---@field created_by string
---@field expires_at string|nil nil: never
---@field last_used_at string|nil to the hour
---@field revoked_at string|nil
---@field revoked_by string|nil
---@field revoke_reason string|nil
---@field secret string|nil the whole key, from `lake:add_key` alone

---@class mm.principal whose a key is
---@field key integer
---@field name string
---@field role "viewer"|"planner"|"operator"|"admin"

---@class mm.job what a worker does, or did, for who asked over HTTP
---@field job integer its number
---@field kind "apply"|"undo"
---@field retirement string id
---@field state "waiting"|"running"|"done"|"failed"
---@field principal string|nil for whom
---@field request_id string
---@field reason string|nil
---@field created_at string
---@field started_at string|nil when it was first claimed
---@field ended_at string|nil
---@field attempts integer
---@field done integer partitions
---@field total integer|nil
---@field batches integer
---@field error table|nil why it failed
---@field is_old boolean|nil of `lake:add_job`: it was there already

---@class mm.claimed_job: mm.job
---@field arguments table options of `lake:apply` or `lake:undo`
---@field fence integer for `lake:renew_job`, `end_job`, `release_job`

---@class mm.answer that was given before
---@field status integer
---@field headers table
---@field body string

return {}
