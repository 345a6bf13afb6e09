-- Fragment: nobody has needed the items of retirement r for at least $1.
r.pruned_at is null and r.state <> 'undoing'
and coalesce(r.undo_until + r.next_seq / 20000 * interval '1 hour', r.valid_until) < now() - $1::interval
