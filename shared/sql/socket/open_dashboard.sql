-- A dashboard's socket, opened by a ticket that was not used before. No row when it was, or when its user is gone.
--
-- $1 text connection, $2 uuid user, $3 uuid ticket, $4 timestamptz when the ticket expires
with used as (
    insert into used_tickets (ticket_id, user_id, expires_at)
    select $3, p.id, $4 from profiles p where p.id = $2
    on conflict (ticket_id) do nothing
    returning user_id
)
insert into ws_connections (connection_id, user_id, kind)
select $1, used.user_id, 'dashboard' from used
returning connection_id
