-- As the user, who was granted these columns. A value that may be null comes with whether it was sent at all.
-- The column would also take what only looks like a zone: in POSIX "UTC+3" lies three hours west, and a user's day would
-- begin six hours off. So a zone is one of the list, which is read from files and only when a zone is sent.
--
-- $1 uuid user, $2 numeric risk_percent or null, $3 text account_currency or null, $4 text[] preferred_pairs or null,
-- $5 text trading_mode or null, $6 text timezone or null, $7 bool, $8 numeric account_balance ·
-- $9 bool, $10 numeric daily_loss_limit_pct · $11 bool, $12 int max_open_positions · $13 bool, $14 numeric max_lot_size
with zone as materialized (
    select $6::text is null or exists (select from pg_timezone_names where name = $6) as is_known
),
changed as (
    update user_settings set
        risk_percent = coalesce($2, risk_percent),
        account_currency = coalesce($3, account_currency),
        preferred_pairs = coalesce($4, preferred_pairs),
        trading_mode = coalesce($5, trading_mode),
        timezone = coalesce($6, timezone),
        account_balance = case when $7 then $8 else account_balance end,
        daily_loss_limit_pct = case when $9 then $10 else daily_loss_limit_pct end,
        max_open_positions = case when $11 then $12 else max_open_positions end,
        max_lot_size = case when $13 then $14 else max_lot_size end
      from zone
     where user_id = $1 and zone.is_known
    returning user_id, account_balance, risk_percent, account_currency, preferred_pairs, daily_loss_limit_pct,
        max_open_positions, max_lot_size, trading_mode, timezone, disclaimer_accepted, disclaimer_accepted_at, updated_at
)
select zone.is_known as zone_is_known, c.user_id, c.account_balance, c.risk_percent, c.account_currency, c.preferred_pairs,
       c.daily_loss_limit_pct, c.max_open_positions, c.max_lot_size, c.trading_mode, c.timezone, c.disclaimer_accepted,
       c.disclaimer_accepted_at, c.updated_at
  from zone left join changed c on true
