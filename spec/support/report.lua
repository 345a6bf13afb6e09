-- What busted prints here: each failure when it happens, then the slow ones, then `N passed, N failed`.
return function()
   local busted = require("busted")
   local pretty = require("pl.pretty")
   local handler = require("busted.outputHandlers.base")()
   local printed, slow = 0, {}

   local function text_of(message)
      if type(message) == "string" then
         return message
      end
      return message == nil and "no message" or pretty.write(message)
   end

   local function print_failures()
      for _, list in ipairs({handler.failures, handler.errors}) do
         for _, failure in ipairs(list) do
            if not failure.is_printed then
               local trace = failure.trace or {}
               failure.is_printed, printed = true, printed + 1
               print(("not ok: %s\n%s\n%s\n"):format(failure.name, text_of(failure.message), trace.traceback or ""))
            end
         end
      end
      io.flush()
      return nil, true
   end

   local function test_end(element, parent)
      local seconds = element.duration or 0
      if seconds > 1 then
         slow[#slow + 1] = ("%6.1f s  %s"):format(seconds, handler.getFullName(element, parent))
      end
      return print_failures()
   end

   local function suite_end()
      print_failures()
      table.sort(slow)
      for i = #slow, math.max(1, #slow - 9), -1 do
         print(slow[i])
      end
      for _, pending in ipairs(handler.pendings) do
         print("pending: " .. pending.name)
      end
      print(("%d passed, %d failed"):format(handler.successesCount, printed))
      return nil, true
   end

   busted.subscribe({"test", "end"}, test_end)
   busted.subscribe({"suite", "end"}, suite_end)
   return handler
end
