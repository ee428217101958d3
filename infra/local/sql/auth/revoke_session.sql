-- $1 session id uuid: an old token came back, so none of the family can be trusted
update auth.refresh_tokens set revoked = true, updated_at = clock_timestamp() where session_id = $1 and not revoked
