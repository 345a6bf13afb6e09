-- Lines as reader.read and session:run_lines take them: one after the other, from a text or a file.
local lines = {}

--- A function that gives the next line of a text, nil at its end.
---@param text string
---@return fun(): string|nil
function lines.of(text)
   local next_line = (text:sub(-1) == "\n" and text or text .. "\n"):gmatch("([^\n]*)\n")
   return function()
      local line = next_line()
      return line and (line:gsub("\r$", ""))
   end
end

--- The same of a file.
---@param path string
---@return fun()|nil: string|nil, string|nil message
function lines.from(path)
   local file, message = io.open(path, "rb")
   local text = file and file:read("*a")
   if file then
      file:close()
   end
   if not text then
      return nil, message or (path .. ": cannot be read")
   end
   return lines.of(text)
end

return lines
