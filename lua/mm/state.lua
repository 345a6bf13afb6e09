-- mm's own state in the lake's database: the schema mmadmin, and the registry published there.
local core = require("mm.core")
local errors = require("mm.errors")
local grants = require("mm.grants")
local handle = require("mm.handle")
local options = require("mm.options")
local registries = require("mm.registry")

local lake = handle.methods

-- The statements that make mmadmin, and those that bring version 1 up to date, of which version 2 needs the last.
local PARTS = {"init_schema", "init_lake", "init_view_set", "init_retirement", "init_item", "init_skipped",
   "init_unrestored", "init_batch", "init_hold", "init_audit", "init_audit_head", "init_audit_start", "init_api_key",
   "init_job", "init_job_one", "init_answer", "init_name", "audit_state"}
local UPGRADE = {"upgrade_2_lake", "upgrade_2_batch", "upgrade_2_skipped", "upgrade_2_retirement", "init_hold",
   "init_audit", "init_audit_head", "init_audit_start", "upgrade_2_version", "upgrade_2_lake_default", "init_api_key",
   "init_job", "init_job_one", "init_answer", "upgrade_3_version", "audit_state"}
local UPGRADE_FROM = {1, 11} -- by version, where in UPGRADE it begins
local TABLES = {"lake", "view_set", "retirement", "item", "skipped", "unrestored", "batch", "hold", "audit",
   "audit_head", "api_key", "job", "answer"}

local function check_name(name)
   if not name:match("^%w[%w_.-]*$") or #name > 63 then
      local message = "'%s' cannot be a lake's name: 1 to 63 letters, digits, '_', '.', '-'"
      return errors.new("invalid", message:format(name), {hint = "mmlua init --name NAME"})
   end
end

--- True when mm may change this lake: nothing of it is too new, and mmadmin is there.
---@return boolean|nil, table|nil err
function lake:check_writable()
   return core.lake_check_writable(self)
end

--- Makes the schema mmadmin, where plans, their journal and the published registry live. Changes nothing of upstream's.
---@param opts? {name: string, reason: string} the lake's short name, default the database's; why, for the audit
---@return table|nil info, table|nil err codes conflict (it exists), rights, invalid
function lake:init(opts)
   opts = options.check("lake:init", opts, {name = "string?", reason = "reason?"})
   local name = opts.name or core.lake_info(self).database
   local err = check_name(name)
   if err then
      return nil, err
   end
   local is_made
   is_made, err = core.lake_init(self, name, opts.reason)
   if not is_made then
      return nil, err
   end
   return core.lake_info(self)
end

--- Brings a schema mmadmin that an older mm made up to date. Roles other than its owner need `init_sql`'s rights again.
---@param opts? {reason: string}
---@return table|nil info, table|nil err code conflict (it is up to date)
function lake:upgrade_state(opts)
   opts = options.check("lake:upgrade_state", opts, {reason = "reason?"})
   local is_done, err = core.lake_upgrade(self, opts.reason)
   return is_done and core.lake_info(self), err
end

--- Says that this database is the lake itself, where it was a restored copy: mm works on it again. The original must be
--- gone, for its files are this one's now.
---@param opts? {reason: string}
---@return boolean|nil, table|nil err
function lake:adopt(opts)
   opts = options.check("lake:adopt", opts, {reason = "reason?"})
   return core.lake_adopt(self, opts.reason)
end

--- Removes the schema mmadmin. Retirements that could still be undone are in the way unless `force`.
---@param opts? {force: boolean}
---@return boolean|nil, table|nil err
function lake:remove_state(opts)
   opts = options.check("lake:remove_state", opts, {force = "boolean?"})
   local list, err = self:retirements()
   if not list then
      return nil, err
   end
   for _, each in ipairs(list) do
      local is_undoable = each.state ~= "undone" and each.retired > each.restored and each.undo_until > each.now
      if is_undoable and not opts.force then
         return errors.fail("refused", ("%s can be undone until %s, but not without mmadmin"):format(each.id,
            each.undo_until), {hint = "undo it, wait, or insist with --force"})
      end
   end
   return core.lake_remove_state(self)
end

local function quote(identifier)
   return '"' .. identifier:gsub('"', '""') .. '"'
end

-- The names of upstream's tables that mm reads, for GRANT.
local function upstream_tables(self)
   local list, err = handle.select(self, "upstream_tables")
   for i, row in ipairs(list or {}) do
      list[i] = row.name
   end
   return list and table.concat(list, ", "), err
end

-- The statements that this lake's mmadmin needs, none when it is up to date. The last one appends to the audit that the
-- others were run.
local function add_statements(lines, info, name)
   local parts, first = UPGRADE, UPGRADE_FROM[info.state_version]
   if info.state_version < 0 then
      parts, first = PARTS, 1
   end
   local what = parts == UPGRADE and "'upgraded'" or "'initialized'"
   local values = {["1"] = "'" .. name .. "'", ["2"] = what, ["3"] = "null"}
   for i = first or #parts + 1, #parts do
      lines[#lines + 1] = assert(core.statement(parts[i])):gsub("%$(%d)", values):gsub("%s+$", "")
   end
end

local function add_grants(lines, opts, schema, tables)
   for _, kind in ipairs(grants.KINDS) do
      for _, words in ipairs(opts[kind] and grants.of(kind, schema, tables) or {}) do
         lines[#lines + 1] = ("grant %s to %s;"):format(words, quote(opts[kind]))
      end
   end
end

local function add_owner(lines, owner)
   for _, part in ipairs(TABLES) do
      lines[#lines + 1] = ("alter table mmadmin.%s owner to %s;"):format(part, owner)
   end
   lines[#lines + 1] = ("alter schema mmadmin owner to %s;"):format(owner)
end

--- The statements that `init` or `upgrade_state` runs, for a DBA, with rights for roles; of a schema that is up to date
--- the rights alone. `owner` owns the schema, `viewer` may look, `planner` plan, too, `operator` retire and undo,
--- `admin` publish and make keys; `worker` is who `mmlua worker` logs in as.
---@param opts {name: string, owner: string, viewer: string, planner: string, operator: string, admin: string,
---   worker: string}
---@return string|nil sql, table|nil err
function lake:init_sql(opts)
   opts = options.check("lake:init_sql", opts, {name = "string", owner = "name?", viewer = "name?", planner = "name?",
      operator = "name?", admin = "name?", worker = "name?"})
   local tables, err
   err = check_name(opts.name)
   if not err then
      tables, err = upstream_tables(self)
   end
   if err then
      return nil, err
   end
   local info = core.lake_info(self)
   local schema = quote(info.schema)
   local lines = {"begin;", ("set local search_path = %s, pg_temp;"):format(schema)}
   add_statements(lines, info, opts.name)
   add_grants(lines, opts, schema, tables)
   if opts.owner then
      add_owner(lines, quote(opts.owner))
   end
   lines[#lines + 1] = "commit;"
   return table.concat(lines, "\n") .. "\n"
end

--- Publishes a registry in the lake, in place of the one that is there, so that everybody uses one.
---@param registry mm.registry
---@param opts? {reason: string}
---@return integer|nil view_sets, table|nil err
function lake:publish_registry(registry, opts)
   opts = options.check("lake:publish_registry", opts, {reason = "reason?"})
   options.check("lake:publish_registry", {registry = registry}, {registry = "userdata"})
   if not registries.is(registry) then
      error("lake:publish_registry: option 'registry' must be a registry", 2)
   end
   local lists = {n = 7, {}, {}, {}, {}, {}, {}, opts.reason}
   for i, entry in ipairs(registry:list_view_sets()) do
      lists[1][i], lists[2][i], lists[3][i] = entry.view_set_name, entry.current_schema_hash, entry.schema or ""
      lists[4][i], lists[5][i] = tostring(entry.has_view_maker), tostring(entry.global_instance_available)
      lists[6][i] = entry.source
   end
   local is_published, err = core.lake_publish(self, lists)
   return is_published and #lists[1], err
end

return lake
