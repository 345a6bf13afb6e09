-- Retirements as plain tables, and their ids: LAKE-NUMBER-DIGEST6, so that a plan of another lake is simply unknown.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local json = require("mm.json")
local options = require("mm.options")
local patience = require("mm.patience")
local rows = require("mm.rows")

local lake = handle.methods
local retirements = {}

local PAGE = 1000
local STATES = {"planned", "applying", "paused", "applied", "undoing", "undone", "abandoned", optional = true}

local function unknown(id, hint)
   return errors.fail("not_found", ("no retirement of this lake is called '%s'"):format(id), {
      hint = hint or "mmlua retirements lists them",
   })
end

--- The number in an id, and the beginning of the digest. Raises at the line that called the caller of `find`.
---@return integer|nil number, string|table digest, or the error
function retirements.parse(self, id)
   if type(id) ~= "string" then
      error(("a retirement's id must be of type string, not %s"):format(type(id)), 4)
   end
   local name, number, digest = id:match("^(.+)%-(%d+)%-(%x%x%x%x%x%x)$")
   if not name or #number > 15 then
      return unknown(id, "ids look like LAKE-NUMBER-DIGEST; mmlua retirements lists them")
   elseif name ~= core.lake_info(self).name then
      return unknown(id, ("it belongs to a lake called '%s'; this one is '%s'"):format(name, core.lake_info(self).name))
   end
   return tonumber(number), digest:lower()
end

local function record(self, row)
   row.lake = core.lake_info(self).name
   row.digest = row.digest or ""
   row.id = ("%s-%d-%s"):format(row.lake, row.number, row.digest:sub(1, 6))
   local selection = json.decode(row.selection)
   row.selection = type(selection) == "table" and selection or nil
end

local function list(self, number, state)
   local found, err = core.lake_check_present(self)
   if found then
      found, err = handle.select(self, "retirements", {n = 2, number, state})
   end
   if not found then
      return nil, err
   end
   for _, row in ipairs(found) do
      record(self, row)
   end
   return found
end

--- The retirement of that id as it stands now.
---@return table|nil retirement, table|nil err
function retirements.find(self, id)
   local number, digest = retirements.parse(self, id)
   if not number then
      return nil, digest
   end
   local found, err = list(self, number)
   if not found then
      return nil, err
   elseif not found[1] or found[1].digest:sub(1, 6) ~= digest then
      return unknown(id)
   elseif not found[1].selection then
      return errors.fail("conflict", ("what was asked for with %s cannot be read: somebody changed mmadmin.retirement")
         :format(id))
   end
   return found[1]
end

--- The retirement of that number.
---@return table|nil retirement, table|nil err
function retirements.get(self, number)
   local found, err = list(self, number)
   return found and found[1], err
end

--- What is answered to who would go on with one whose items were removed.
---@return nil, table err
function retirements.pruned(found)
   return errors.fail("conflict", ("%s was pruned: its partitions are not known any more"):format(found.id))
end

--- Retirements, newest first.
---@param opts? {state: string}
---@return table[]|nil, table|nil err
function lake:retirements(opts)
   opts = options.check("lake:retirements", opts, {state = STATES})
   return list(self, nil, opts.state)
end

--- One retirement with its partitions by view set and verdict (`summary`), and until when it can be undone
--- (`undo_deadline`, read from the deletion queue).
---@param id string
---@return table|nil, table|nil err
function lake:retirement(id)
   local found, err = retirements.find(self, id)
   if not found then
      return nil, err
   end
   found.summary, err = handle.select(self, "retirement_summary", {n = 1, found.number})
   local deadline
   if found.summary and (found.retired or 0) > 0 and found.state ~= "undone" then
      deadline, err = handle.select(self, "retirement_deadline", {n = 1, found.number})
   end
   if not found.summary or err then
      return nil, err
   end
   found.undo_deadline = deadline and deadline[1].undo_deadline
   found.queued_files = deadline and deadline[1].queued_files
   return found
end

--- A function that gives the page of a retirement's partitions after the one of that number (nil: the first page), with
--- the number of its last one as its field `cursor` when there may be more.
---@return fun(cursor?: integer): table[]|nil, table|nil
function retirements.pages(self, found, size)
   return function(cursor)
      local page, problem = handle.select(self, "items", {n = 3, found.number, cursor or 0, size})
      if page and #page == size then
         page.cursor = page[#page].seq
      end
      return page, problem
   end
end

--- The partitions of a retirement, each with its outcome: planned, retired, gone, changed, restored, untouched, or
--- why it was not restored (file_deleted, file_expires, overlapped).
---@param id string
---@return mm.rows|nil, table|nil err
function lake:items(id)
   local found, err = retirements.find(self, id)
   if not found then
      return nil, err
   end
   return rows.new(retirements.pages(self, found, PAGE))
end

--- Moves a retirement to a state when it is in one of `from`, or has come there before the connection was lost.
---@return boolean|nil, table|nil err
function retirements.set_state(self, number, state, from)
   return patience.again(function(is_again)
      local is_moved, err = core.lake_set_state(self, number, state, from)
      if is_again and err and err.code == "conflict" then
         local now, problem = retirements.get(self, number)
         is_moved = now and now.state == state
         err = not is_moved and (problem or err) or nil
      end
      return is_moved, err
   end)
end

local function move(name, state, from)
   return function(self, id)
      local found, err = retirements.find(self, id)
      if not found then
         return nil, err
      end
      local is_moved
      is_moved, err = retirements.set_state(self, found.number, state, from)
      if not is_moved then
         if err.code == "conflict" then
            err.message = ("%s is %s: it cannot be %s"):format(id, found.pruned_at and "pruned" or found.state,
               name)
         end
         return nil, err
      end
      return errors.committed(retirements.get(self, found.number))
   end
end

--- Stops a retirement that is being applied, here or elsewhere, after the batch that runs.
lake.pause = move("paused", "paused", {"applying"})

--- Lets a paused retirement go on, with `apply`. What had changed until then is accepted.
lake.resume = move("resumed", "applying", {"paused"})

--- Gives a plan up that was not applied at all.
lake.abandon = move("abandoned", "abandoned", {"planned"})

return retirements
