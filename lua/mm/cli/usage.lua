-- The `--help` of a verb, from its declaration.
local common = require("mm.cli.common")
local text = require("mm.text")

local usage = {}

local function placeholder(argument)
   local name = argument.name:upper() .. (argument.repeated and " ..." or "")
   return argument.optional and "[" .. name .. "]" or name
end

local function option_label(option)
   return "--" .. option.name .. (option.value and " " .. option.value or "")
end

local function known_values(declared)
   return declared.values and " (" .. table.concat(declared.values, ", ") .. ")" or ""
end

local function add_list(lines, title, list, label)
   local width = 0
   for _, declared in ipairs(list) do
      width = math.max(width, #label(declared))
   end
   if #list > 0 then
      lines[#lines + 1] = "\n" .. title .. ":"
   end
   for _, declared in ipairs(list) do
      lines[#lines + 1] = "  " .. text.pad(label(declared), width) .. "  " .. declared.text .. known_values(declared)
   end
end

local function add_examples(lines, examples)
   if #examples > 0 then
      lines[#lines + 1] = "\nexamples:"
   end
   for _, example in ipairs(examples) do
      lines[#lines + 1] = "  " .. example[1]
      lines[#lines + 1] = example[2] and "      " .. example[2]
   end
end

--- The text of `--help`.
---@param declaration table as `cli.parse` has it
---@param program string as "mmlua outdated"
---@return string
function usage.text(declaration, program)
   local words = {"usage: " .. program, "[options]"}
   for _, argument in ipairs(declaration.arguments or {}) do
      words[#words + 1] = placeholder(argument)
   end
   local lines = {table.concat(words, " "), "\n" .. declaration.text}
   add_list(lines, "arguments", declaration.arguments or {}, placeholder)
   add_list(lines, "options", common.expand(declaration.options), option_label)
   add_examples(lines, declaration.examples or {})
   return table.concat(lines, "\n") .. "\n"
end

return usage
