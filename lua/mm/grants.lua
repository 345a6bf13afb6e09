-- What roles may do in a lake's database, and no more than that: each has the rights of those that it `includes`.
local grants = {}

-- Words of GRANT, of tables in mmadmin; with %s of upstream's tables in their schema.
local RIGHTS = {
   -- Not answers, which are for who asked; not keys, of which only the hash is there, but nobody needs that.
   viewer = {
      "usage on schema mmadmin",
      "select on mmadmin.lake, mmadmin.view_set, mmadmin.retirement, mmadmin.item, mmadmin.skipped, "
         .. "mmadmin.unrestored, mmadmin.batch, mmadmin.hold, mmadmin.audit, mmadmin.audit_head, mmadmin.job",
   },
   planner = {includes = "viewer",
      "insert on mmadmin.retirement, mmadmin.item, mmadmin.audit",
      "update (partitions, bytes, digest) on mmadmin.retirement",
      "update on mmadmin.audit_head",
   },
   operator = {includes = "planner",
      "insert, delete on %s.lakehouse_partitions, %s.temporary_files",
      "insert on mmadmin.skipped, mmadmin.unrestored, mmadmin.batch, mmadmin.hold",
      "update on mmadmin.retirement, mmadmin.skipped, mmadmin.hold",
      "delete on mmadmin.skipped",
   },
   admin = {includes = "operator",
      "insert, update, delete on mmadmin.view_set",
      "select, insert, update (revoked_at, revoked_by, revoke_reason) on mmadmin.api_key",
   },
   -- It publishes and holds for others, but makes no keys.
   worker = {includes = "operator",
      "insert, update, delete on mmadmin.view_set",
      "select, update (last_used_at) on mmadmin.api_key",
      "insert, update on mmadmin.job",
      "select, insert, update, delete on mmadmin.answer",
   },
}

--- The kinds of roles, those with the fewest rights first.
grants.KINDS = {"viewer", "planner", "operator", "admin", "worker"}

--- What a role of that kind is granted, as words of GRANT.
---@param kind string one of `grants.KINDS`
---@param schema string of upstream's tables, quoted
---@param tables string those of them that mm reads, qualified
---@return string[]
function grants.of(kind, schema, tables)
   local rights = RIGHTS[kind]
   local list = rights.includes and grants.of(rights.includes, schema, tables)
      or {"usage on schema " .. schema, "select on " .. tables}
   for _, words in ipairs(rights) do
      list[#list + 1] = words:gsub("%%s", (schema:gsub("%%", "%%%%")))
   end
   return list
end

return grants
