-- The other side lives.
--
-- $1 text connection
update ws_connections set last_seen_at = now() where connection_id = $1 returning connection_id
