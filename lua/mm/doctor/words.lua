-- What the doctor's findings mean to an operator, by kind: how bad it is, what there is so many of, what that means and
-- what to do. `{name}` stands for a field of the finding's row, `{name noun}` for a number
-- of these.
local UNREADABLE = "Micromegas 0.14 and later refuses every list of partitions that holds one: queries on the view set "
   .. "fail, and the maintenance daemon materializes no view any more."
local CORRECT = "correct or delete these rows with psql, and keep a copy: micromegas did not write them like that"

local function unreadable(message)
   return {"serious", message, UNREADABLE, CORRECT}
end

return {
   queued_live = {"serious", "live partitions whose file is queued for deletion",
      "Micromegas deletes a queued file without asking who needs it, the first of these at {time}: the partitions lose "
         .. "their data.",
      "take them out of the queue: delete from temporary_files where file_path in (select file_path from "
         .. "lakehouse_partitions)"},
   queued_early = {"warning", "files that are queued for deletion more than once, with different expirations",
      "Micromegas deletes a file at its first expiration, the first of these at {time}, and forgets the others: "
         .. "what was to be kept longer for an undo is gone by then.",
      "undo before that what you want back; mmlua show ID says until when each retirement can be undone"},
   queued_twice = {"notice", "files that are queued for deletion more than once",
      "Their expirations are the same, so that nothing is lost; something retired them twice.", "nothing"},
   queue_stuck = {"serious", "rows of the deletion queue without a path",
      "{expired} of them have expired. Micromegas 0.26 and later takes 1 000 expired rows at a time, cannot delete "
         .. "these, and cleans up nothing any more.",
      "delete from temporary_files where file_path is null"},
   queue_nulls = {"warning", "rows of the deletion queue without a path",
      "Micromegas never deletes them, and 1 000 expired ones stop all its cleaning; {expired} have expired.",
      "delete from temporary_files where file_path is null"},
   daemon_silent = {"warning", "files that should have been deleted more than two hours ago",
      "{bytes bytes}, the first since {time}. The maintenance daemon does not seem to run: the last partition of "
         .. "`global` was written at {written}.",
      "start the daemon, unless this is a copy of a lake: there it would delete the files of the original"},
   cleaning_fails = {"warning", "files that should have been deleted more than two hours ago",
      "{bytes bytes}, the first since {time}. The maintenance daemon runs, for a partition of `global` was written at "
         .. "{written}, but its hourly cleaning fails.",
      "look for errors of delete_old_data in its log: one skips the cleaning of that hour"},

   null_columns = unreadable("partitions with NULL where micromegas needs a value"),
   unhashed = unreadable("partitions without schema hash"),
   negative_rows = unreadable("partitions with a negative number of rows"),
   half_event_times = unreadable("partitions with one event time of two"),
   rows_nowhere = unreadable("partitions with rows, but without event times or file"),
   empty_with_file = unreadable("partitions without rows, but with event times or a file"),
   sort_key_alone = {"serious", "partitions with a sort key time, but without event times",
      (UNREADABLE:gsub("0%.14", "0.30")), CORRECT},
   backwards = {"serious", "partitions that end before they begin",
      "Whatever makes a range of their insert times fails, such as the step to catalog version 7 (micromegas 0.28).",
      CORRECT},
   legacy_count = {"notice", "partitions whose source count is not of 8 bytes (legacy)",
      "Micromegas makes those of `global` anew where it still looks; queries on a process or stream with one fail "
         .. "({of_instances} of them).",
      "retire those of processes and streams: the next query makes them anew"},
   twins = {"warning", "instants with several partitions of one instance and hash",
      "{partitions partition} that begin and end then. Queries read each; retire_partition_by_metadata() refuses them "
         .. "(micromegas 0.30 and later) or deletes all of them.",
      "retire them together: mmlua retire VIEW_SET --range --include-current --instance ID --from TIME --to TIME"},

   versions = {"serious", "rows in lakehouse_migration, where exactly one must be",
      "A service of micromegas that starts reads its catalog's version there, and may migrate from the beginning.",
      "put the right version there before you start any service"},
   no_metadata = {"warning", "partitions without metadata of their file",
      "Micromegas 0.13 and later cannot tell how many rows they have: the step to catalog version 3 fails.",
      "retire or delete them before you upgrade"},
   overlaps = {"warning", "partitions that overlap another one of their instance and hash",
      "The step to catalog version 7 (micromegas 0.28) fails while there is one.",
      "retire one of each pair before you upgrade"},
   gist_missing = {"warning", "extension that the next upgrade needs and the server lacks: btree_gist",
      "The step to catalog version 7 (micromegas 0.28) makes it, and fails.",
      "install PostgreSQL's contrib modules on the server"},
   gist_rights = {"warning", "extension that the next upgrade needs and cannot make: btree_gist",
      "The step to catalog version 7 (micromegas 0.28) makes it; the role that owns the catalog ({owner}) may not.",
      "as a superuser: create extension btree_gist"},

   inferred = {"notice", "registry that nobody gave or published", "What is current is {words}.",
      "mmlua registry publish --registry RELEASE|FILE"},
   unregistered = {"warning", "view sets with partitions that are in no registry",
      "{view_sets}: {partitions partition}, {bytes bytes}. If they were dropped, no query reads these any more, and "
         .. "they cost storage until retention removes them.",
      "mmlua retire VIEW_SET --range --include-unregistered --instance global --from TIME --to TIME"},
   unloaded = {"notice", "view sets that the lake defines and the registry lacks",
      "{view_sets}: {partitions partition}, which are no garbage. Either the registry is older, or the server could "
         .. "not load the definition.",
      "publish the server's answer to list_view_sets(); if it lacks them too, its log says why"},
   undecided = {"notice", "view sets that are in no registry, and may be defined in the lake",
      "{view_sets}: {partitions partition}, {bytes bytes}. The role may not read lakehouse_view_set_definitions.",
      "grant select on lakehouse_view_set_definitions"},
   mixed_writers = {"warning", "outdated schema hashes that are still written",
      "{view_sets}, the last one at {time}: services of an older release are alive, and write partitions that nobody "
         .. "reads. Until that is over mm applies no plan.",
      "stop the old services and wait an hour; mmlua writers shows what is written"},
   older_registry = {"warning", "outdated schema hashes that seem to be newer than the current ones",
      "{view_sets}, the last one written at {time}: the registry is older than the lake's writers, or the lake was "
         .. "rolled back. What it calls outdated is what is written today.",
      "take the server's answer to list_view_sets() as registry; mmlua writers shows what is written"},
   short = {"warning", "current partitions with fewer source events than there are today",
      "Queries on {view_sets} miss {missing event}: these were built before their source was. Micromegas looks "
         .. "again at the last two days only; older than that: {are_left}.",
      "rebuild the range on the server, the view set blocks first: materialize_partitions()"},
   uncounted = {"notice", "current partitions whose source only the server can count",
      "{view_sets}: an operator's query counts it, so that mm cannot tell whether they were built too early.",
      "after a rebuild of blocks, materialize_partitions() on the server compares, and builds anew what is short"},
   without_process = {"warning", "source blocks whose stream or process is not there",
      "Micromegas leaves them out of every view: queries miss {events event} of {processes process}, from {time} on. "
         .. "The process was never registered, or its registration was lost.",
      "look at the log of the ingestion service at that time"},
   audience = {"warning", "source blocks of another audience than their stream or process",
      "Micromegas 0.30 and later leaves them out of every view: queries miss {events event} of {processes process}, "
         .. "from {time} on.",
      "find out which audience is right: the keys with which these processes send tell it"},

   written_ahead = {"warning", "partitions that were written in the future",
      "By the server's clock; the last one at {time}. The clock of a writer is ahead: files that it retires are "
         .. "deleted later than meant, and mm cannot tell which write was the last.",
      "synchronize the clocks of the machines that run micromegas"},
   host_clock = {"notice", "seconds between the clock of this machine and the server's",
      "This machine is {direction} the server. mm goes by the server's clock, people may not.",
      "synchronize this machine's clock"},
   dead_rows = {"notice", "dead rows in {table}", "It has {live} live ones: each listing reads both.",
      "vacuum (analyze) {table}"},
   no_autovacuum = {"warning", "table without autovacuum: {table}",
      "What writers and mm delete stays in it: it only grows, and each listing gets slower.",
      "alter table {table} reset (autovacuum_enabled)"},
   autovacuum_off = {"warning", "server without autovacuum",
      "What writers and mm delete stays in the tables: they only grow, and each listing gets slower.",
      "set autovacuum = on"},
   cannot_retire = {"notice", "rights that the role lacks to retire and undo", "{role} lacks {rights}.",
      "mmlua init --sql --operator {role} prints statements for a DBA"},
   cannot_look = {"notice", "rights that the role lacks to look", "{role} lacks {rights}: verdicts are worse than they "
      .. "must be, and some checks are not made.", "mmlua init --sql --viewer {role} prints statements for a DBA"},
   only_reads = {"notice", "reason for which mm changes nothing here", "{words}.", "{remedy}"},
   other_server = {"warning", "database that is a copy of lake {lake}, restored on another server",
      "Its files are those of the original: whatever deletes files here deletes them there. mm applies no plan to it.",
      "run no maintenance daemon on it; if the original is gone: mmlua init --adopt"},
   other_database = {"warning", "database that is a copy of lake {lake}",
      "Its files are those of the original: whatever deletes files here deletes them there. mm applies no plan to it.",
      "run no maintenance daemon on it; if the original is gone: mmlua init --adopt"},
   broken_audit = {"serious", "place where the chain of the audit is broken",
      "Entry {broken}: {why}. Somebody wrote to the audit who is not mm, or the database was restored in part. The "
         .. "entries before it are right.", "mmlua audit verify; find out who may write to the schema mmadmin"},
   stuck = {"warning", "retirements that stopped in the middle more than a day ago",
      "{ids}, the first at {time}. Time to undo runs out meanwhile.",
      "mmlua apply ID goes on, mmlua undo ID takes it back, or goes on with that"},
   undo_ends = {"notice", "retirements that can be undone for less than a day",
      "{ids}, the first until {time}. After that their files are deleted.",
      "look whether anybody misses anything; mmlua undo ID takes it back"},
}
