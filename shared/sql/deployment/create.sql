-- As service_role, after version and agent were read as the user; guards and foreign keys say the same. The id comes from the
-- idempotency key: sent again at once, nothing is made.
--
-- $1 uuid id, $2 uuid user, $3 uuid version, $4 uuid agent, $5 uuid broker connection or null, $6 text symbol, $7 text timeframe,
-- $8 bigint magic number, $9 jsonb inputs, $10 text name of the program's file
insert into ea_deployments (id, user_id, ea_version_id, mt5_agent_id, broker_connection_id, symbol, timeframe, magic_number,
    runtime_config, file_name)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do nothing
returning id
