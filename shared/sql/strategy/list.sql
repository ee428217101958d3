-- $1 timestamptz and $2 uuid of the cursor or nulls, $3 bigint limit
select id, broker_connection_id, name, webhook_secret, previous_secret_expires_at, risk_override_pct, allowed_pairs, is_enabled,
       max_signal_age_seconds, magic_number, default_volume, default_sl_pips, default_tp_pips, created_at, updated_at
  from tv_strategies
 where $1::timestamptz is null or (created_at, id) < ($1, $2)
 order by created_at desc, id desc
 limit $3
