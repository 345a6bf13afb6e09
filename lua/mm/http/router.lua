-- Which route a method and a path lead to.
local errors = require("mm.errors")

local router = {}
router.__index = router

-- The path as a pattern, and the names of what it captures.
local function compile(path)
   local names = {}
   local source = path:gsub("[%-%.]", "%%%0"):gsub("{([%w_]+)}", function(name)
      names[#names + 1] = name
      return "([^/]+)"
   end)
   return {source = "^" .. source .. "$", names = names, methods = {}}
end

local function add(self, route)
   local entry = self.by_path[route.path]
   if not entry then
      entry = compile(route.path)
      self.by_path[route.path] = entry
      self.patterns[#self.patterns + 1] = #entry.names > 0 and entry or nil
   end
   entry.methods[route.method] = route
end

--- A router for routes as in mm.http.routes.
---@param routes table[]
function router.new(routes)
   local self = setmetatable({by_path = {}, patterns = {}}, router)
   for _, route in ipairs(routes) do
      add(self, route)
   end
   return self
end

local function decoded(segment)
   return (segment:gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
   end))
end

local function find(self, path)
   local entry = self.by_path[path]
   if entry and #entry.names == 0 then
      return entry, {}
   end
   for _, candidate in ipairs(self.patterns) do
      local captures = {path:match(candidate.source)}
      if captures[1] then
         local values = {}
         for i, name in ipairs(candidate.names) do
            values[name] = decoded(captures[i])
         end
         return candidate, values
      end
   end
end

--- The methods that a path has, as the header Allow lists them; nothing where there is no such path.
---@param path string
---@return string|nil
function router:allowed(path)
   local entry, names = find(self, path), {}
   for method in pairs(entry and entry.methods or {}) do
      names[#names + 1] = method
      names[#names + 1] = method == "GET" and "HEAD" or nil
   end
   table.sort(names)
   return entry and table.concat(names, ", ")
end

--- The route, and the values that its path holds. HEAD is as good as GET.
---@param method string
---@param path string as it was sent, without the query
---@return table|nil route, table values_or_error
function router:match(method, path)
   local entry, values = find(self, path)
   if not entry then
      return errors.fail("no_route", "nothing has the path " .. path)
   end
   local route = entry.methods[method == "HEAD" and "GET" or method]
   if not route then
      return errors.fail("method_not_allowed", ("%s is not for %s"):format(method, path),
         {allow = self:allowed(path)})
   end
   return route, values
end

return router
