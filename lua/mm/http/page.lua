-- The page `/`: one file, whose style and script are allowed by their hashes.
local sha256 = require("mm.http.sha256")

local page = {}

local FILE = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("[^/]*$", "") .. "../../../http/page.html"
local POLICY = "default-src 'none'; style-src %s; script-src %s; connect-src 'self'; img-src data:; "
   .. "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

-- What the elements of a kind hold, as sources of a policy.
local function sources(html, element)
   local list = {}
   for text in html:gmatch("<" .. element .. "[^>]*>(.-)</" .. element .. ">") do
      list[#list + 1] = ("'sha256-%s'"):format(ngx.encode_base64(sha256.binary(text)))
   end
   return list[1] and table.concat(list, " ") or "'none'"
end

--- Reads it.
---@return table page with `html` and `headers`
function page.load()
   local file = assert(io.open(FILE, "rb"))
   local html = file:read("*a")
   file:close()
   return {html = html, headers = {["Cache-Control"] = "no-cache",
      ["Content-Security-Policy"] = POLICY:format(sources(html, "style"), sources(html, "script"))}}
end

return page
