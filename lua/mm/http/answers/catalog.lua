-- What a lake says of its partitions; see mm.types.catalog.
local build = require("mm.http.answers.build")
local shapes = require("mm.http.shapes")

local catalog = {}
local text, count, time, hash, flag = build.text, build.count, build.time, build.hash, build.flag
local VERDICT = build.one_of(shapes.verdicts.items.enum, "What retiring it would lose.")

catalog.Status = build.object("A lake at a glance.", "database role server_version partitions bytes now is_writable", {
   name = text("Of the lake."), database = text(), role = text("The database role that looks."),
   schema = text("That holds the catalog."), server_version = count("PostgreSQL's, as 150018."),
   lakehouse_version = {type = "integer"}, data_lake_version = {type = "integer"},
   state_version = {type = "integer", description = "Of mmadmin; below 0 where that is not there."},
   known_lakehouse_version = {type = "integer", description = "The newest that mm knows."},
   known_state_version = {type = "integer"}, has_mmadmin = flag(), unknown_columns = text("Of a newer catalog."),
   is_standby = flag(), is_read_only = flag(), registry = text("Where it is from, in words."),
   registry_kind = build.one_of{"given", "published", "inferred"}, partitions = count(), bytes = count(),
   last_updated = time("The newest write."), queued_files = count("That wait for their deletion."),
   queued_bytes = count(), first_expiration = time("When the first of them goes."),
   now = time("The server's clock."), may_retire = flag(),
   may_create_schema = flag(), is_writable = flag(), not_writable_because = text(),
   view_sets = build.list_of(build.ref("ViewSet")), writers = build.list_of(build.ref("SchemaVersion")),
})

catalog.ViewSets = build.items("ViewSet")
catalog.ViewSet = build.object("A view set.", "status partitions bytes", {
   view_set_name = text(), status = build.one_of{"registered", "unloaded", "unregistered"},
   current_schema_hash = hash(), releases = text("That write this hash."), source = text("Who says so."),
   has_view_maker = flag(), global_instance_available = flag(), partitions = count(), bytes = count(),
   current = count(),
   outdated = count(), unhashed = count(), unregistered = count(), last_updated = time(),
})

catalog.SchemaVersions = build.items("SchemaVersion")
catalog.SchemaVersion = build.object("A schema hash of a view set.", "status partitions bytes", {
   view_set_name = text(), schema_hash = hash(), current_schema_hash = hash(), status = shapes.status,
   releases = text("That write this hash."), partitions = count(), bytes = count(), num_rows = count(),
   instances = count(), first_insert_time = time(), last_insert_time = time(), first_updated = time(),
   last_updated = time(), age_in_lake_time_s = build.number("Seconds from its last write to the lake's newest."),
   age_s = build.number("The same to the server's clock."),
})

catalog.Partitions = build.page("Partition")
catalog.Partition = build.object("A partition; columns that the catalog lacks are left out.", "status", {
   view_set_name = text(), view_instance_id = text(), begin_insert_time = time(), end_insert_time = time(),
   min_event_time = time(), max_event_time = time(), updated = time(), file_path = text(), file_size = count(),
   file_schema_hash = hash(), source_data_hash = text(), num_rows = count(),
   partition_format_version = {type = "integer"}, sort_order = build.list_of(text()), max_sort_key_time = time(),
   status = shapes.status, at = text("Its address, which may change."),
})

catalog.Groups = build.items("Group")
catalog.Group = build.object("The outdated partitions of an instance with one hash.",
   "view_set_name view_instance_id outdated_schema_hash partition_count bytes", {
   view_set_name = text(), view_instance_id = text(), outdated_schema_hash = hash(), current_schema_hash = hash(),
   partition_count = count(), bytes = count(), num_rows = count(), first_insert_time = time(),
   last_insert_time = time(),
   last_updated = time(), replaced = count("Current partitions hold at least the same."),
   short = count("Covered, but not provably."), empty = count("Without rows."),
   rebuildable = count("Every source block is there."),
   waits_for_blocks = count("The same, once `blocks` is rebuilt."), only_copy = count("Nothing else holds this data."),
   replaced_bytes = count(), short_bytes = count(), rebuildable_bytes = count(), waits_for_blocks_bytes = count(),
   only_copy_bytes = count(),
})

catalog.Timeline = build.object("The insert ranges of a view set, counted in buckets.", "view_set_name buckets rows", {
   view_set_name = text(), view_instance_id = text("Missing: all."), instances = count(), from = time(), to = time(),
   buckets = count(), bucket_s = count("Seconds of one."), left_out = count("Partitions whose insert range is none."),
   rows = build.list_of(build.ref("Bucket")),
})
catalog.Bucket = build.object("A bucket of one status and verdict, or of all.", "bucket begin_time end_time is_total", {
   bucket = count("From 0 on."), begin_time = time(), end_time = time(), is_total = flag("All partitions together."),
   status = text(), verdict = VERDICT, partitions = count("That begin in it."), bytes = count("Of these."),
   covered = build.number("Share of its time, 0 to 1."),
})

catalog.Explanations = build.items("Explanation")
catalog.Explanation = build.object("A partition, and what its verdict rests on.", "view_set_name status", {
   view_set_name = text(), view_instance_id = text(), begin_insert_time = time(), end_insert_time = time(),
   file_path = text(), file_size = count(), num_rows = count(), file_schema_hash = hash(), current_schema_hash = hash(),
   min_event_time = time(), max_event_time = time(), updated = time(), status = text(), verdict = VERDICT,
   source_count = count("Events that it was made from."),
   current_partitions = count("That overlap it."), current_source_count = count("Events that these were made from."),
   current_num_rows = count(), source_count_today = count("Events of its source in the lake's blocks."),
   is_blocks_current = flag("Whether the view set blocks is current over its range."),
   source_until = time("From when on retention removes its source."),
})

catalog.Findings = build.items("Finding")
catalog.Finding = build.object("What a check of the doctor found.", "check kind severity message", {
   check = text("What was looked for."), kind = text("What was found."),
   severity = build.one_of({"serious", "warning", "notice", "passed"}, "serious: data is lost or the lake stops."),
   count = count("Of what `message` names."), message = text(), meaning = text(), hint = text(), example = text(),
   time = text("The first or last of the times that matter."),
})

catalog.Registry = build.items("RegistryViewSet", {kind = build.one_of{"given", "published", "inferred"},
   source = text("In words.")})
catalog.RegistryViewSet = build.object("What is current.", "view_set_name current_schema_hash", {
   view_set_name = text(), current_schema_hash = hash(), schema = text("As a server prints it."),
   has_view_maker = flag(), global_instance_available = flag(), source = text("Who says so."),
})

return catalog
