-- A statement in the editor of one's choice.
local errors = require("mm.errors")
local terminal = require("mm.terminal")
local word = require("mm.text").word

local edit = {}

local function editor()
   for _, name in ipairs{"VISUAL", "EDITOR"} do
      local value = os.getenv(name)
      if value and value ~= "" then
         return value
      end
   end
   return "vi"
end

local function call(path)
   local first, _, third = os.execute(editor() .. " " .. word(path))
   return (first == true or first == 0) and (third or 0) == 0
end

-- The temporary file is made by this user's system for him alone.
local function with_file(text, f)
   local path = os.tmpname()
   local file = assert(io.open(path, "w"))
   file:write(text, "\n")
   file:close()
   local is_right = f(path)
   file = is_right and io.open(path)
   local result = file and file:read("*a")
   if file then
      file:close()
   end
   os.remove(path)
   return result
end

--- Edits the text. What comes back stands in the next line, to be run by Enter.
---@param text string
function edit.run(text)
   if not terminal.is_terminal("stdin") then
      error(errors.new("usage", "\\e needs a terminal"), 0)
   end
   local result = with_file(text, call)
   if not result then
      error(errors.new("io", ("the editor '%s' failed; $EDITOR names another"):format(editor())), 0)
   end
   terminal.insert((result:gsub("%s+$", "")))
end

return edit
