-- $1 uuid user
select account_balance, risk_percent, account_currency, preferred_pairs, daily_loss_limit_pct, max_open_positions,
       max_lot_size, trading_mode, timezone, disclaimer_accepted, disclaimer_accepted_at, updated_at
  from user_settings
 where user_id = $1
