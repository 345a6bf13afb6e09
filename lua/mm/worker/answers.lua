-- Answers of calls: `body` (a table), and where needed `status` and `headers`; long lists have `lines` in place of a
-- body, see mm.worker.pages.
local errors = require("mm.errors")
local json = require("mm.json")

local answers = {}

--- The answer with that body, or nil and the error.
---@param value table|nil
---@param err table|nil
---@param more? table status, headers
---@return table|nil answer, table|nil err
function answers.object(value, err, more)
   if not value then
      return nil, err
   end
   local answer = more or {}
   answer.body = value
   return answer
end

--- The same of a list.
---@param rows table[]|nil
---@param err table|nil
---@return table|nil answer, table|nil err
function answers.list(rows, err)
   return answers.object(rows and {items = json.array(rows)}, err)
end

--- The error of a body that names not exactly one of a view set and all of them.
---@param body table
---@param what string
---@return table|nil err
function answers.unnamed(body, what)
   if (body.view_set == nil) == not body.all then
      return errors.new("usage", ("%s names either view_set or all = true"):format(what))
   end
end

return answers
