local options = require("mm.options")

local spec = {
   reason = "string", limit = "integer|string?", on_batch = "function?", format = {"csv", "jsonl", optional = true},
   dry_run = "boolean?", extra = "any?",
}

local function plan(opts)
   local checked = options.check("lake:plan", opts, spec)
   return checked
end

-- The message, with the line it blames made relative to the call.
local function complaint(opts)
   local line = debug.getinfo(1, "l").currentline + 1
   local _, message = pcall(function() plan(opts) end)
   local blamed, text = message:match("options_spec.lua:(%d+): (.*)")
   return text, tonumber(blamed) - line
end

describe("options.check", function()
   it("gives back what is right", function()
      local opts = {reason = "tidy", limit = 3, format = "csv", on_batch = print, dry_run = false, extra = {}}

      assert.are.equal(opts, plan(opts))
      assert.are.equal("10", plan{reason = "tidy", limit = "10"}.limit)
   end)

   it("takes nothing for an empty table", function()
      assert.are.same({}, options.check("f", nil, {a = "string?"}))
   end)

   it("names an unknown option and the one that may be meant", function()
      assert.are.equal("lake:plan: unknown option 'raeson'; did you mean 'reason'?", (complaint{raeson = "x"}))
      assert.are.equal("lake:plan: unknown option '1'", (complaint{"x"}))
   end)

   it("names an option of another type", function()
      assert.are.equal("lake:plan: option 'reason' must be of type string, not number", (complaint{reason = 1}))
      assert.are.equal("lake:plan: option 'limit' must be of type integer or string, not 1.5",
         (complaint{reason = "x", limit = 1.5}))
      assert.are.equal("lake:plan: option 'limit' must be of type integer or string, not boolean",
         (complaint{reason = "x", limit = true}))
      assert.is_truthy((complaint{reason = "x", limit = 0 / 0}):find("^lake:plan: option 'limit' must be"))
   end)

   it("names what an option may be", function()
      assert.are.equal("lake:plan: option 'format' must be csv or jsonl, not xml", (complaint{reason = "x", format = "xml"}))
   end)

   it("names a missing option", function()
      assert.are.equal("lake:plan: option 'reason' is missing", (complaint{}))
      assert.are.equal("lake:plan: option 'reason' is missing", (complaint(nil)))
   end)

   it("wants a table", function()
      assert.are.equal("lake:plan: options must be a table, not string", (complaint("log_entries")))
   end)

   it("blames the line that called the function", function()
      assert.are.equal(0, (select(2, complaint{})))
   end)

   it("blames the caller further out when told", function()
      local function inner(opts)
         options.check("f", opts, {}, 2)
         return true
      end
      local function outer(opts)
         local result = inner(opts)
         return result
      end
      local line = debug.getinfo(1, "l").currentline + 1
      local _, message = pcall(function() outer{a = 1} end)

      assert.are.equal(line, tonumber(message:match(":(%d+): f: unknown option 'a'")))
   end)
end)
