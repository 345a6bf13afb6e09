-- Exit codes of mmlua's verbs, and which error ends with which.
local exit_codes = {
   ok = 0,
   error = 1,
   usage = 2,
   outdated = 3, -- `outdated --check` found something; so does `doctor` end when something is serious
   refused = 4,
   conflict = 5,
   stopped = 6,
   unknown = 7,
   no_connection = 8,
   interrupted = 130,
   closed_pipe = 141,
}

-- The codes of src/core/error.c, and after them those that only Lua has.
exit_codes.by_code = {
   ok = exit_codes.ok,
   syntax = exit_codes.error,
   invalid = exit_codes.error,
   not_found = exit_codes.error,
   connection = exit_codes.no_connection,
   query = exit_codes.error,
   timeout = exit_codes.error,
   rights = exit_codes.error,
   not_a_lake = exit_codes.error,
   newer_catalog = exit_codes.refused,
   not_initialized = exit_codes.error,
   refused = exit_codes.refused,
   conflict = exit_codes.conflict,
   cancelled = exit_codes.interrupted,
   io = exit_codes.error,
   memory = exit_codes.error,
   help = exit_codes.ok,
   usage = exit_codes.usage,
   declined = exit_codes.error,
   closed_pipe = exit_codes.closed_pipe,
   unauthorized = exit_codes.error,
   key_reused = exit_codes.error,
   in_progress = exit_codes.conflict,
}

local function is_partly_done(err)
   return err.done ~= nil and err.done ~= false and err.done ~= 0
end

--- The exit code for an error. What is known least comes first: an unknown outcome, then an interruption, then work
--- that stopped part-way, whatever stopped it.
---@param err table
---@return integer
function exit_codes.of(err)
   if err.outcome == "unknown" then
      return exit_codes.unknown
   elseif err.code == "cancelled" then
      return exit_codes.interrupted
   elseif is_partly_done(err) then
      return exit_codes.stopped
   end
   return exit_codes.by_code[err.code] or exit_codes.error
end

return exit_codes
