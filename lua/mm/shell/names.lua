-- Names in the lake, for completion: asked for at most so often, and never waited for.
local handle = require("mm.handle")
local lakes = require("mm.shell.lakes")
local terminal = require("mm.terminal")

local names = {}

local LIMIT_S, KEEP_S, RETRY_S = 0.3, 60, 5

local cache = {lake = nil, lists = {}, failed_at = nil}

local function forget_if_other(lake)
   if cache.lake ~= lake then
      cache = {lake = lake, lists = {}, failed_at = nil}
   end
end

-- A lake that did not answer in time is left alone for a while.
local function fetch(key, ask)
   local lake, now = lakes.current(), terminal.now()
   forget_if_other(lake)
   local known = cache.lists[key]
   if not lake or known and now - known.at < KEEP_S then
      return known and known.list or {}
   elseif cache.failed_at and now - cache.failed_at < RETRY_S then
      return known and known.list or {}
   end
   local is_right, list = terminal.limited(LIMIT_S, ask, lake)
   if is_right and list then
      cache.lists[key] = {list = list, at = now}
      return list
   end
   cache.failed_at = terminal.now()
   return {}
end

local function column(rows, name)
   local list = {}
   for i, row in ipairs(rows or {}) do
      list[i] = row[name]
   end
   return rows and list
end

--- The lake's view sets.
---@return string[]
function names.view_sets()
   return fetch("view sets", function(lake)
      return column(handle.select(lake, "known_view_set"), "view_set_name")
   end)
end

--- View instances of a view set whose names begin so, a few hundred at most.
---@param view_set string
---@param beginning string
---@return string[]
function names.instances(view_set, beginning)
   return fetch(view_set .. "\n" .. beginning, function(lake)
      return column(handle.select(lake, "view_instance_names", {n = 2, view_set, beginning}), "view_instance_id")
   end)
end

--- The ids of the lake's retirements.
---@return string[]
function names.retirements()
   return fetch("retirements", function(lake)
      return column(lake:retirements(), "id")
   end)
end

--- Names for a parameter that is called so, nil when there is nothing to know.
---@param parameter string
---@param beginning string
---@param view_set string|nil where an instance is asked for
---@return string[]|nil
function names.of(parameter, beginning, view_set)
   if parameter == "view_set" then
      return names.view_sets()
   elseif parameter == "id" then
      return names.retirements()
   elseif (parameter == "view_instance" or parameter == "instance") and view_set then
      return names.instances(view_set, beginning)
   end
end

return names
