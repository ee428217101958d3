-- The id comes from the idempotency key: sent again, the first is returned as it is. The update that changes nothing is
-- what makes Postgres return it; of the columns that users may write, the name is one.
--
-- $1 uuid id, $2 uuid user, $3 text broker type, $4 text name, $5 jsonb symbol map
insert into broker_connections (id, user_id, broker_type, name, symbol_map)
values ($1, $2, $3, $4, $5)
on conflict (id) do update set name = broker_connections.name where broker_connections.user_id = excluded.user_id
returning id, broker_type, name, symbol_map, is_active, created_at, updated_at
