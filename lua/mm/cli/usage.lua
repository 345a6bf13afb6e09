-- The `--help` of a verb, from its declaration.
local common = require("mm.cli.common")
local text = require("mm.text")

local usage = {}

local WIDTH = 80

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

local function label_width(list, label)
   local width = 0
   for _, declared in ipairs(list) do
      width = math.max(width, #label(declared))
   end
   return width
end

local function add_list(lines, title, list, label, width)
   if #list > 0 then
      lines[#lines + 1] = "\n" .. title .. ":"
   end
   for _, declared in ipairs(list) do
      local words = text.wrap(declared.text .. known_values(declared), WIDTH - width - 4)
      lines[#lines + 1] = "  " .. text.pad(label(declared), width) .. "  " .. (words[1] or "")
      for i = 2, #words do
         lines[#lines + 1] = (" "):rep(width + 4) .. words[i]
      end
   end
end

-- What the verb is about comes first, then what all have.
local function add_options(lines, options)
   local own, general = {}, {}
   for _, option in ipairs(options) do
      local list = option.is_general and general or own
      list[#list + 1] = option
   end
   local width = label_width(options, option_label)
   add_list(lines, "options", own, option_label, width)
   add_list(lines, "general options", general, option_label, width)
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
   local lines = {table.concat(words, " "), "\n" .. table.concat(text.wrap(declaration.text, WIDTH), "\n")}
   local arguments = declaration.arguments or {}
   add_list(lines, "arguments", arguments, placeholder, label_width(arguments, placeholder))
   add_options(lines, common.expand(declaration.options))
   add_examples(lines, declaration.examples or {})
   return table.concat(lines, "\n") .. "\n"
end

return usage
