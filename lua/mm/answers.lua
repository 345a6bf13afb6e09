-- Answers to changes over HTTP, kept for a day: who sends the same Idempotency-Key again is answered the same, and
-- nothing is done twice.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local json = require("mm.json")
local options = require("mm.options")
local patience = require("mm.patience")

local lake = handle.methods

local REQUEST = {principal = "text", idempotency_key = "name", fingerprint = "name", token = "name?"}
local ROUNDS = 3

local function with(more)
   for name, kind in pairs(REQUEST) do
      more[name] = kind
   end
   return more
end

local function in_progress(row)
   return errors.fail("in_progress", row.is_late
      and "a request with this Idempotency-Key was begun and never answered: whether it changed anything is not known"
      or "a request with this Idempotency-Key is being answered", {outcome = row.is_late and "unknown" or nil,
      hint = row.is_late and "look at what it should have changed, and send it under another key" or "ask again soon"})
end

-- What is answered to who sends a request again.
local function again(row, opts)
   if row.fingerprint ~= opts.fingerprint then
      return errors.fail("key_reused", "the Idempotency-Key was used for another request")
   elseif not row.status then
      return in_progress(row)
   end
   return {status = row.status, headers = json.decode(row.headers), body = row.body}
end

local function stored(self, opts)
   local list, err = handle.select(self, "answer_find", {n = 2, opts.principal, opts.idempotency_key})
   return list and list[1], err
end

-- "new", or the row that is there; neither when that was forgotten meanwhile.
local function begin(self, params, opts)
   return patience.again(function(is_again)
      local results, err = core.lake_change(self, {"answer_clean", "answer_begin"}, params)
      if not results or results[2][1] then
         return results and {is_new = true}, err
      end
      local row, problem = stored(self, opts)
      if is_again and row and row.request_id == params[4] then
         return {is_new = true}
      end
      return not problem and {row = row} or nil, problem
   end)
end

--- Begins an answer: "new" when this request is the first with its Idempotency-Key, else the answer that was given.
---@param opts {principal: string, idempotency_key: string, fingerprint: string, token: string} `token` is this
---   request's own: what is kept or forgotten later under the same one is this answer and no later one's
---@return "new"|{status: integer, headers: table, body: string}|nil
---@return table|nil err codes key_reused, in_progress (`outcome` is "unknown" when it was begun long ago)
function lake:begin_answer(opts)
   opts = options.check("lake:begin_answer", opts, REQUEST)
   local token, err = opts.token, nil
   if not token then
      token, err = core.random_hex(16)
   end
   for _ = 1, ROUNDS do
      local found
      if not err then
         found, err = begin(self, {n = 4, opts.principal, opts.idempotency_key, opts.fingerprint, token}, opts)
      end
      if not found then
         return nil, err
      elseif found.is_new then
         return "new"
      elseif found.row then
         return again(found.row, opts)
      end
   end
   return errors.fail("in_progress", "a request with this Idempotency-Key was answered just now", {hint = "ask again"})
end

local function change(self, statement, params)
   local results, err = patience.again(function()
      return core.lake_change(self, {statement}, params)
   end)
   return results and results[1][1] ~= nil, err
end

--- Keeps the answer that was begun. False when that is not there any more.
---@param opts {principal: string, idempotency_key: string, fingerprint: string, status: integer, headers: table,
---   body: string}
---@return boolean|nil, table|nil err
function lake:store_answer(opts)
   opts = options.check("lake:store_answer", opts, with{status = "integer", headers = "table?", body = "text?"})
   return change(self, "answer_store", {n = 7, opts.principal, opts.idempotency_key, opts.fingerprint, opts.status,
      json.encode(opts.headers or {}), opts.body or "", opts.token})
end

--- Forgets that an answer was begun, as nothing was done: the same request may be sent again. False when it is not
--- there, or was given.
---@param opts {principal: string, idempotency_key: string, fingerprint: string}
---@return boolean|nil, table|nil err
function lake:forget_answer(opts)
   opts = options.check("lake:forget_answer", opts, REQUEST)
   return change(self, "answer_forget", {n = 4, opts.principal, opts.idempotency_key, opts.fingerprint,
      opts.token})
end

return lake
