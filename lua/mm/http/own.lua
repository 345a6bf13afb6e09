-- The routes that nginx answers itself, and the metrics, to which it adds its own.
local json = require("mm.json")
local metrics = require("mm.http.metrics")
local openapi = require("mm.http.openapi")
local page = require("mm.http.page")
local problems = require("mm.http.problems")
local send = require("mm.http.send")

local own = {}

function own.get_livez()
   send.json(200, {status = "ok"})
end

local document

function own.get_openapi()
   document = document or json.encode(openapi.document())
   send.text(200, "application/json", document)
end

function own.list_problems()
   local items = json.array()
   for code, known in pairs(problems.KNOWN) do
      items[#items + 1] = {code = code, type = "/v1/problems#" .. code, status = known[1], title = known[2]}
   end
   table.sort(items, function(a, b)
      return a.code < b.code
   end)
   send.json(200, {items = items})
end

local loaded

--- The page, which is no route of the API.
function own.get_page()
   loaded = loaded or page.load()
   send.text(200, "text/html; charset=utf-8", loaded.html, loaded.headers)
end

--- What nginx adds to answers of workers: function(text) -> text.
own.additions = {get_metrics = metrics.text}

return own
