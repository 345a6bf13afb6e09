-- The command lines of verbs: options declared as data, the lake they mean, consent, and what to do next.
local connection = require("mm.cli.connection")
local consent = require("mm.cli.consent")
local errors = require("mm.errors")
local output = require("mm.output")
local paint = require("mm.paint")
local parser = require("mm.cli.parser")
local usage = require("mm.cli.usage")

local cli = {confirm = consent.confirm}

--- Reads the command line of a verb. Raises for `--help` and for mistakes: mm.verb prints either.
---
---     local options = cli.parse{
---        text = "Lists what is outdated, a line per view set.",
---        arguments = {{name = "view_set", text = "only this one", optional = true}},
---        options = {"connection", "formats", {name = "check", text = "exit with 3 when something is outdated"}},
---        examples = {{"mmlua outdated --check", "for a cron job"}},
---     }
---
--- An option is the name of a common one (mm.cli.common), or `{name=, text=}` with `value="PLACEHOLDER"` when it takes
--- one; then `type` is "string" (UTF-8), "name", "reason", "path", "integer", "count", "duration" (seconds) or "time",
--- or `values` lists what is known, and `repeated` makes it a list. `--undo-for` becomes `options.undo_for`. Arguments
--- are declared alike.
---@param declaration table
---@param words? string[] the global `arg` unless given
---@return table options
function cli.parse(declaration, words)
   words = words or arg
   local program = words[0] or "mmlua"
   local options, err = parser.parse(declaration, words)
   if not options then
      err.hint = err.hint or ("`%s --help` lists the options"):format(program)
      error(err, 0)
   end
   paint.set(options.color or "auto")
   if options.help then
      error(errors.new("help", usage.text(declaration, program)), 0)
   end
   return options
end

--- An error about the command line.
---@param message string
---@return table err
function cli.usage(message)
   return errors.new("usage", message)
end

--- The program that runs, for who starts it again: what stands first on its command line, before Lua's options.
---@return string
function cli.program()
   local first = -1
   while arg[first - 1] do
      first = first - 1
   end
   return arg[first]
end

--- Opens the lake and registry that the options name, or the environment: see mm.cli.connection.
---@param options table
---@return table|nil lake, table|nil err
function cli.open(options)
   local conninfo, err = connection.conninfo(options.lake)
   if err then
      return nil, err
   end
   local registry
   registry, err = connection.registry(options.registry)
   if err then
      return nil, err
   end
   return require("mm").open(conninfo, {registry = registry, schema = options.schema, timeout = options.timeout})
end

--- Says on stderr what to do next, where a person reads it.
---@param options table
---@param format string of string.format
function cli.next(options, format, ...)
   if not (options.quiet or options.json or options.jsonl or options.csv) then
      output.message("next: " .. format, ...)
   end
end

return cli
