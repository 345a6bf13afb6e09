-- mmlua beside lua: command lines run by lua5.4 and by mmlua, both called `lua`, in a folder with the same files.
--   as_lua.set_up(files)  as_lua.tear_down()     files: {name = text}
--   as_lua.run("reference" or "ours", command, input) -> {stdout=, stderr=, code=}
--   as_lua.both{sentence, command, input} -> what the reference gives, what ours gives
--   local compare = as_lua.comparer(describe, it)     compare(title, cases): a spec of each, that both give the same
--   as_lua.in_loop{{sentence, input}...} -> cases for `lua -i`
local assert = require("luassert")
local shell = require("spec.support.shell")

local as_lua = {}

local build = os.getenv("BUILD") or "build"
local environment = "env -u LUA_PATH -u LUA_CPATH -u LUA_PATH_5_4 -u LUA_CPATH_5_4 -u LUA_INIT -u LUA_INIT_5_4 PATH="
local folder

-- mmlua calls a script from a few levels deeper than lua does.
local function without_depth(text)
   return (text:gsub("skipping %d+ levels", "skipping levels"))
end

function as_lua.run(program, command, input)
   local script = ("cd %s && %s%s/%s:$PATH sh -c %s"):format(
      folder, environment, folder, program, shell.quote(command))
   local result = shell.run(script, input)
   result.stderr = without_depth(result.stderr)
   return result
end

function as_lua.set_up(files)
   folder = shell.run("mktemp -d").stdout:match("%S+")
   for name, text in pairs(files) do
      local file = assert(io.open(folder .. "/" .. name, "wb"))
      file:write(text)
      file:close()
   end
   shell.run(("cd %s && mkdir reference ours && ln -s $(command -v lua5.4) reference/lua && ln -s %s/bin/mmlua ours/lua")
      :format(folder, shell.quote(build)))
end

function as_lua.tear_down()
   shell.run("rm -r " .. folder)
end

function as_lua.both(case)
   return as_lua.run("reference", case[2], case[3]), as_lua.run("ours", case[2], case[3])
end

function as_lua.comparer(describe, it)
   return function(title, cases)
      describe(title, function()
         for _, case in ipairs(cases) do
            it(case[1], function()
               local reference, ours = as_lua.both(case)

               assert.are_not.equal(127, reference.code)
               assert.are.same(reference, ours)
            end)
         end
      end)
   end
end

function as_lua.in_loop(cases)
   local list = {}
   for i, case in ipairs(cases) do
      list[i] = {case[1], "lua -i", case[2]}
   end
   return list
end

return as_lua
