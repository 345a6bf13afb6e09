-- An nginx with the HTTP API, as http/nginx.conf and http/mm.conf say, but for where it listens and what it writes.
local serve = {}

local SHARE = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("[^/]*$", "") .. "../.."
local FOLDERS = {"/run/mm%-nginx", "/var/log/nginx"}

local function read(path)
   local file = assert(io.open(path))
   local text = file:read("*a")
   file:close()
   return text
end

local function write(path, text)
   local file = assert(io.open(path, "w"))
   assert(file:write(text))
   file:close()
end

-- What is replaced must be there: the files in http/ may have been edited.
local function replaced(text, old, new)
   local first, last = text:find(old, 1, true)
   assert(first, "http/mm.conf or http/nginx.conf has no `" .. old .. "`")
   return text:sub(1, first - 1) .. new .. text:sub(last + 1)
end

local function main_file(folder, opts)
   local text = read(SHARE .. "/http/nginx.conf")
   for _, path in ipairs(FOLDERS) do
      text = text:gsub(path, folder)
   end
   if opts.user then
      text = replaced(text, "daemon off;", ("daemon off;\nuser %s;"):format(opts.user))
   end
   return replaced(text, "include mm.conf;", ('lua_package_path "%s/lua/?.lua;;";\n    include mm.conf;'):format(SHARE))
end

local function api_file(folder, opts)
   local text = read(SHARE .. "/http/mm.conf"):gsub(FOLDERS[2], folder)
   text = replaced(text, "127.0.0.1:8700", opts.listen)
   text = replaced(text, "/run/mm/worker.sock", opts.worker)
   text = replaced(text, "changes = false", "changes = " .. tostring(opts.changes == true))
   for old, new in pairs(opts.replace or {}) do
      text = replaced(text, old, new)
   end
   return text
end

--- Writes the configuration into a folder, which is to hold all that this nginx writes.
---@param folder string
---@param opts {listen: string, worker: string, changes?: boolean, user?: string, replace?: table<string, string>}
---@return string path of nginx.conf
function serve.configure(folder, opts)
   write(folder .. "/mm.conf", api_file(folder, opts))
   write(folder .. "/nginx.conf", main_file(folder, opts))
   return folder .. "/nginx.conf"
end

return serve
