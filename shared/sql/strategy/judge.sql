-- How the risk gate would judge an alert now; nothing is stored. The arguments are found as in signal/receive.
--
-- $1 uuid strategy, $2 uuid user, $3 text symbol, $4 text action, $5 numeric volume, $6 numeric risk_pct, $7 bool whether
-- the alert has a stop, $8 timestamptz the alert's time
select judged.reason_code, judged.detail,
       case when $4 <> 'close' then coalesce($5, case when $6::numeric is null then s.default_volume end) else $5 end as volume,
       coalesce($6, s.risk_override_pct, u.risk_percent) as risk_pct,
       s.default_sl_pips, s.default_tp_pips, u.max_lot_size
  from tv_strategies s
  join user_settings u on u.user_id = s.user_id
  cross join lateral forexelite.judge_order(s,
      $4, $3, coalesce($5, case when $6::numeric is null then s.default_volume end),
      $7 or s.default_sl_pips is not null, $8, now()) judged
 where s.id = $1 and s.user_id = $2
