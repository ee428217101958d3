-- As service_role, after the agent was read as the user. The old key ends at once: every call compares the stored hash.
--
-- $1 uuid agent, $2 uuid user, $3 text key prefix, $4 text key hash
update mt5_agents set pairing_key_prefix = $3, pairing_key_hash = $4
 where id = $1 and user_id = $2
returning id, broker_connection_id, agent_name, pairing_key_prefix, terminal_server, login, is_public_feed, last_heartbeat,
    status_reported, created_at, updated_at, now() as asked_at
