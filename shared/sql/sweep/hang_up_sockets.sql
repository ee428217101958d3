-- Sockets of whose end nobody told us: API Gateway closes one after two hours, and one that says nothing after ten minutes.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most
with clock as (
    select coalesce($1::timestamptz, now()) as at
)
delete from ws_connections where connection_id = any (array(
    select w.connection_id from ws_connections w
     where w.connected_at < (select at from clock) - interval '2 hours 5 minutes'
        or w.last_seen_at < (select at from clock) - interval '15 minutes'
     limit $2 for update skip locked))
returning user_id, connection_id
