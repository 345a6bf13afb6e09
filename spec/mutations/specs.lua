-- Specs that are loaded once and run again and again: what busted's describe, it, setup, teardown, before_each,
-- after_each and finally do. Where a block has no setup its teardown is left out, as that only drops what the next run
-- uses again.
--
--   local tree = specs.load(path)      -> its file's block
--   specs.tests(tree)                  -> list of its tests, each {name =, parent =, call =}
--   specs.units(tree)                  -> list of {tree =, tests = set}: each test, but those of one setup together
--   specs.failure(tree, [tests])       runs all, or those in the set; the first that fails, and its message
local luassert = require("luassert")

local specs = {}

local LIMIT_S = 20
local finals

local function new_block(name, parent)
   local block = {name = parent and parent.name .. name .. " " or "", parent = parent, children = {}}
   for _, kind in ipairs{"setup", "teardown", "before_each", "after_each"} do
      block[kind] = {}
   end
   return block
end

local function environment(root)
   local current = root
   local env = {assert = luassert, finally = function(call)
      table.insert(finals, 1, call)
   end, pending = function() end}
   function env.describe(name, call)
      local parent = current
      current = new_block(name, parent)
      table.insert(parent.children, current)
      call()
      current = parent
   end
   function env.it(name, call)
      table.insert(current.children, {name = current.name .. name, parent = current, call = call})
   end
   for _, kind in ipairs{"setup", "teardown", "before_each", "after_each"} do
      env[kind] = function(call)
         table.insert(current[kind], call)
      end
   end
   return setmetatable(env, {__index = _G})
end

function specs.load(path)
   local root = new_block()
   assert(loadfile(path, "t", environment(root)))()
   return root
end

function specs.tests(block)
   local list = {}
   for _, child in ipairs(block.children) do
      for _, test in ipairs(child.call and {child} or specs.tests(child)) do
         list[#list + 1] = test
      end
   end
   return list
end

local function unit_of(root, tests)
   local unit = {tree = root, tests = {}}
   for _, test in ipairs(tests) do
      unit.tests[test] = true
   end
   return unit
end

local function add_units(units, root, block)
   if #block.setup > 0 then
      units[#units + 1] = unit_of(root, specs.tests(block))
      return
   end
   for _, child in ipairs(block.children) do
      if child.call then
         units[#units + 1] = unit_of(root, {child})
      else
         add_units(units, root, child)
      end
   end
end

function specs.units(tree)
   local units = {}
   add_units(units, tree, tree)
   return units
end

-- The first error of the calls, all of which are made.
local function call_all(calls, failed)
   for _, call in ipairs(calls) do
      local is_right, message = xpcall(call, function(problem)
         return type(problem) == "table" and tostring(problem.message or problem) or tostring(problem)
      end)
      failed = failed or not is_right and message or nil
   end
   return failed
end

local function run_before(block)
   return block and (run_before(block.parent) or call_all(block.before_each)) or nil
end

local function run_test(test)
   local deadline = os.time() + LIMIT_S
   debug.sethook(function()
      if os.time() > deadline then
         error("takes too long")
      end
   end, "", 100000)
   finals = {}
   local failed = run_before(test.parent) or call_all({test.call})
   failed = call_all(finals, failed)
   local block = test.parent
   while block do
      failed, block = call_all(block.after_each, failed), block.parent
   end
   debug.sethook()
   return failed
end

local function is_wanted(child, tests)
   if not tests or child.call then
      return not tests or tests[child]
   end
   for _, each in ipairs(child.children) do
      if is_wanted(each, tests) then
         return true
      end
   end
end

function specs.failure(block, tests)
   finals = {}
   local failed, message = nil, call_all(block.setup)
   if message then
      failed = specs.tests(block)[1]
   end
   for _, child in ipairs(block.children) do
      if not failed and is_wanted(child, tests) then
         if child.call then
            message = run_test(child)
            failed = message and child
         else
            failed, message = specs.failure(child, tests)
         end
      end
   end
   local problem = #block.setup > 0 and call_all(block.teardown) or nil
   return failed, message or problem
end

return specs
