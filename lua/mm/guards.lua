-- Guards: what speaks against applying a retirement. Each built-in one is a statement src/sql/guard_NAME.sql that
-- returns findings; operators add their own in Lua. One that finds something refuses, unless it is overridden by name,
-- with a reason, which is recorded.
local characters = require("mm.characters")
local core = require("mm.core")
local errors = require("mm.errors")
local handle = require("mm.handle")
local json = require("mm.json")
local options = require("mm.options")
local own_guards = require("mm.guards.own")
local retirements = require("mm.retirements")
local suggest = require("mm.suggest")
local words = require("mm.guards.words")

local lake = handle.methods

local guards = {}

-- In the order in which they are told.
guards.BUILT_IN = {"copy", "writers", "holds", "blocks_last", "budget"}

local function names_of(self)
   local names = {}
   for _, name in ipairs(guards.BUILT_IN) do
      names[#names + 1] = name
   end
   for _, own in ipairs(handle.guards(self)) do
      names[#names + 1] = own.name
   end
   return names
end

local function unknown(name, names)
   for _, known in ipairs(names) do
      if known == name then
         return nil
      end
   end
   return errors.new("invalid", ("no guard is called '%s'%s"):format(tostring(name), suggest.phrase(tostring(name),
      names)), {hint = "guards are " .. table.concat(names, ", ")})
end

local function wrong_reason(name, why)
   if type(why) ~= "string" or not why:find("%S") then
      return errors.new("invalid", ("guard '%s' is overridden without a reason"):format(name))
   elseif why:find("\0", 1, true) or not characters.is_utf8(why) then
      return errors.new("invalid", ("guard '%s' is overridden with a reason that is not UTF-8, or holds a NUL byte")
         :format(name))
   end
end

--- What is wrong with overrides: names of guards with the reason for each.
---@return table|nil err
function guards.check_overrides(self, overrides)
   local names = names_of(self)
   for name, why in pairs(overrides or {}) do
      local err = unknown(name, names) or wrong_reason(name, why)
      if err then
         return err
      end
   end
end

--- Overrides that were recorded with a retirement, and new ones over them.
---@return table<string, string>
function guards.merged(found, overrides)
   local merged = {}
   for _, each in ipairs{json.decode(found.overrides or "{}"), overrides or {}} do
      for name, why in pairs(each) do
         merged[name] = why
      end
   end
   return merged
end

--- The built-in guards that are not overridden: those are asked again inside the transaction.
function guards.to_ask(overrides)
   local names = {}
   for _, name in ipairs(guards.BUILT_IN) do
      names[#names + 1] = not overrides[name] and name or nil
   end
   return names
end

local function ask_built_in(self, found, name)
   local rows, err = handle.select(self, "guard_" .. name, {n = 1, found.number}, "stored")
   if rows and words.completes[name] then
      rows, err = words.completes[name](self, rows, found)
   end
   if not rows then
      return nil, err
   end
   return #rows > 0 and words.of[name](rows) or false
end

local function asked(self, found, overrides, list, ask)
   local findings = {}
   for _, each in ipairs(list) do
      local name = each.name or each
      local finding, err
      if not overrides[name] then
         finding, err = ask(self, found, each)
      end
      if err then
         return nil, err
      elseif finding then
         finding.guard = name
         findings[#findings + 1] = finding
      end
   end
   return findings
end

--- What the guards find that are not overridden: nothing is an empty list. `only` names some built-in ones.
---@return table[]|nil findings, table|nil err
function guards.ask(self, found, overrides, only)
   local findings, err = asked(self, found, overrides, only or guards.BUILT_IN, ask_built_in)
   local own = findings
   if findings and not only then
      own, err = asked(self, found, overrides, handle.guards(self), own_guards.ask)
   end
   for _, finding in ipairs(own ~= findings and own or {}) do
      findings[#findings + 1] = finding
   end
   if not own then
      return nil, err
   end
   return findings
end

local function others(findings)
   local names = {}
   for i = 2, #findings do
      names[#names + 1] = findings[i].guard
   end
   return #names > 0 and "; refused by " .. table.concat(names, ", ") .. " too" or ""
end

--- The error that says what the guards found, which the audit gets to know too.
function guards.refusal(self, found, reason, findings)
   local first = findings[1]
   local err = errors.new("refused", ("refused by the guard %s: %s"):format(first.guard, first.message), {
      guard = first.guard, findings = findings, detail = (first.why or "a guard of this lake's operators")
         .. others(findings),
      hint = first.passes and "it passes " .. first.passes or nil,
   })
   local list = {}
   for i, finding in ipairs(findings) do
      list[i] = {guard = finding.guard, message = finding.message}
   end
   local _, problem = core.lake_audit_refused(self, found.number, reason, json.encode{guards = list})
   err.not_audited = problem and problem.message
   return err
end

--- What the guards find: what would refuse `lake:apply` now. Nothing is an empty list.
---@param id string
---@param opts? {overrides: table<string, string>}
---@return mm.finding[]|nil, table|nil err
function lake:guards(id, opts)
   opts = options.check("lake:guards", opts, {overrides = "table?"})
   local found, err = retirements.find(self, id)
   err = err or guards.check_overrides(self, opts.overrides)
   if err then
      return nil, err
   end
   return guards.ask(self, found, guards.merged(found, opts.overrides))
end

return guards
