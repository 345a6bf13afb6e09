-- The lake of a session: the one that the global `lake` holds.
local cli = require("mm.cli")
local core = require("mm.core")
local handle = require("mm.handle")

local lakes = {}

local open = cli.open
local wanted = {} -- what the lake was opened with, or is to be

--- Whether it is a lake, open or not.
---@param value any
---@return boolean
function lakes.is_lake(value)
   local metatable = type(value) == "userdata" and getmetatable(value)
   return type(metatable) == "table" and metatable.__index == handle.methods
end

--- The lake that the global holds; nil, and nothing is opened, when there is none.
---@return mm.lake|nil
function lakes.current()
   local lake = rawget(_G, "lake")
   return lakes.is_lake(lake) and lake or nil
end

--- Whether somebody said which registry is right.
---@return boolean
function lakes.has_registry()
   return wanted.registry ~= nil or (os.getenv("MM_REGISTRY") or "") ~= ""
end

--- What the lake was opened with, or is to be.
---@return table options
function lakes.wanted()
   return wanted
end

--- Says what is to be opened when the lake is first needed.
---@param options table
function lakes.want(options)
   wanted = options
end

--- Opens a lake in place of the current one, which stays when that fails.
---@param options table lake, registry, schema, timeout: as on the command line
---@return mm.lake|nil, table|nil err
function lakes.open(options)
   local lake, err = open(options)
   if not lake then
      wanted = lakes.current() and wanted or options
      return nil, err
   end
   local former = lakes.current()
   wanted = options
   rawset(_G, "lake", lake)
   if former then
      former:close()
   end
   return lake
end

--- The current lake, opened if need be.
---@return mm.lake|nil, table|nil err
function lakes.get()
   local lake = lakes.current()
   if lake and core.lake_is_open(lake) then
      return lake
   end
   return lakes.open(wanted)
end

--- Opens what a verb's options name: without any that is the current lake, with some another connection to it.
---@param options table
---@return mm.lake|nil, table|nil err
function lakes.open_for_verb(options)
   if not (options.lake or options.registry or options.schema or options.timeout) then
      return lakes.get()
   end
   local merged = {}
   for _, name in ipairs{"lake", "registry", "schema", "timeout"} do
      merged[name] = options[name] or not options.lake and wanted[name] or nil
   end
   return open(merged)
end

return lakes
