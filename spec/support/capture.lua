-- What a function prints.
--   capture.run(f, ...) -> {stdout=, stderr=, results...}; an error that it raises comes as field `err`
local capture = {}

local function recorder()
   local pieces = {}
   return pieces, {
      write = function(self, ...)
         for i = 1, select("#", ...) do
            pieces[#pieces + 1] = tostring((select(i, ...)))
         end
         return self
      end,
      flush = function() end,
   }
end

function capture.run(f, ...)
   local stdout, stderr = io.stdout, io.stderr
   local out, fake_stdout = recorder()
   local err, fake_stderr = recorder()
   rawset(io, "stdout", fake_stdout)
   rawset(io, "stderr", fake_stderr)
   local results = {pcall(f, ...)}
   rawset(io, "stdout", stdout)
   rawset(io, "stderr", stderr)
   local is_right = table.remove(results, 1)
   results.err = not is_right and results[1] or nil
   results.stdout, results.stderr = table.concat(out), table.concat(err)
   return results
end

return capture
