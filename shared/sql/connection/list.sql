-- $1 timestamptz and $2 uuid of the cursor or nulls, $3 bigint limit
select id, broker_type, name, symbol_map, is_active, created_at, updated_at
  from broker_connections
 where $1::timestamptz is null or (created_at, id) < ($1, $2)
 order by created_at desc, id desc
 limit $3
