-- The caller's broker accounts that were ever reported, with their day as the risk gate counts it, under row-level security.
--
-- $1 timestamptz now, null for the server's clock
select a.broker_connection_id, c.name, a.balance, a.equity, a.margin, a.free_margin, a.currency, a.leverage, a.reported_at,
       (select count(*) from positions p where p.broker_connection_id = a.broker_connection_id) as open_positions,
       day.floating, day.started_at, a.day_start_equity, day.realised, day.result, round(day.allowance, 2) as allowance
  from account_snapshots a
  join broker_connections c on c.id = a.broker_connection_id
  join user_settings u on u.user_id = a.user_id
 cross join lateral forexelite.account_day(a.user_id, a.broker_connection_id, u.timezone, u.daily_loss_limit_pct,
     coalesce(a.day_start_equity, u.account_balance), coalesce($1::timestamptz, now())) day
 order by c.name, c.id
