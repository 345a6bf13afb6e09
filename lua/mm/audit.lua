-- The audit: who changed what, when and why, in a chain of hashes that shows when it was touched.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local json = require("mm.json")
local options = require("mm.options")
local retirements = require("mm.retirements")
local rows = require("mm.rows")
local time = require("mm.time")

local lake = handle.methods

local WHAT = {optional = true}
for i, what in ipairs(require("mm.http.audited")) do
   WHAT[i] = what
end
local ORDERS = {"oldest", "newest", optional = true}
local PAGE = 1000

local audit = {WHAT = WHAT}

local function record(self, row)
   row.detail = row.detail and json.decode(row.detail)
   if row.number then
      row.id = ("%s-%d-%s"):format(core.lake_info(self).name, row.number, (row.digest or "------"):sub(1, 6))
   end
   row.digest = nil
   return row
end

-- The retirement's number and the time of a filter.
local function read_filter(self, opts)
   local found, from, err
   if opts.retirement then
      found, err = retirements.find(self, opts.retirement)
   end
   if opts.from and not err then
      from, err = time.normalize(opts.from)
   end
   return err, found and found.number, from
end

--- A function that gives the page of entries after the one of that number (nil: the first page), with the number of its
--- last one as its field `cursor` when there may be more.
---@param self mm.lake
---@param opts table options of `lake:audit`, checked
---@param size integer entries of a page
---@return fun(cursor?: integer): table[]|nil, table|nil
---@return table|nil err
function audit.pages(self, opts, size)
   local is_there, err = core.lake_check_present(self)
   local number, from
   if is_there then
      err, number, from = read_filter(self, opts)
   end
   if err then
      return nil, err
   end
   return function(cursor)
      local page, problem = handle.select(self, "audit", {n = 5, number, opts.what, from, cursor, size},
         opts.order == "newest" and "newest" or nil)
      for _, row in ipairs(page or {}) do
         record(self, row)
      end
      if page and #page == size then
         page.cursor = page[size].seq
      end
      return page, problem
   end
end

--- The entries of the audit, the oldest first unless `order` is "newest": what was done (planned, applying, retired,
--- paused, applied, abandoned, undoing, restored, undone, pruned, refused, held, released, published, initialized,
--- upgraded, adopted, key_added, key_revoked), by whom and why.
---@param opts? {retirement: string, what: string, from: string, order: "oldest"|"newest"}
---@return mm.rows|nil, table|nil err
function lake:audit(opts)
   opts = options.check("lake:audit", opts, {retirement = "string?", what = WHAT, from = "string?", order = ORDERS})
   local fetch, err = audit.pages(self, opts, PAGE)
   if not fetch then
      return nil, err
   end
   return rows.new(fetch)
end

local function parse_head(head)
   local seq, hash = head:match("^(%d+)%-(%x+)$")
   if not seq or #seq > 15 or #hash < 16 or #hash > 64 or tonumber(seq) == 0 then
      return nil, errors.new("invalid", ("'%s' is no head of an audit: they look like 41-9f86d081884c7d65..."):format(
         head), {hint = "mmlua audit verify prints the head of today"})
   end
   return tonumber(seq), hash:lower()
end

--- Hashes the whole audit again. `head` is one that was noted before, outside of the lake: whoever may write mmadmin
--- can make a whole chain anew, or go back to an older one, and only a noted head shows that.
---@param opts? {head: string}
---@return mm.chain|nil, table|nil err
function lake:verify_audit(opts)
   opts = options.check("lake:verify_audit", opts, {head = "string?"})
   local seq, hash
   if opts.head then
      seq, hash = parse_head(opts.head)
      if not seq then
         return nil, hash
      end
   end
   local chain, err = core.lake_verify_audit(self, seq, hash)
   if not chain then
      return nil, err
   end
   chain.is_intact = chain.why == nil
   chain.head = chain.is_intact and chain.head_seq > 0 and ("%d-%s"):format(chain.head_seq, chain.head) or nil
   return chain
end

return audit
