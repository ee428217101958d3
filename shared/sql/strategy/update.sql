-- As the user, who was granted these columns. Each value comes with whether it was sent at all: null is a value.
--
-- $1 uuid strategy, $2 text name or null, $3 uuid broker connection or null, $4 bool enabled or null,
-- $5 bool, $6 numeric risk_override_pct · $7 bool, $8 text[] allowed_pairs · $9 bool, $10 int max_signal_age_seconds
-- $11 bool, $12 numeric default_volume · $13 bool, $14 numeric default_sl_pips · $15 bool, $16 numeric default_tp_pips
update tv_strategies set
    name = coalesce($2, name),
    broker_connection_id = coalesce($3, broker_connection_id),
    is_enabled = coalesce($4, is_enabled),
    risk_override_pct = case when $5 then $6 else risk_override_pct end,
    allowed_pairs = case when $7 then $8 else allowed_pairs end,
    max_signal_age_seconds = case when $9 then $10 else max_signal_age_seconds end,
    default_volume = case when $11 then $12 else default_volume end,
    default_sl_pips = case when $13 then $14 else default_sl_pips end,
    default_tp_pips = case when $15 then $16 else default_tp_pips end
 where id = $1
returning id, broker_connection_id, name, webhook_secret, previous_secret_expires_at, risk_override_pct, allowed_pairs,
    is_enabled, max_signal_age_seconds, magic_number, default_volume, default_sl_pips, default_tp_pips, created_at, updated_at
