-- The caller's signals, newest first, under row-level security. The cursor is the last row's time and id.
--
-- $1 uuid strategy or null, $2 text status or null, $3 timestamptz and $4 uuid of the cursor or nulls, $5 bigint limit
select id, strategy_id, symbol, action, trim_scale(price) as price, trim_scale(volume) as volume, trim_scale(sl) as sl,
       trim_scale(tp) as tp, tv_time, status, reason_code, error_message, trim_scale(fill_price) as fill_price,
       broker_order_id, job_id, raw_payload, received_at, claimed_at, sent_at, filled_at, resolved_at
  from tv_signals
 where ($1::uuid is null or strategy_id = $1)
   and ($2::text is null or status = $2)
   and ($3::timestamptz is null or (received_at, id) < ($3, $4))
 order by received_at desc, id desc
 limit $5
