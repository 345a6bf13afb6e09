-- Options that many verbs have, named in their declarations.
local options = {
   lake = {value = "NAME", type = "path", text = "connection string, URI or service of its database"},
   registry = {value = "RELEASE|FILE", type = "path", text = "what is current: 0.33, or a list_view_sets() answer"},
   schema = {value = "NAME", type = "name", text = "that holds the catalog, where two do"},
   timeout = {value = "SECONDS", type = "integer", text = "for a reading statement, 300 unless said"},
   json = {text = "write JSON", group = "formats"},
   jsonl = {text = "write a JSON object per line", group = "formats"},
   csv = {text = "write CSV", group = "formats"},
   all = {text = "every view set"},
   yes = {text = "do not ask"},
   reason = {value = "TEXT", type = "reason", text = "why, for the audit"},
   override = {value = "GUARD=WHY", repeated = true, text = "this guard shall not refuse; the audit records why"},
   ["undo-for"] = {value = "DURATION", type = "duration", text = "how long it can be taken back, 7d unless said"},
   from = {value = "TIME", type = "time", text = "insert times from this one on"},
   to = {value = "TIME", type = "time", text = "insert times before this one"},
   quiet = {text = "no progress and no next step"},
   color = {value = "WHEN", values = {"auto", "always", "never"}, text = "colours"},
   help = {text = "this text"},
}

for name, option in pairs(options) do
   option.name, option.is_common = name, true
end
for _, name in ipairs{"lake", "registry", "schema", "timeout", "json", "jsonl", "csv", "quiet", "color", "help"} do
   options[name].is_general = true -- listed after what a verb is about
end

local families = {
   formats = {"json", "jsonl", "csv"},
   connection = {"lake", "registry", "schema", "timeout"},
   consent = {"yes", "reason"},
   guarded = {"yes", "reason", "override"},
}

--- The declared options, with the names of common ones, and of families of them, replaced; every verb has `color` and
--- `help`.
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
   list[#list + 1] = options.color
   list[#list + 1] = options.help
   return list
end

return {expand = expand}
