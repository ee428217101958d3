-- The first acceptance counts: sent again, its time stays.
--
-- $1 uuid user
update user_settings set
    disclaimer_accepted = true,
    disclaimer_accepted_at = case when disclaimer_accepted then coalesce(disclaimer_accepted_at, now()) else now() end
 where user_id = $1
returning account_balance, risk_percent, account_currency, preferred_pairs, daily_loss_limit_pct, max_open_positions,
    max_lot_size, trading_mode, timezone, disclaimer_accepted, disclaimer_accepted_at, updated_at
