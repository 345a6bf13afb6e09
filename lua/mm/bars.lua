-- Shares from 0 to 1 as bars of block characters, or of ASCII ones.
local bars = {}

local upward = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
local rightward = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}
local upward_ascii = {".", ":", "+", "#"}

local function clamp(share)
   return share ~= share and 0 or math.max(0, math.min(1, share))
end

--- A character as high as the share: the lowest one for the smallest, a space for none, the highest one for all only.
---@param share number
---@param is_ascii? boolean
---@return string
function bars.column(share, is_ascii)
   local levels = is_ascii and upward_ascii or upward
   share = clamp(share)
   if share == 0 then
      return " "
   end
   local level = math.ceil(share * #levels - 1e-9)
   return levels[share < 1 and math.min(level, #levels - 1) or #levels]
end

--- A bar of `width` columns, as much of it full as the share says: something for the smallest, all for 1 only.
---@param share number
---@param width integer
---@param is_ascii? boolean
---@return string
function bars.row(share, width, is_ascii)
   share = clamp(share)
   local steps = is_ascii and 1 or #rightward
   local filled = math.floor(share * width * steps + 0.5)
   filled = math.min(share < 1 and width * steps - 1 or width * steps, math.max(share > 0 and 1 or 0, filled))
   local full = math.floor(filled / steps)
   local bar = (is_ascii and "#" or "█"):rep(full)
   local rest = filled % steps
   bar = bar .. (rest > 0 and rightward[rest] or "")
   return bar .. (is_ascii and "-" or " "):rep(width - full - (rest > 0 and 1 or 0))
end

return bars
