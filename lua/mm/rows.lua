-- Rows that are read in pages, each a short statement of its own: memory is constant, other calls inside the loop are
-- safe, leaving early costs nothing, and no lock is held while the reader thinks.
local options = require("mm.options")

local rows = {}

local methods = {}
local metatable = {__index = methods}

-- What fails is told once: then there are no more rows.
local function next_page(self)
   local page, err = self.fetch(self.cursor)
   if not page then
      self:close()
      return nil, err
   end
   self.page, self.at = page, 0
   self.cursor = page.cursor
   self.is_last = page.cursor == nil
   return page
end

-- The next row, nil at the end; or nil and the error.
local function next_row(self)
   while self.fetch do
      if self.at < #self.page then
         self.at = self.at + 1
         return self.page[self.at]
      elseif self.is_last then
         self:close()
      else
         local page, err = next_page(self)
         if not page then
            return nil, err
         end
      end
   end
end

function metatable:__call()
   local row, err = next_row(self)
   if err then
      error(err, 0)
   end
   return row
end

--- All rows that are left, at most `max` (default: all), as a list.
---@param max? integer
---@return table[]|nil, table|nil err
function methods:all(max)
   options.check("rows:all", {max = max}, {max = "integer?"})
   local list = {}
   while not max or #list < max do
      local row, err = next_row(self)
      if err then
         return nil, err
      elseif row == nil then
         return list
      end
      list[#list + 1] = row
   end
   return list
end

--- Ends reading.
function methods:close()
   self.fetch, self.page = nil, nil
end

metatable.__close = methods.close

--- Makes rows of a function that gives the page at a cursor (nil: the first) with the cursor of the next as its field
--- `cursor`, or nil and an error. The first page is read at once, so that what is wrong is said here.
---@param fetch fun(cursor: any): table[]|nil, table|nil
---@return mm.rows|nil, table|nil err
function rows.new(fetch)
   local self = setmetatable({fetch = fetch}, metatable)
   local page, err = next_page(self)
   if not page then
      return nil, err
   end
   return self
end

return rows
