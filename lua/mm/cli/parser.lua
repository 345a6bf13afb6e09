-- Command lines of verbs, read as their declarations say.
local common = require("mm.cli.common")
local errors = require("mm.errors")
local suggest = require("mm.suggest")
local text = require("mm.text")
local values = require("mm.cli.values")

local parser = {}

local function usage(format, ...)
   return errors.fail("usage", format:format(...))
end

-- Of known values several may be given at once: a,b,c.
local function pieces_of(declared, value)
   if not declared.values then
      return {value}
   end
   local pieces = {}
   for piece in (value .. ","):gmatch("([^,]*),") do
      pieces[#pieces + 1] = piece
   end
   return pieces
end

local function keep_more(list, label, declared, value)
   for _, piece in ipairs(pieces_of(declared, value)) do
      local converted, err = values.convert(label, declared, piece)
      if converted == nil then
         return nil, err
      end
      list[#list + 1] = converted
   end
   return true
end

local function keep(result, label, declared, value)
   local field = declared.name:gsub("%-", "_")
   if declared.repeated then
      return keep_more(result[field], label, declared, value)
   elseif result[field] ~= nil then
      return usage("%s was given twice", label)
   end
   local converted, err = values.convert(label, declared, value)
   result[field] = converted
   return converted ~= nil or nil, err
end

local function find(options, name)
   local names = {}
   for i, option in ipairs(options) do
      names[i] = "--" .. option.name
      if option.name == name then
         return option
      end
   end
   return usage("unknown option '--%s'%s", text.escape(name), suggest.phrase("--" .. name, names))
end

local function keep_group(state, option)
   local group = option.group
   local other = group and state.groups[group]
   if other and other ~= option.name then
      return usage("--%s and --%s exclude each other", other, option.name)
   elseif group then
      state.groups[group] = option.name
   end
   return true
end

local function keep_flag(state, option, value)
   if value then
      return usage("--%s takes no value", option.name)
   end
   state.result[option.name:gsub("%-", "_")] = true
   return true
end

-- `--name=value` or `--name value`; the value must not look like an option.
local function read_option(state, word)
   local name, value = word:match("^%-%-([^=]*)=(.*)$")
   local option, err = find(state.options, name or word:sub(3))
   if not option then
      return nil, err
   end
   local is_free, conflict = keep_group(state, option)
   if not is_free then
      return nil, conflict
   elseif not option.value then
      return keep_flag(state, option, value)
   elseif not value then
      state.index = state.index + 1
      value = state.words[state.index]
   end
   if not value or not name and value:sub(1, 2) == "--" then
      return usage("--%s needs a value: %s", option.name, option.value)
   end
   return keep(state.result, "--" .. option.name, option, value)
end

local function read_argument(state, word)
   local argument = state.arguments[state.position]
   if not argument then
      return usage("unexpected argument '%s'", text.escape(word))
   elseif not argument.repeated then
      state.position = state.position + 1
   end
   return keep(state.result, argument.name:upper(), argument, word)
end

local function read_word(state, word)
   if word == "--" and not state.is_literal then
      state.is_literal = true
      return true
   elseif word == "-h" and not state.is_literal then
      word = "--help"
   end
   if state.is_literal or word:sub(1, 1) ~= "-" or word == "-" then
      return read_argument(state, word)
   elseif word:sub(1, 2) ~= "--" then
      return usage("unknown option '%s'", text.escape(word))
   end
   return read_option(state, word)
end

local function missing_argument(state)
   local argument = state.arguments[state.position]
   local is_given = argument and argument.repeated and #state.result[argument.name] > 0
   if argument and not argument.optional and not is_given then
      return argument.name:upper()
   end
end

local function start(declaration, words)
   local state = {
      options = common.expand(declaration.options), arguments = declaration.arguments or {}, words = words,
      result = {}, groups = {}, index = 1, position = 1,
   }
   for _, list in ipairs{state.options, state.arguments} do
      for _, declared in ipairs(list) do
         if declared.repeated then
            state.result[declared.name:gsub("%-", "_")] = {}
         end
      end
   end
   return state
end

--- Reads the words of a command line.
---@param declaration table as `cli.parse` has it
---@param words string[]
---@return table|nil options, table|nil err with code "usage"
function parser.parse(declaration, words)
   local state = start(declaration, words)
   while words[state.index] do
      local is_right, err = read_word(state, words[state.index])
      if not is_right then
         return nil, err
      end
      state.index = state.index + 1
   end
   local missing = not state.result.help and missing_argument(state)
   if missing then
      return usage("%s is missing", missing)
   end
   return state.result
end

return parser
