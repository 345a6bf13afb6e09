-- A worker's lake: opened when it is first needed, looked at again now and then, as catalogs are migrated while it
-- runs.
local core = require("mm.core")
local server = require("mm.server")

local session = {}

local REFRESH_S = 5

local methods = {}
methods.__index = methods

--- `open` opens the lake: function() -> lake | nil, err.
function session.new(open)
   return setmetatable({open = open}, methods)
end

--- The lake, connected and known as it is now.
---@return mm.lake|nil, table|nil err
function methods:lake()
   local now = os.time()
   if self.opened and now - self.looked_at < REFRESH_S then
      return self.opened
   end
   local lake, err = self.opened
   if not lake then
      lake, err = self.open()
      self.opened = lake
   else
      local is_there
      is_there, err = core.lake_refresh(lake)
      lake = is_there and lake or nil
   end
   self.looked_at = lake and now or 0
   return lake, err
end

--- The lake on behalf of somebody, whose end of the connection ends what runs.
---@param request_id string
---@param connection? userdata
---@return mm.lake|nil, table|nil err
function methods:lake_for(request_id, connection)
   if self.opened then
      core.lake_watch(self.opened, connection and connection:descriptor())
      core.lake_act_for(self.opened, nil, request_id)
   end
   local lake, err = self:lake()
   if lake then
      core.lake_watch(lake, connection and connection:descriptor())
      core.lake_act_for(lake, nil, request_id)
   end
   return lake, err
end

--- Nobody's again.
function methods:forget()
   if self.opened then
      core.lake_watch(self.opened)
      core.lake_act_for(self.opened)
   end
end

--- A line for the log.
function session.log(format, ...)
   io.stderr:write(("mmlua worker %d: "):format(server.process()), format:format(...):gsub("[%c\127]", " "), "\n")
end

return session
