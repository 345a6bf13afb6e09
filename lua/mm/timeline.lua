-- The insert ranges of a view set over time, counted in buckets.
local errors = require("mm.errors")
local filter = require("mm.filter")
local handle = require("mm.handle")
local options = require("mm.options")

local lake = handle.methods

local BUCKETS, MOST_BUCKETS = 60, 10000

local function params_of(self, registry, wanted, buckets)
   local params = handle.verdict_params(self, registry,
      {view_set = wanted.view_set, view_instance = wanted.view_instance})
   params.n = 10
   params[8], params[9], params[10] = wanted.from, wanted.to, buckets
   return params
end

-- What is the same in every row goes to the front.
local function collect(rows, wanted)
   local first = rows[1] or {}
   local result = {
      view_set_name = wanted.view_set, view_instance_id = wanted.view_instance, from = first.from_time,
      to = first.to_time, buckets = first.buckets or 0, bucket_s = first.bucket_s, instances = first.instances or 0,
      left_out = first.left_out or 0, rows = rows,
   }
   for _, row in ipairs(rows) do
      for _, name in ipairs{"from_time", "to_time", "buckets", "bucket_s", "instances", "left_out"} do
         row[name] = nil
      end
   end
   return result
end

-- From the beginning of time or to its end is as far as there are partitions.
local function bounded(wanted)
   wanted.from = wanted.from ~= "-infinity" and wanted.from or nil
   wanted.to = wanted.to ~= "infinity" and wanted.to or nil
   return wanted
end

local function is_empty(wanted)
   local from, to = wanted.from, wanted.to
   return from == "infinity" or to == "-infinity" or from ~= nil and to ~= nil and from >= to
end

--- The insert ranges of a view set, or of one instance, over time: buckets of a round length, and in `rows` for each
--- bucket, status and verdict how many partitions begin in it, their bytes, and which share of the bucket they cover;
--- `is_total` marks the row of a bucket's partitions together. Nothing is said of buckets without partitions.
---@param opts {view_set: string, view_instance: string, from: string, to: string, buckets: integer} insert times;
---   `buckets` at most so many, 60 unless said
---@return mm.timeline|nil, mm.error|nil err
function lake:timeline(opts)
   opts = options.check("lake:timeline", opts, filter.spec{view_set = "text", buckets = "integer?"})
   local buckets = opts.buckets or BUCKETS
   if buckets < 1 or buckets > MOST_BUCKETS then
      return errors.fail("invalid", ("%d buckets: 1 to %d are possible"):format(buckets, MOST_BUCKETS))
   end
   local registry, err = handle.registry(self)
   local wanted, rows
   if registry then
      wanted, err = filter.read(self, registry, opts)
   end
   if wanted and is_empty(bounded(wanted)) then
      return errors.fail("invalid", "nothing lies between `from` and `to`")
   end
   if wanted then
      rows, err = handle.select(self, "timeline", params_of(self, registry, wanted, buckets))
   end
   if not rows then
      return nil, err
   end
   return collect(rows, wanted)
end

return lake
