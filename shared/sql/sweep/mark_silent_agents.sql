-- Agents of whom nobody heard for ten minutes, which is what forexelite calls offline everywhere (shared::domain::agent).
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most
with clock as (
    select coalesce($1::timestamptz, now()) as at
),
silent as (
    update mt5_agents set is_connected = false
     where id = any (array(
        select a.id from mt5_agents a
         where a.is_connected and (a.last_heartbeat is null or a.last_heartbeat < (select at from clock) - interval '10 minutes')
         limit $2 for no key update skip locked))
    returning id, user_id
)
select s.id as agent_id, s.user_id,
       exists (select from ws_connections w where w.user_id = s.user_id and w.kind = 'dashboard') as watched
  from silent s
