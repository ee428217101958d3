-- As service_role, since users write no secrets; the connection was read as the user, and the foreign key on
-- (broker_connection_id, user_id) says the same. The id comes from the idempotency key: sent again, the first is returned.
--
-- $1 uuid id, $2 uuid user, $3 uuid broker connection, $4 text name, $5 text webhook secret, $6 bigint magic number,
-- $7 numeric risk_override_pct, $8 text[] allowed pairs, $9 bool enabled, $10 int max_signal_age_seconds,
-- $11 numeric default_volume, $12 numeric default_sl_pips, $13 numeric default_tp_pips
insert into tv_strategies (id, user_id, broker_connection_id, name, webhook_secret, magic_number, risk_override_pct,
    allowed_pairs, is_enabled, max_signal_age_seconds, default_volume, default_sl_pips, default_tp_pips)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (id) do update set id = excluded.id where tv_strategies.user_id = excluded.user_id
returning id, broker_connection_id, name, webhook_secret, previous_secret_expires_at, risk_override_pct, allowed_pairs,
    is_enabled, max_signal_age_seconds, magic_number, default_volume, default_sl_pips, default_tp_pips, created_at, updated_at
