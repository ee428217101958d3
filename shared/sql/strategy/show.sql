-- $1 uuid strategy
select id, broker_connection_id, name, webhook_secret, previous_secret_expires_at, risk_override_pct, allowed_pairs, is_enabled,
       max_signal_age_seconds, magic_number, default_volume, default_sl_pips, default_tp_pips, created_at, updated_at
  from tv_strategies
 where id = $1
