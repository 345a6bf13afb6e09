-- Colours, which never alone carry a meaning: --color, else NO_COLOR, else whether a terminal is there.
local screen = require("mm.screen")

local paint = {}

local codes = {bold = "1", dim = "2", red = "31", green = "32", yellow = "33", blue = "34", magenta = "35", cyan = "36"}

local wanted = "auto"

--- Says when colours are used: "always", "never", or "auto" as at the beginning.
---@param when string
function paint.set(when)
   wanted = when
end

--- Calls a function; what it writes is not coloured. Raises what it raises.
---@param f function
---@param ... any its arguments
function paint.without(f, ...)
   local before = wanted
   wanted = "never"
   local is_right, err = pcall(f, ...)
   wanted = before
   if not is_right then
      error(err, 0)
   end
end

--- Whether what goes to "stdout" or "stderr" is coloured.
---@param stream? string stdout unless said
---@return boolean
function paint.is_on(stream)
   if wanted ~= "auto" then
      return wanted == "always"
   end
   return (os.getenv("NO_COLOR") or "") == "" and screen.is_capable(stream or "stdout")
end

--- The text in that style, where colours are on; the text itself elsewhere.
---@param style string|nil bold, dim, red, green, yellow, blue, magenta, cyan
---@param text string
---@param stream? string stdout unless said
---@return string
function paint.text(style, text, stream)
   if not style or text == "" or not paint.is_on(stream) then
      return text
   end
   return ("\27[%sm%s\27[0m"):format(codes[style], text)
end

return paint
