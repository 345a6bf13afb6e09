-- Commands of the shell.
--   shell.quote(text)            as one word of sh
--   shell.run(command, [input])  -> {stdout=, stderr=, code=}; input is its standard input, else it is empty
--   shell.lines(text)            -> list of lines
local shell = {}

function shell.quote(text)
   return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function write(path, text)
   local file = assert(io.open(path, "wb"))
   file:write(text)
   file:close()
end

local function read_and_remove(path)
   local file = assert(io.open(path, "rb"))
   local text = file:read("*a")
   file:close()
   os.remove(path)
   return text
end

-- The exit code comes at the end of the output, as Lua 5.1's pipes do not tell it.
function shell.run(command, input)
   local stdin, stderr = os.tmpname(), os.tmpname()
   write(stdin, input or "")
   local pipe = assert(io.popen(("{ %s\n} <%s 2>%s; echo $?"):format(command, stdin, stderr)))
   local stdout, code = pipe:read("*a"):match("^(.-)(%d+)\n$")
   pipe:close()
   os.remove(stdin)
   return {stdout = stdout, stderr = read_and_remove(stderr), code = tonumber(code)}
end

function shell.lines(text)
   local lines = {}
   for line in text:gmatch("([^\n]*)\n?") do
      lines[#lines + 1] = line
   end
   if lines[#lines] == "" then
      lines[#lines] = nil
   end
   return lines
end

return shell
