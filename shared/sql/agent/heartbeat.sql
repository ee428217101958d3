-- The agent lives, and asks what changed: its account's symbol map, its user's trading mode, which instruments
-- somebody is looking at.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent of the path,
-- $4 jsonb what the agent reported, $5 text account login, $6 text account server
with caller as materialized (
    select id, user_id, broker_connection_id, is_connected, is_public_feed, pairing_key_hash,
           pairing_key_hash = $2 and id = $3 as proven
      from mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
),
beat as (
    update mt5_agents a set is_connected = true, last_heartbeat = now(), status_reported = $4,
        login = coalesce($5, a.login), terminal_server = coalesce($6, a.terminal_server)
      from caller
     where caller.proven and a.id = caller.id
)
select caller.id as agent_id, caller.pairing_key_hash, now() as server_time,
       coalesce(c.symbol_map, '{}') as symbol_map,
       case when not c.is_active then 'halted' else u.trading_mode end as trading_mode,
       case when caller.proven then forexelite.watched_instruments(caller.user_id, caller.is_public_feed) end as instruments,
       caller.user_id,
       not caller.is_connected and exists (select from ws_connections w where w.user_id = caller.user_id) as came_online,
       case when caller.proven then forexelite.jobs_waiting($3, caller.user_id, caller.broker_connection_id, now()) end
           as jobs_waiting
  from caller
  join user_settings u on u.user_id = caller.user_id
  left join broker_connections c on c.id = caller.broker_connection_id and c.user_id = caller.user_id
