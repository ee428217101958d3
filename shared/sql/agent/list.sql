-- $1 timestamptz and $2 uuid of the cursor or nulls, $3 bigint limit
select id, broker_connection_id, agent_name, pairing_key_prefix, terminal_server, login, is_public_feed, last_heartbeat,
       status_reported, created_at, updated_at, now() as asked_at
  from mt5_agents
 where $1::timestamptz is null or (created_at, id) < ($1, $2)
 order by created_at desc, id desc
 limit $3
