-- $1 uuid agent
select id, broker_connection_id, agent_name, pairing_key_prefix, terminal_server, login, is_public_feed, last_heartbeat,
       status_reported, created_at, updated_at, now() as asked_at
  from mt5_agents
 where id = $1
