-- $1 uuid broker connection, $2 text name or null, $3 jsonb symbol map or null, $4 bool active or null
update broker_connections set
    name = coalesce($2, name),
    symbol_map = coalesce($3, symbol_map),
    is_active = coalesce($4, is_active)
 where id = $1
returning id, broker_type, name, symbol_map, is_active, created_at, updated_at
