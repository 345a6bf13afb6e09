-- Fragment: retiring item b loses something, or something that nothing rebuilds by itself.
(b.verdict in ('replaced', 'empty') or b.verdict = 'rebuildable' and b.view_instance_id <> 'global') is not true
