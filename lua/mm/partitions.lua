-- Partitions: listed, exported, those that are outdated with their verdicts, and why.
local core = require("mm.core")
local filter = require("mm.filter")
local handle = require("mm.handle")
local options = require("mm.options")
local rows = require("mm.rows")
local time = require("mm.time")

local lake = handle.methods
local partitions = {}

local PAGE = 1000

local function partition_cursor(page, size, is_null_key)
   local last = page[#page]
   if #page == size then
      return {n = 4, last.view_set_name, last.view_instance_id, last.begin_insert_time, last.at, nulls = is_null_key}
   end
   return not is_null_key and {n = 4, nulls = true} or nil
end

--- A function that gives the page of partitions at a cursor (nil: the first), with the cursor of the next as its field
--- `cursor`: {n = 4, view set, instance, begin, address, nulls =} of the last one.
---@param self mm.lake
---@param opts table options of `lake:list_partitions`, checked
---@param size integer partitions of a page
---@return fun(cursor?: table): table[]|nil, table|nil
---@return table|nil err
function partitions.pages(self, opts, size)
   local registry, err = handle.registry(self)
   local wanted
   if registry then
      wanted, err = filter.read(self, registry, opts)
   end
   if not wanted then
      return nil, err
   end
   local names, hashes = registry:arrays()
   return function(cursor)
      cursor = cursor or {}
      local page, problem = handle.select(self, "partitions", {n = 12, names, hashes, wanted.view_set,
         wanted.view_instance, wanted.from, wanted.to, wanted.status, cursor[1], cursor[2], cursor[3], cursor[4], size},
         cursor.nulls and "nulls" or nil)
      if page then
         page.cursor = partition_cursor(page, size, cursor.nulls or false)
      end
      return page, problem
   end
end

--- Partitions, sorted by view set, instance and begin; those that lack one of these come last.
---@param opts? {view_set: string, view_instance: string, status: string, from: string, to: string} `from`, `to`:
---   begin of
---   the insert range, half-open
---@return mm.rows|nil, table|nil err
function lake:list_partitions(opts)
   opts = options.check("lake:list_partitions", opts, filter.spec{status = filter.STATUSES})
   local fetch, err = partitions.pages(self, opts, PAGE)
   if not fetch then
      return nil, err
   end
   return rows.new(fetch)
end

--- Outdated partitions by view set, instance and hash, as upstream planned to list them, with sizes and a count for
--- each
--- verdict: replaced, short, empty, rebuildable, waits_for_blocks, only_copy.
---@param view_set? string
---@return table[]|nil, table|nil err
function lake:list_outdated_partitions(view_set)
   options.check("lake:list_outdated_partitions", {view_set = view_set}, {view_set = "text?"})
   local registry, err = handle.registry(self)
   if not registry then
      return nil, err
   end
   err = view_set and handle.unknown_view_set(self, registry, view_set)
   if err then
      return nil, err
   end
   return handle.select(self, "outdated", handle.verdict_params(self, registry, {view_set = view_set}))
end

--- What is known of one instant of one view instance: each partition that holds it, its status, and for outdated ones
--- the verdict with its evidence.
---@param opts {view_set: string, view_instance: string, at: string}
---@return table[]|nil, table|nil err
function lake:explain(opts)
   opts = options.check("lake:explain", opts, {view_set = "text", view_instance = "text?", at = "string"})
   local at, err = time.normalize(opts.at)
   local registry
   if at then
      registry, err = handle.registry(self)
   end
   if not registry then
      return nil, err
   end
   err = handle.unknown_view_set(self, registry, opts.view_set)
   if err then
      return nil, err
   end
   local params = handle.verdict_params(self, registry,
      {view_set = opts.view_set, view_instance = opts.view_instance or "global"})
   params.n, params[8] = 8, at
   return handle.select(self, "explain", params)
end

-- Pages until the last one, or an error.
local function write_pages(self, export, on_page, total)
   local written, is_complete
   repeat
      written, is_complete = core.lake_export_page(self, export)
      if not written then
         return nil, is_complete
      elseif on_page then
         on_page(written, math.max(total, written), is_complete)
      end
   until is_complete
   return written
end

-- Whatever ends it, what is not complete is gone at once.
local function export(self, path, format, params)
   local total = 0
   if format.on_page then
      local counted, err = handle.select(self, "partitions_count", params)
      if not counted then
         return nil, err
      end
      total = counted[1].partitions
   end
   local begun, err = core.lake_export(self, path, format.format or "csv", params)
   if not begun then
      return nil, err
   end
   local is_right, written, problem = pcall(write_pages, self, begun, format.on_page, total)
   begun:close()
   if not is_right then
      error(written, 0)
   elseif not written then
      return nil, problem
   end
   return written
end

--- Writes partitions to a file, as CSV or as JSON lines. The file appears only when it is complete.
---@param path string "-" for standard output
---@param opts? table as for `list_partitions`
---@param format? {format: "csv"|"jsonl", on_page: fun(written: integer, total: integer, is_last: boolean)} default csv;
---   `on_page` is called for each ten thousand, and costs a count of all before
---@return integer|nil partitions, table|nil err
function lake:export_partitions(path, opts, format)
   options.check("lake:export_partitions", {file = path}, {file = "string"})
   opts = options.check("lake:export_partitions", opts, filter.spec{status = filter.STATUSES})
   format = options.check("lake:export_partitions", format,
      {format = {"csv", "jsonl", optional = true}, on_page = "function?"})
   local registry, err = handle.registry(self)
   local wanted
   if registry then
      wanted, err = filter.read(self, registry, opts)
   end
   if not wanted then
      return nil, err
   end
   local names, hashes = registry:arrays()
   return export(self, path, format, {n = 7, names, hashes, wanted.view_set, wanted.view_instance, wanted.from,
      wanted.to, wanted.status})
end

return partitions
