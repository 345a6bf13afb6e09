-- One psql that stays for each database of the specs, in place of one for each question: that is half of their time.
--
--   quick.begin()      before the specs are loaded
local observer = require("spec.support.observer")
local postgres = require("spec.support.postgres")
local psql = require("spec.support.psql")

local quick = {}
local open = {} -- those that have a psql

local function close_all()
   for db in pairs(open) do
      if db.eye then
         db.eye:close()
      end
      db.eye, open[db] = nil, nil
   end
end

-- A new psql has nothing of an earlier one's: temporary tables, settings, locks.
local FORGET = "rollback; discard all; set client_min_messages = warning"

local function ask(db, method, sql)
   db.eye, open[db] = db.eye or observer.open(db), true
   local is_right, result = pcall(db.eye[method], db.eye, sql)
   pcall(db.eye.psql, db.eye, FORGET)
   return is_right and result or error(result, 0)
end

local function with_one_psql(db)
   for _, name in ipairs{"rows", "value"} do
      db[name] = function(self, sql)
         return ask(self, name, sql)
      end
   end
   -- As psql prints it by itself.
   db.psql = function(self, sql)
      return (ask(self, "psql", sql):gsub("[\26\31]", {["\26"] = "", ["\31"] = "|"}))
   end
   return db
end

function quick.begin()
   local database, admin = postgres.database, postgres.start().admin
   function postgres.database(...)
      return with_one_psql(database(...))
   end
   -- Nobody may be connected to what is copied.
   admin.psql = function(self, sql)
      if sql:find("template", 1, true) then
         close_all()
      end
      return psql.psql(self, sql)
   end
end

return quick
