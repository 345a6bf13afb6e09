-- What each release of micromegas writes: its versions, and the schema of each view set as it changed over time.
--
-- A change holds until the next one. `hash` is the version constant that such a view set stores instead of a hash of
-- its schema; where there is none the core computes it. `fields` is left out where only the constant changed.
-- A field is its name, its type and `?` when it is nullable. Types in capitals stand in `types`, where `<...>` is a
-- field again.
--
-- Worked out from the queries that define the views, no release's answer at hand: processes before 0.14, streams
-- before 0.25, log_stats of 0.28 and 0.29. Since 0.32 any operator can replace log_stats.
return {
   releases = {
      {version = "0.12", date = "2025-09-03", arrow = "55.2.0", lakehouse = 2, data_lake = 2},
      {version = "0.13", date = "2025-09-18", arrow = "55.2.0", lakehouse = 4, data_lake = 2},
      {version = "0.14", date = "2025-10-23", arrow = "56.2.0", lakehouse = 4, data_lake = 2},
      {version = "0.15", date = "2025-11-14", arrow = "56.2.0", lakehouse = 4, data_lake = 2},
      {version = "0.16", date = "2025-11-28", arrow = "57.0.0", lakehouse = 5, data_lake = 2},
      {version = "0.17", date = "2025-12-12", arrow = "57.1.0", lakehouse = 5, data_lake = 2},
      {version = "0.18", date = "2026-01-08", arrow = "57.1.0", lakehouse = 5, data_lake = 2},
      {version = "0.19", date = "2026-01-28", arrow = "57.1.0", lakehouse = 5, data_lake = 2},
      {version = "0.20", date = "2026-02-12", arrow = "57.2.0", lakehouse = 5, data_lake = 2},
      {version = "0.21", date = "2026-02-27", arrow = "57.3.0", lakehouse = 5, data_lake = 2},
      {version = "0.22", date = "2026-03-13", arrow = "57.3.0", lakehouse = 5, data_lake = 3},
      {version = "0.23", date = "2026-03-26", arrow = "57.3.0", lakehouse = 5, data_lake = 3},
      {version = "0.24", date = "2026-04-17", arrow = "57.3.0", lakehouse = 5, data_lake = 3},
      {version = "0.25", date = "2026-05-23", arrow = "57.3.0", lakehouse = 5, data_lake = 4},
      {version = "0.26", date = "2026-06-23", arrow = "58.3.0", lakehouse = 5, data_lake = 4},
      {version = "0.27", date = "2026-07-12", arrow = "58.3.0", lakehouse = 6, data_lake = 4},
      {version = "0.28", date = "2026-08-02", arrow = "58.3.0", lakehouse = 7, data_lake = 4},
      {version = "0.29", date = "2026-08-12", arrow = "58.3.0", lakehouse = 7, data_lake = 5},
      {version = "0.30", date = "2026-09-03", arrow = "58.3.0", lakehouse = 9, data_lake = 10},
      {version = "0.31", date = "2026-09-14", arrow = "58.3.0", lakehouse = 9, data_lake = 10},
      {version = "0.32", date = "2026-10-20", arrow = "59.3.0", lakehouse = 10, data_lake = 11},
      {version = "0.33", date = "2026-11-03", arrow = "59.3.0", lakehouse = 10, data_lake = 14},
   },

   types = {
      TS = 'Timestamp(Nanosecond, Some("+00:00"))',
      DU = "Dictionary(Int32, Utf8)",
      DU16 = "Dictionary(Int16, Utf8)",
      DB = "Dictionary(Int32, Binary)",
      TAGS = "List(<tag Utf8>)",
      PROPS = "List(<Property Struct([<key Utf8>, <value Utf8>])>)",
   },

   view_sets = {
      blocks = {
         has_view_maker = false, global_instance_available = true,
         {since = "0.12", hash = "01", fields = [[
            block_id Utf8, stream_id Utf8, process_id Utf8, begin_time TS, begin_ticks Int64,
            end_time TS, end_ticks Int64, nb_objects Int32, object_offset Int64, payload_size Int64,
            insert_time TS, streams.dependencies_metadata Binary, streams.objects_metadata Binary,
            streams.tags TAGS?, streams.properties PROPS, streams.insert_time TS,
            processes.start_time TS, processes.start_ticks Int64, processes.tsc_frequency Int64,
            processes.exe Utf8, processes.username Utf8, processes.realname Utf8,
            processes.computer Utf8, processes.distro Utf8, processes.cpu_brand Utf8,
            processes.insert_time TS, processes.parent_process_id Utf8, processes.properties PROPS]]},
         {since = "0.14", hash = "02", fields = [[
            block_id Utf8, stream_id Utf8, process_id Utf8, begin_time TS, begin_ticks Int64,
            end_time TS, end_ticks Int64, nb_objects Int32, object_offset Int64, payload_size Int64,
            insert_time TS, streams.dependencies_metadata Binary, streams.objects_metadata Binary,
            streams.tags TAGS?, streams.properties DB, streams.insert_time TS,
            processes.start_time TS, processes.start_ticks Int64, processes.tsc_frequency Int64,
            processes.exe Utf8, processes.username Utf8, processes.realname Utf8,
            processes.computer Utf8, processes.distro Utf8, processes.cpu_brand Utf8,
            processes.insert_time TS, processes.parent_process_id Utf8, processes.properties DB]]},
         {since = "0.25", hash = "03", fields = [[
            block_id Utf8, stream_id Utf8, process_id Utf8, begin_time TS, begin_ticks Int64,
            end_time TS, end_ticks Int64, nb_objects Int32, object_offset Int64, payload_size Int64,
            insert_time TS, streams.dependencies_metadata Binary, streams.objects_metadata Binary,
            streams.tags TAGS?, streams.properties DB, streams.insert_time TS, streams.format Utf8,
            processes.start_time TS, processes.start_ticks Int64, processes.tsc_frequency Int64,
            processes.exe Utf8, processes.username Utf8, processes.realname Utf8,
            processes.computer Utf8, processes.distro Utf8, processes.cpu_brand Utf8,
            processes.insert_time TS, processes.parent_process_id Utf8, processes.properties DB]]},
         {since = "0.30", hash = "05", fields = [[
            block_id Utf8, stream_id Utf8, process_id Utf8, begin_time TS, begin_ticks Int64,
            end_time TS, end_ticks Int64, nb_objects Int32, object_offset Int64, payload_size Int64,
            insert_time TS, streams.dependencies_metadata Binary, streams.objects_metadata Binary,
            streams.tags TAGS?, streams.properties DB, streams.insert_time TS, streams.format Utf8,
            processes.start_time TS, processes.start_ticks Int64, processes.tsc_frequency Int64,
            processes.exe Utf8, processes.username Utf8, processes.realname Utf8,
            processes.computer Utf8, processes.distro Utf8, processes.cpu_brand Utf8,
            processes.insert_time TS, processes.parent_process_id Utf8?, processes.properties DB,
            audience DU]]},
      },
      log_entries = {
         has_view_maker = true, global_instance_available = true,
         {since = "0.12", hash = "04", fields = [[
            process_id DU16, stream_id DU16, block_id DU16, insert_time TS, exe DU16, username DU16,
            computer DU16, time TS, target DU16, level Int32, msg Utf8, properties PROPS,
            process_properties PROPS]]},
         {since = "0.14", hash = "05", fields = [[
            process_id DU16, stream_id DU16, block_id DU16, insert_time TS, exe DU16, username DU16,
            computer DU16, time TS, target DU16, level Int32, msg Utf8, properties DB,
            process_properties DB]]},
         {since = "0.28", hash = "06", fields = [[
            process_id DU, stream_id DU, block_id DU, insert_time TS, exe DU, username DU,
            computer DU, time TS, target DU, level Int32, msg Utf8, properties DB,
            process_properties DB]]},
         {since = "0.30", hash = "07", fields = [[
            process_id DU, stream_id DU, block_id DU, insert_time TS, exe DU, username DU,
            computer DU, time TS, target DU, level Int32, msg Utf8, properties DB,
            process_properties DB, audience DU]]},
      },
      measures = {
         has_view_maker = true, global_instance_available = true,
         {since = "0.12", hash = "04", fields = [[
            process_id DU16, stream_id DU16, block_id DU16, insert_time TS, exe DU16, username DU16,
            computer DU16, time TS, target DU16, name DU16, unit DU16, value Float64,
            properties PROPS, process_properties PROPS]]},
         {since = "0.14", hash = "05", fields = [[
            process_id DU16, stream_id DU16, block_id DU16, insert_time TS, exe DU16, username DU16,
            computer DU16, time TS, target DU16, name DU16, unit DU16, value Float64, properties DB,
            process_properties DB]]},
         {since = "0.28", hash = "07", fields = [[
            process_id DU, stream_id DU, block_id DU, insert_time TS, exe DU, username DU,
            computer DU, time TS, target DU, name DU, unit DU, value Float64, properties DB,
            process_properties DB]]},
         {since = "0.30", hash = "08", fields = [[
            process_id DU, stream_id DU, block_id DU, insert_time TS, exe DU, username DU,
            computer DU, time TS, target DU, name DU, unit DU, value Float64, properties DB,
            process_properties DB, audience DU]]},
      },
      processes = {
         has_view_maker = false, global_instance_available = true,
         {since = "0.12", fields = [[
            process_id Utf8, exe Utf8?, username Utf8?, realname Utf8?, computer Utf8?, distro Utf8?,
            cpu_brand Utf8?, tsc_frequency Int64?, start_time TS?, start_ticks Int64?,
            insert_time TS?, parent_process_id Utf8?, properties PROPS?, last_update_time TS?,
            last_block_end_ticks Int64?, last_block_end_time TS?]]},
         {since = "0.14", fields = [[
            process_id Utf8, exe Utf8?, username Utf8?, realname Utf8?, computer Utf8?, distro Utf8?,
            cpu_brand Utf8?, tsc_frequency Int64?, start_time TS?, start_ticks Int64?,
            insert_time TS?, parent_process_id Utf8?, properties DB?, last_update_time TS?,
            last_block_end_ticks Int64?, last_block_end_time TS?]]},
         {since = "0.30", fields = [[
            process_id Utf8, exe Utf8?, username Utf8?, realname Utf8?, computer Utf8?, distro Utf8?,
            cpu_brand Utf8?, tsc_frequency Int64?, start_time TS?, start_ticks Int64?,
            insert_time TS?, parent_process_id Utf8?, properties DB?, last_update_time TS?,
            last_block_end_ticks Int64?, last_block_end_time TS?, audience DU?]]},
      },
      streams = {
         has_view_maker = false, global_instance_available = true,
         {since = "0.12", fields = [[
            stream_id Utf8, process_id Utf8?, dependencies_metadata Binary?, objects_metadata Binary?,
            tags TAGS?, properties PROPS?, insert_time TS?, last_update_time TS?]]},
         {since = "0.14", fields = [[
            stream_id Utf8, process_id Utf8?, dependencies_metadata Binary?, objects_metadata Binary?,
            tags TAGS?, properties DB?, insert_time TS?, last_update_time TS?]]},
         {since = "0.25", fields = [[
            stream_id Utf8, process_id Utf8?, dependencies_metadata Binary?, objects_metadata Binary?,
            tags TAGS?, properties DB?, insert_time TS?, format Utf8?, last_update_time TS?]]},
         {since = "0.30", fields = [[
            stream_id Utf8, process_id Utf8?, dependencies_metadata Binary?, objects_metadata Binary?,
            tags TAGS?, properties DB?, insert_time TS?, format Utf8?, last_update_time TS?,
            audience DU?]]},
      },
      log_stats = {
         has_view_maker = false, global_instance_available = true,
         {since = "0.13", fields = [[
            time_bin TS?, process_id DU16, level Int32, target DU16, count Int64]]},
         {since = "0.28", fields = [[
            time_bin TS?, process_id DU, level Int32, target DU, count Int64]]},
         {since = "0.30", fields = [[
            time_bin TS?, process_id DU, level Int32, target DU, count Int64, audience DU?]]},
      },
      thread_spans = {
         has_view_maker = true, global_instance_available = false,
         {since = "0.12", hash = "00", fields = [[
            id Int64, parent Int64, depth UInt32, hash UInt32, begin TS, end TS, duration Int64,
            name DU16, target DU16, filename DU16, line UInt32]]},
         {since = "0.28", hash = "01", fields = [[
            id Int64, parent Int64, depth UInt32, hash UInt32, begin TS, end TS, duration Int64,
            name DU, target DU, filename DU, line UInt32]]},
         {since = "0.29", hash = "02"},
         {since = "0.30", hash = "03"},
         {since = "0.32", hash = "04", fields = [[
            id Int64, parent Int64, depth UInt32, hash UInt32, begin TS, end TS, duration Int64,
            name DU, target DU, filename DU, line UInt32, properties DB]]},
      },
      async_events = {
         has_view_maker = true, global_instance_available = false,
         {since = "0.12", hash = "01", fields = [[
            stream_id DU16, block_id DU16, time TS, event_type DU16, span_id Int64,
            parent_span_id Int64, depth UInt32, name DU16, filename DU16, target DU16, line UInt32]]},
         {since = "0.22", hash = "02", fields = [[
            stream_id DU16, block_id DU16, time TS, event_type DU16, span_id Int64,
            parent_span_id Int64, depth UInt32, hash UInt32, name DU16, filename DU16, target DU16,
            line UInt32]]},
         {since = "0.28", hash = "03", fields = [[
            stream_id DU, block_id DU, time TS, event_type DU, span_id Int64, parent_span_id Int64,
            depth UInt32, hash UInt32, name DU, filename DU, target DU, line UInt32]]},
         {since = "0.32", hash = "04", fields = [[
            stream_id DU, block_id DU, time TS, event_type DU, span_id Int64, parent_span_id Int64,
            depth UInt32, hash UInt32, name DU, filename DU, target DU, line UInt32, properties DB]]},
      },
      net_spans = {
         has_view_maker = true, global_instance_available = false,
         {since = "0.25", hash = "00", fields = [[
            process_id DU16, stream_id DU16, span_id Int64, parent_span_id Int64, depth UInt32,
            kind DU16, name DU16, connection_name DU16, is_outgoing Boolean, begin_bits Int64,
            end_bits Int64, bit_size Int64, begin_time TS, end_time TS]]},
         {since = "0.28", hash = "01", fields = [[
            process_id DU, stream_id DU, span_id Int64, parent_span_id Int64, depth UInt32, kind DU,
            name DU, connection_name DU, is_outgoing Boolean, begin_bits Int64, end_bits Int64,
            bit_size Int64, begin_time TS, end_time TS]]},
         {since = "0.29", hash = "02"},
      },
      images = {
         has_view_maker = true, global_instance_available = false,
         {since = "0.26", hash = "01", fields = [[
            process_id DU16, stream_id DU16, block_id DU16, insert_time TS, exe DU16, username DU16,
            computer DU16, time TS, name Utf8, format DU16, payload_size Int64, data Binary]]},
         {since = "0.28", hash = "02", fields = [[
            process_id DU, stream_id DU, block_id DU, insert_time TS, exe DU, username DU,
            computer DU, time TS, name Utf8, format DU, payload_size Int64, data Binary]]},
      },
      otel_spans = {
         has_view_maker = true, global_instance_available = false,
         {since = "0.25", hash = "01", fields = [[
            process_id DU, stream_id DU, block_id DU, insert_time TS, exe Utf8, username Utf8,
            computer Utf8, process_properties DB, trace_id FixedSizeBinary(16), span_id FixedSizeBinary(8),
            parent_span_id FixedSizeBinary(8)?, start_time TS, end_time TS, duration Int64, name DU, kind DU,
            status DU, status_message Utf8?, properties DB, events Binary, links Binary]]},
      },
   },
}
