-- Keys of the HTTP API: made, listed, revoked, and whose a key is. The server is never told a key, only its hash.
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local options = require("mm.options")
local patience = require("mm.patience")
local text = require("mm.text")

local lake = handle.methods

local ROLES = {"viewer", "planner", "operator", "admin"}
local NAME, MAX_NAME = "^%w[%w_.@+-]*$", 63
local KEY, PREFIX_LENGTH, SECRET_LENGTH = "^mm_([0-9a-f]+)_([0-9a-f]+)$", 8, 64
local MAX_DAYS = 36500

local function check_name(name)
   if not name:match(NAME) or #name > MAX_NAME then
      local message = "'%s' cannot be the name of a key: 1 to %d letters, digits, '_', '.', '@', '+', '-'"
      return errors.new("invalid", message:format(name, MAX_NAME))
   end
end

-- Seconds of "90d" or of a number; nil is for ever.
local function life_of(expires_in)
   local seconds, err = expires_in, nil
   if type(expires_in) == "string" then
      seconds, err = text.parse_duration(expires_in)
   end
   if seconds and (seconds < 1 or seconds > MAX_DAYS * 86400) then
      err = errors.new("invalid", ("a key of %d seconds: it lives at least one, and at most %d days"):format(seconds,
         MAX_DAYS))
   end
   return seconds, err
end

local function new_secret()
   local digits, err = core.random_hex((PREFIX_LENGTH + SECRET_LENGTH) / 2)
   if not digits then
      return nil, err
   end
   local prefix = digits:sub(1, PREFIX_LENGTH)
   return ("mm_%s_%s"):format(prefix, digits:sub(PREFIX_LENGTH + 1)), prefix
end

local function find(self, number, hash)
   local list, err = handle.select(self, "keys", {n = 3, true, number, hash})
   return list and list[1], err
end

-- Changes the keys; after a lost connection again, when `look` does not find it changed.
local function change(self, statement, params, look)
   return patience.again(function(is_again)
      local results, err = core.lake_change(self, {statement, "audit_key"}, params)
      local key = results and results[1][1]
      if results and not key and is_again then
         key, err = look()
      end
      return key, err
   end)
end

local function missing(key, err, code, message)
   if key or err then
      return key, err
   end
   return errors.fail(code, message)
end

--- Makes a key. `secret` of what it returns is the key itself, which nobody can show again.
---@param opts {name: string, role: string, expires_in: string|integer, reason: string} `name` of who uses it, `role`
---   viewer, planner, operator or admin, `expires_in` "90d" or seconds (default: never)
---@return mm.key|nil, table|nil err
function lake:add_key(opts)
   opts = options.check("lake:add_key", opts, {name = "name", role = ROLES, expires_in = "string|integer?",
      reason = "reason"})
   local seconds, err = life_of(opts.expires_in)
   err = err or check_name(opts.name)
   if err then
      return nil, err
   end
   local secret, prefix = new_secret()
   if not secret then
      return nil, prefix
   end
   local hash = core.sha256(secret)
   local key
   key, err = change(self, "key_add", {n = 6, opts.name, opts.role, prefix, hash, seconds, opts.reason}, function()
      return find(self, nil, hash)
   end)
   key, err = missing(key, err, "conflict", "another key begins alike: try again")
   if key then
      key.secret = secret
   end
   return key, err
end

--- The keys that are in force; with `all` those that expired or were revoked too.
---@param opts? {all: boolean}
---@return mm.key[]|nil, table|nil err
function lake:keys(opts)
   opts = options.check("lake:keys", opts, {all = "boolean?"})
   local is_there, err = handle.check_present(self)
   if not is_there then
      return nil, err
   end
   return handle.select(self, "keys", {n = 3, opts.all or false})
end

--- Revokes a key: who has it is refused from then on.
---@param number integer of the key
---@param opts {reason: string}
---@return mm.key|nil, table|nil err code not_found
function lake:revoke_key(number, opts)
   options.check("lake:revoke_key", {number = number}, {number = "integer"})
   opts = options.check("lake:revoke_key", opts, {reason = "reason"})
   local key, err = change(self, "key_revoke", {n = 2, number, opts.reason}, function()
      local found, problem = find(self, number)
      return found and found.revoked_at and found, problem
   end)
   return missing(key, err, "not_found", ("there is no key %d that could be revoked"):format(number))
end

local function unauthorized(message)
   return errors.fail("unauthorized", message)
end

local function is_well_formed(key)
   local prefix, secret = key:match(KEY)
   return prefix ~= nil and #prefix == PREFIX_LENGTH and #secret == SECRET_LENGTH
end

-- Nothing depends on it: a failure keeps nobody from reading. Only an interruption is passed on.
local function note_use(self, found)
   local _, err = nil, nil
   if found.is_to_note then
      _, err = core.lake_change(self, {"key_touch"}, {n = 1, found.key})
   end
   return err and err.code == "cancelled" and err or nil
end

--- Whose a key is, and what it may do. That it was used is noted once an hour, where that can be written.
---@param key string|nil
---@return {key: integer, name: string, role: string}|nil, table|nil err code unauthorized
function lake:principal(key)
   options.check("lake:principal", {key = key}, {key = "string?"})
   if not key then
      return unauthorized("no key was given")
   elseif not is_well_formed(key) then
      return unauthorized("that is no key of mm's: they look like mm_0a1b2c3d_ and 64 digits more")
   end
   local is_there, err = handle.check_present(self)
   if not is_there then
      return nil, err
   end
   local list
   list, err = handle.select(self, "key_find", {n = 1, core.sha256(key)})
   local found = list and list[1]
   if not list then
      return nil, err
   elseif not found then
      return unauthorized("nobody has that key")
   elseif found.revoked_at then
      return unauthorized(("the key was revoked at %s"):format(found.revoked_at))
   elseif found.is_expired then
      return unauthorized(("the key expired at %s"):format(found.expires_at))
   end
   err = note_use(self, found)
   return not err and {key = found.key, name = found.name, role = found.role} or nil, err
end

return {ROLES = ROLES}
