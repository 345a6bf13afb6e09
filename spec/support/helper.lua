-- Loaded before the specs: what busted would else load again for each file, and with it start another server.
require("spec.support.postgres")
