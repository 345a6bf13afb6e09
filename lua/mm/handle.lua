-- What Lua knows of an open lake besides what the core does: its registry, and how to ask.
local core = require("mm.core")
local errors = require("mm.errors")
local inference = require("mm.inference")
local suggest = require("mm.suggest")

local handle = {}

local states = setmetatable({}, {__mode = "k"})

--- Remembers what a lake was opened with.
---@param lake mm.lake
---@param opts table
---@param guards table[]
---@return mm.lake
function handle.attach(lake, opts, guards)
   states[lake] = {registry = opts.registry, retention_days = opts.retention_days or 90, guards = guards}
   return lake
end

--- Runs a statement of src/sql/ in a read-only transaction of its own.
---@param lake mm.lake
---@param name string
---@param params? table list with `n`; lists in it become arrays
---@param modes? string
---@return table[]|nil rows, table|nil err
function handle.select(lake, name, params, modes)
   return core.lake_select(lake, name, modes, params or {n = 0})
end

--- That mmadmin is there and current, looked at again where it was not: it may have been made since.
---@return boolean|nil, table|nil err
function handle.check_present(lake)
   local is_there, err = core.lake_check_present(lake)
   if not is_there and core.lake_refresh(lake) then
      return core.lake_check_present(lake)
   end
   return is_there, err
end

local function published(lake)
   if core.lake_info(lake).state_version < 0 then
      return nil
   end
   local rows, err = handle.select(lake, "published_registry")
   if not rows or #rows == 0 then
      return nil, err
   end
   local registry
   registry, err = core.registry_new(rows)
   return registry, err
end

--- The registry that says what is current, how it came here, and that in words. Published ones are read anew each time.
---@param lake mm.lake
---@return mm.registry|nil, string kind given, published or inferred; or the error
---@return string|nil words
function handle.registry(lake)
   local state = states[lake]
   if state.registry then
      return state.registry, "given", "given: " .. inference.sources(state.registry)
   end
   local registry, err = published(lake)
   if registry then
      return registry, "published", "published in the lake: " .. inference.sources(registry)
   elseif err then
      return nil, err
   end
   local words
   registry, words = inference.infer(core.lake_info(lake).lakehouse_version, function(...)
      return handle.select(lake, ...)
   end)
   if not registry then
      return nil, words
   end
   return registry, "inferred", words
end

--- A registry that a plan may rest on: given or published, not inferred.
---@return mm.registry|nil, string|table kind, or the error
---@return string|nil words
function handle.firm_registry(lake)
   local registry, kind, words = handle.registry(lake)
   if registry and kind == "inferred" then
      return errors.fail("invalid", "a plan needs to be told which registry is right, not to infer it", {
         detail = words,
         hint = "give the release or a server's answer (--registry 0.33, --registry FILE), or publish one in the lake: "
            .. "mmlua registry publish",
      })
   end
   return registry, kind, words
end

--- The guards of the lake's operators: {name =, check = function(lake, retirement)}.
function handle.guards(lake)
   return states[lake].guards
end

function handle.retention_days(lake)
   return states[lake].retention_days
end

--- The first seven parameters of every statement that includes verdict.sql.
function handle.verdict_params(lake, registry, filter)
   local names, hashes = registry:arrays()
   return {n = 7, names, hashes, filter.view_set, filter.view_instance, filter.from, filter.to,
      handle.retention_days(lake)}
end

--- nil when the registry or the catalog know the view set, else an error with a suggestion.
---@return table|nil err
function handle.unknown_view_set(lake, registry, name)
   if registry:get(name) then
      return nil
   end
   local rows, err = handle.select(lake, "known_view_set")
   if not rows then
      return err
   end
   local names = registry:arrays()
   for _, row in ipairs(rows) do
      if row.view_set_name == name then
         return nil
      end
      names[#names + 1] = row.view_set_name
   end
   return errors.new("not_found", ("no view set is called '%s'%s"):format(name, suggest.phrase(name, names)), {
      hint = "mmlua view-sets lists them",
   })
end

--- The methods of lakes, to which modules add theirs.
handle.methods = core.lake_methods

local function guarded(name, method)
   return function(self, ...)
      if not states[self] then
         error(("lake:%s must be called with a colon, on a lake"):format(name), 2)
      elseif not core.lake_is_open(self) then
         error(("lake:%s: the lake is closed"):format(name), 2)
      end
      return method(self, ...)
   end
end

--- Makes all methods but `close` raise at the caller's line for what is no open lake.
function handle.guard_methods()
   for name, method in pairs(handle.methods) do
      if name ~= "close" then
         handle.methods[name] = guarded(name, method)
      end
   end
end

return handle
