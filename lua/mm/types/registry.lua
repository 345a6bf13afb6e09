---@meta
-- Registries, their view sets and what is doubtful about them.

---@class mm.registry
---@field list_view_sets fun(self: mm.registry): mm.view_set[] sorted by name
---@field get fun(self: mm.registry, view_set_name: string): mm.view_set|nil
---@field arrays fun(self: mm.registry): string[], string[] names and hashes, in the same order
---@field findings fun(self: mm.registry): mm.finding[] what is doubtful
---@field merge fun(self: mm.registry, over: mm.registry): mm.registry the view sets of both; `over` wins

---@class mm.view_set
---@field view_set_name string
---@field current_schema_hash string hexadecimal
---@field schema? string as a server prints it
---@field has_view_maker boolean
---@field global_instance_available boolean
---@field source string who says so: `release 0.33`, the name of a file

---@class mm.finding
---@field view_set_name string
---@field code "schema_does_not_parse"|"hash_contradicts_schema"|"rests_on_release"
---@field message string
---@field hint string

return {}
