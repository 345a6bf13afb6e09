-- Fragment: the source count of partition p, 8 bytes little endian, of which the last three are 0: below 2^40. Null when
-- it is something else.
case when substring(p.source_data_hash from 6) = '\x000000' then
    get_byte(p.source_data_hash, 0)::bigint | (get_byte(p.source_data_hash, 1)::bigint << 8)
    | (get_byte(p.source_data_hash, 2)::bigint << 16) | (get_byte(p.source_data_hash, 3)::bigint << 24)
    | (get_byte(p.source_data_hash, 4)::bigint << 32) end
