-- As service_role, after the strategy was read as the user. The old secret goes on working for the overlap, so that
-- alerts can be edited one by one; the one before it ends at once.
--
-- $1 uuid strategy, $2 uuid user, $3 text new secret, $4 int overlap in seconds
update tv_strategies set
    previous_webhook_secret = case when $4 > 0 then webhook_secret end,
    previous_secret_expires_at = case when $4 > 0 then now() + make_interval(secs => $4) end,
    webhook_secret = $3
 where id = $1 and user_id = $2
returning id, broker_connection_id, name, webhook_secret, previous_secret_expires_at, risk_override_pct, allowed_pairs,
    is_enabled, max_signal_age_seconds, magic_number, default_volume, default_sl_pips, default_tp_pips, created_at, updated_at
