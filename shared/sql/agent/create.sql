-- As service_role, since users write no key hashes. The id comes from the idempotency key: sent again because the answer
-- was lost, the same agent gets a fresh key, for the first one reached nobody and only its hash is known.
--
-- $1 uuid id, $2 uuid user, $3 uuid broker connection or null, $4 text name, $5 text key prefix, $6 text key hash
insert into mt5_agents (id, user_id, broker_connection_id, agent_name, pairing_key_prefix, pairing_key_hash)
values ($1, $2, $3, $4, $5, $6)
on conflict (id) do update set pairing_key_prefix = excluded.pairing_key_prefix, pairing_key_hash = excluded.pairing_key_hash
 where mt5_agents.user_id = excluded.user_id
returning id, broker_connection_id, agent_name, pairing_key_prefix, terminal_server, login, is_public_feed, last_heartbeat,
    status_reported, created_at, updated_at, now() as asked_at
