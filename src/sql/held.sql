-- Fragment: a hold covers partition b.
-- unless hold: false
exists (select from mmadmin.hold h where                                        -- if hold
\ir hold_covers.sql
)                                                                               -- if hold
