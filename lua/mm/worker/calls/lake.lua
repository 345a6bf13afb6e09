-- What the routes about the lake do, none of which changes anything but the registry.
local answers = require("mm.worker.answers")
local core = require("mm.core")
local errors = require("mm.errors")
local filter = require("mm.filter")
local json = require("mm.json")
local metrics = require("mm.worker.metrics")
local options = require("mm.options")
local pages = require("mm.worker.pages")
local partitions = require("mm.partitions")
local registries = require("mm.registry")

local calls = {get_metrics = metrics.answer}

function calls.get_readyz(lake)
   local is_there, err = core.lake_refresh(lake)
   return answers.object(is_there and {status = "ready"} or nil, err)
end

function calls.get_principal(lake, request, principal)
   return {body = {name = principal.name, role = principal.role, key = principal.key, lake = lake:info().name,
      changes_enabled = request.changes_enabled}}
end

function calls.get_status(lake)
   local status, err = lake:status()
   if status then
      status.view_sets, status.writers = json.array(status.view_sets), json.array(status.writers)
   end
   return answers.object(status, err)
end

function calls.list_view_sets(lake)
   return answers.list(lake:list_view_sets())
end

function calls.list_schema_versions(lake, request)
   return answers.list(lake:list_schema_versions(request.query.view_set))
end

function calls.list_partitions(lake, request)
   local query = request.query
   local opts = options.check("partitions", {view_set = query.view_set, view_instance = query.view_instance,
      from = query.from, to = query.to, status = query.status}, filter.spec{status = filter.STATUSES})
   return pages.answer(request, {kind = "partition", path = "/v1/partitions", open = function(size)
      return partitions.pages(lake, opts, size)
   end})
end

function calls.list_outdated(lake, request)
   local groups, err = lake:list_outdated_partitions(request.query.view_set)
   if groups and request.accept == "lines" then
      return {lines = function()
         return groups
      end}
   end
   return answers.list(groups, err)
end

function calls.get_timeline(lake, request)
   local timeline, err = lake:timeline(request.query)
   if timeline then
      timeline.rows = json.array(timeline.rows)
   end
   return answers.object(timeline, err)
end

function calls.explain(lake, request)
   return answers.list(lake:explain(request.query))
end

function calls.doctor(lake)
   return answers.list(lake:doctor())
end

function calls.get_registry(lake)
   local registry, kind, words = lake:registry()
   if not registry then
      return nil, kind
   end
   return {body = {kind = kind, source = words, items = json.array(registry:list_view_sets())}}
end

local function registry_of(body)
   if (body.release == nil) == (body.view_sets == nil) then
      return errors.fail("usage", "a registry is either that of a `release` or the `view_sets` of a server's answer")
   elseif body.release then
      return registries.release(body.release)
   end
   return registries.decode(json.encode(json.array(body.view_sets)), "HTTP API")
end

function calls.publish_registry(lake, request)
   local registry, err = registry_of(request.body)
   if registry then
      registry, err = lake:publish_registry(registry, {reason = request.body.reason})
   end
   if not registry then
      return nil, err
   end
   return calls.get_registry(lake)
end

return calls
