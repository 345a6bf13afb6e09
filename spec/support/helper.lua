-- Loaded before the specs: what busted would else load again for each file, and with it start another server.
local postgres = require("spec.support.postgres")

require("busted").subscribe({"file", "end"}, function()
   postgres.drop_all()
   return nil, true
end)
