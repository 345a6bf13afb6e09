-- Keys of the HTTP API as the verb shows them.
local errors = require("mm.errors")
local output = require("mm.output")
local report = require("mm.report")
local text = require("mm.text")

local keys = {ROLES = require("mm.keys").ROLES}

local function time_or(otherwise)
   return function(value)
      return value and report.time(value) or otherwise
   end
end

keys.COLUMNS = {
   "key", "name", "role", "prefix", {name = "expires_at", heading = "expires", format = time_or("never")},
   {name = "last_used_at", heading = "last used", format = time_or("never")}, "reason",
   {name = "created_at", heading = "since", format = report.time, spare = true},
   {name = "created_by", heading = "by", spare = true},
   {name = "revoked_at", heading = "revoked", format = time_or(""), spare = true},
   {name = "revoke_reason", heading = "why", spare = true},
}

--- Lines to agree to before a key is made.
---@param options table as parsed from the command line
---@return string[]
function keys.add_lines(options)
   return {("Makes a key for %s, as %s, that is good %s."):format(options.what, options.role,
      options.expires and "for " .. text.duration(options.expires) or "until it is revoked")}
end

--- Lines to agree to before a key is revoked. Raises when there is none of that number, or it is revoked already.
---@param lake mm.lake
---@param number integer
---@return string[]
function keys.revoke_lines(lake, number)
   for _, key in ipairs(assert(lake:keys{all = true})) do
      if key.key == number and not key.revoked_at then
         return {("Revokes key %d of %s, %s: who has it is refused from then on."):format(number, key.name, key.role),
            ("It begins with mm_%s, and was made %s by %s: %s"):format(key.prefix, report.time(key.created_at),
               key.created_by, key.reason)}
      end
   end
   error(errors.new("not_found", ("there is no key %d that could be revoked"):format(number)), 0)
end

--- Prints a key alone on stdout, and on stderr what it is.
---@param key mm.key as `lake:add_key` returns it
function keys.print(key)
   if not (io.stdout:write(key.secret, "\n") and io.stdout:flush()) then
      error(errors.new("io", ("key %d was made, but could not be printed"):format(key.key), {outcome = "committed",
         hint = ("nobody has it now: mmlua key revoke %d"):format(key.key)}), 0)
   end
   output.message("key %d of %s, %s: it is shown only this once; %s", key.key, key.name, key.role,
      key.expires_at and "it expires at " .. report.time(key.expires_at) or "it does not expire")
end

return keys
