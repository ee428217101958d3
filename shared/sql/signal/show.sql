-- $1 uuid signal
select id, strategy_id, symbol, action, trim_scale(price) as price, trim_scale(volume) as volume, trim_scale(sl) as sl,
       trim_scale(tp) as tp, tv_time, status, reason_code, error_message, trim_scale(fill_price) as fill_price,
       broker_order_id, job_id, raw_payload, received_at, claimed_at, sent_at, filled_at, resolved_at
  from tv_signals
 where id = $1
