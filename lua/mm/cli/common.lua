-- Options that many verbs have, named in their declarations.
local options = {
   lake = {value = "NAME", text = "the lake's database: connection string, URI or service"},
   registry = {value = "RELEASE|FILE", text = "the current hashes: a release, as 0.33, or a list_view_sets() answer"},
   schema = {value = "NAME", text = "the schema that holds the catalog, where there are two"},
   timeout = {value = "SECONDS", type = "integer", text = "how long a reading statement may take: 300 unless said"},
   json = {text = "write JSON", group = "formats"},
   jsonl = {text = "write a JSON object per line", group = "formats"},
   csv = {text = "write CSV", group = "formats"},
   all = {text = "every view set"},
   yes = {text = "do not ask"},
   reason = {value = "TEXT", text = "why, for the audit"},
   ["undo-for"] = {value = "DURATION", type = "duration", text = "how long it can be taken back: 7d unless said"},
   from = {value = "TIME", type = "time", text = "insert times from this one on"},
   to = {value = "TIME", type = "time", text = "insert times before this one"},
   quiet = {text = "no progress and no next step"},
   help = {text = "this text"},
}

for name, option in pairs(options) do
   option.name = name
end

local families = {
   formats = {"json", "jsonl", "csv"},
   connection = {"lake", "registry", "schema", "timeout"},
   consent = {"yes", "reason"},
}

--- The declared options, with the names of common ones, and of families of them, replaced; `help` comes last.
---@param declared table
---@return table[]
local function expand(declared)
   local list = {}
   for _, option in ipairs(declared or {}) do
      if type(option) == "table" then
         list[#list + 1] = option
      else
         for _, name in ipairs(families[option] or {option}) do
            list[#list + 1] = assert(options[name], name)
         end
      end
   end
   list[#list + 1] = options.help
   return list
end

return {expand = expand}
