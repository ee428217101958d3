-- A TradingView alert becomes a signal and, where the risk gate lets it through, a job: judged, deduplicated and stored
-- in one statement, so that nothing can change in between and a resent alert meets the row of the first.
--
-- $1  bytea        sha256 of the webhook secret
-- $2  uuid         id of the signal, $3 uuid id of its job
-- $4  text         symbol           (null with $5 when the body could not be read)
-- $5  text         action           buy | sell | close
-- $6  text         close_side       long | short | null
-- $7  numeric      price, $8 volume (lots), $9 risk_pct, $10 sl, $11 tp (prices), $12 sl_pips, $13 tp_pips
-- $14 timestamptz  the alert's own time
-- $15 jsonb        raw payload, secrets blanked
-- $16 text         hex sha256 of the body
-- $17 text         why the body could not be read (code), $18 text the sentence
-- $19 text         order comment: the tag by which the agent finds its order again
-- $20 int          deviation in points
-- $21 timestamptz  now, null for the server's clock
with clock as (
    select coalesce($21::timestamptz, now()) as at
),
strategy as materialized (
    select s as whole, s.id, s.user_id, s.broker_connection_id, s.magic_number, s.max_signal_age_seconds,
           u.max_lot_size,
           coalesce($8, case when $9::numeric is null then s.default_volume end) as volume,
           coalesce($9, s.risk_override_pct, u.risk_percent) as risk_pct,
           case when $10::numeric is null then coalesce($12, s.default_sl_pips) end as sl_pips,
           case when $11::numeric is null then coalesce($13, s.default_tp_pips) end as tp_pips
      from tv_strategies s
      join user_settings u on u.user_id = s.user_id, clock
     where sha256(s.webhook_secret::bytea) = $1
        or (sha256(s.previous_webhook_secret::bytea) = $1 and s.previous_secret_expires_at > clock.at)
),
verdict as materialized (
    select forexelite.dedup_key(s.id, $16, $14::timestamptz is not null, clock.at) as dedup_key,
           coalesce($17, judged.reason_code) as reason_code, coalesce($18, judged.detail) as detail
      from strategy s cross join clock
      left join lateral forexelite.judge_order(s.whole, $5, $4, s.volume,
          $10::numeric is not null or s.sl_pips is not null, $14, clock.at) judged on $17::text is null
),
signal as (
    insert into tv_signals (id, strategy_id, user_id, symbol, action, price, volume, sl, tp, tv_time, raw_payload, dedup_key,
        status, reason_code, error_message, job_id, received_at, resolved_at)
    select $2, s.id, s.user_id, $4, $5, $7, $8, $10, $11, $14, $15, v.dedup_key,
           case when v.reason_code is null then 'pending' else 'discarded' end, v.reason_code, v.detail,
           case when v.reason_code is null then $3::uuid end, clock.at, case when v.reason_code is not null then clock.at end
      from strategy s, verdict v, clock
    -- An update that changes nothing, because "do nothing" would not return the row of a concurrent first.
    on conflict (strategy_id, dedup_key) do update set dedup_key = excluded.dedup_key
    returning id, status, reason_code, error_message
),
job as (
    insert into jobs (id, user_id, broker_connection_id, job_type, entity_type, entity_id, not_after, input_data, created_at)
    select $3, s.user_id, s.broker_connection_id, 'trade', 'tv_signal', signal.id,
           -- Entries expire, exits never do.
           case when $5 <> 'close' then clock.at + make_interval(secs => s.max_signal_age_seconds) end,
           jsonb_strip_nulls(case when $5 = 'close' then
               jsonb_build_object('symbol', $4, 'side', $5, 'close_side', $6::text, 'volume', $8::numeric)
           else
               jsonb_build_object('symbol', $4, 'side', $5, 'price', $7::numeric,
                   'volume', s.volume, 'risk_pct', case when s.volume is null then s.risk_pct end,
                   'max_volume', s.max_lot_size, 'sl', $10::numeric, 'tp', $11::numeric,
                   'sl_pips', s.sl_pips, 'tp_pips', s.tp_pips)
           end || jsonb_build_object('magic_number', s.magic_number, 'comment', $19::text, 'deviation_points', $20::int)),
           clock.at
      from strategy s, signal, clock
     where signal.id = $2 and signal.status = 'pending'
)
select signal.id, signal.id <> $2 as duplicate, signal.status, signal.reason_code, signal.error_message,
       s.user_id, s.broker_connection_id,
       exists (select from ws_connections w where w.user_id = s.user_id) as watched
  from signal cross join strategy s
