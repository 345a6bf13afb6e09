-- The common subset of Lua 5.1 and 5.4.
std = "min"
max_line_length = false -- tools/lint looks at all languages alike
files["scripts"] = {std = "lua54", globals = {"mm", "lake"}}
files["lua/mm/http"] = {std = "min+ngx_lua"}
files["spec"] = {std = "min+busted"}
files["spec/mutations"] = {std = "lua54"}
