-- Fragment: what may be shown of a key.
key, name, role, prefix, reason, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by, revoke_reason
