-- The prompt: which lake, whether its registry is published, what is under way in it.
local core = require("mm.core")
local handle = require("mm.handle")
local lakes = require("mm.shell.lakes")
local terminal = require("mm.terminal")
local text = require("mm.text")

local prompt = {}

local LIMIT_S = 0.3 -- a slow server does not hold up the prompt

local shown = "> "

local function words_of(lake, info)
   if info.state_version < 0 then
      return lakes.has_registry() and "" or " (no registry)"
   end
   local rows, err = handle.select(lake, "shell_state")
   if not rows then
      return err.code == "rights" and "" or " (no answer)"
   end
   local state = rows[1]
   if state.number then
      return (" (%s %s-%d-%s)"):format(state.state, info.name, state.number, state.digest:sub(1, 6))
   elseif not state.is_published then
      return lakes.has_registry() and " (registry not published)" or " (no registry)"
   end
   return ""
end

local function describe(lake)
   local info = core.lake_info(lake)
   return info.name, words_of(lake, info)
end

--- Looks at the lake again, as far as it answers at once.
function prompt.refresh()
   local lake = lakes.current()
   if not lake then
      shown = "> "
      return
   end
   local is_open, name, words = terminal.limited(LIMIT_S, describe, lake)
   shown = is_open and text.escape(name) .. words .. "> " or "(lake closed)> "
end

--- The prompt as a text, or what `_PROMPT` says.
---@return string
function prompt.first()
   local own = rawget(_G, "_PROMPT")
   return own ~= nil and tostring(own) or shown
end

--- The prompt of further lines of an entry.
---@return string
function prompt.next()
   local own = rawget(_G, "_PROMPT2")
   return own ~= nil and tostring(own) or ">> "
end

return prompt
