-- $1 uuid agent, $2 text name or null, $3 bool whether a connection was sent, $4 uuid broker connection or null
update mt5_agents set
    agent_name = coalesce($2, agent_name),
    broker_connection_id = case when $3 then $4 else broker_connection_id end
 where id = $1
returning id, broker_connection_id, agent_name, pairing_key_prefix, terminal_server, login, is_public_feed, last_heartbeat,
    status_reported, created_at, updated_at, now() as asked_at
