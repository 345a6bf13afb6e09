-- View sets that the lake defines by SQL, whose hash no release fixes.
select view_set_name, updated_at, updated_by from lakehouse_view_set_definitions order by view_set_name; -- if lakehouse_view_set_definitions
-- unless lakehouse_view_set_definitions: select null::text as view_set_name, null::timestamptz as updated_at, null::text as updated_by where false
