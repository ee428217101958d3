-- Sockets that are gone. Forgetting one twice is fine.
--
-- $1 text[] connections
delete from ws_connections where connection_id = any ($1)
