-- A small lake put back to how it was, in a millisecond, to run thousands of schedules from the same start.
--
--   snapshot.take(db)      the rows of upstream's two tables, of mmadmin and of the witness (invariants.lua)
--   snapshot.restore(db)   puts them back, at new addresses, to which mmadmin.item is led; one batch at most
local snapshot = {}

local TABLES = {"mmadmin.retirement", "mmadmin.item", "mmadmin.skipped", "mmadmin.unrestored", "mmadmin.batch",
   "mmadmin.hold", "mmadmin.audit", "mmadmin.audit_head", "witness.change", "witness.deleted_file", "temporary_files"}
-- Of tables with computed columns, those that are stored.
local COLUMNS = {["mmadmin.audit"] = "seq, body, hash"}

local function saved_name(name)
   return "saved." .. name:gsub("%.", "_")
end

function snapshot.take(db)
   local lines = {"create schema saved;",
      "create table saved.partition (n bigint, address tid, new_address tid, row lakehouse_partitions);",
      "insert into saved.partition",
      "select row_number() over (order by p.ctid), p.ctid, null, p from lakehouse_partitions p;"}
   local body = {"delete from lakehouse_partitions;"}
   for _, name in ipairs(TABLES) do
      local columns = COLUMNS[name]
      lines[#lines + 1] = ("create table %s as select %s from %s;"):format(saved_name(name), columns or "*", name)
      body[#body + 1] = ("delete from %s; insert into %s %s overriding system value select * from %s;"):format(name, name,
         columns and "(" .. columns .. ")" or "", saved_name(name))
   end
   lines[#lines + 1] = ([[create function saved.restore() returns void language plpgsql
      set session_replication_role = replica as $$
      declare
         each saved.partition;
         found tid;
      begin
         %s
         for each in select * from saved.partition order by n loop
            insert into lakehouse_partitions select (each.row).* returning ctid into found;
            update saved.partition set new_address = found where n = each.n;
         end loop;
         update mmadmin.item i set row_ctid = p.new_address from saved.partition p where p.address = i.row_ctid;
         update witness.change set xact = pg_current_xact_id()::xid::text;
      end $$;]]):format(table.concat(body, "\n"))
   db:psql(table.concat(lines, "\n"))
end

function snapshot.restore(db)
   db:psql("select saved.restore()")
end

return snapshot
