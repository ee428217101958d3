-- The caller's audit log, newest first, under row-level security. The cursor is the last row's time and id.
--
-- $1 text symbol or null, $2 uuid broker connection or null, $3 text event type or null,
-- $4 timestamptz from and $5 timestamptz to (not itself), or nulls,
-- $6 timestamptz and $7 uuid of the cursor or nulls, $8 bigint limit
select id, broker_connection_id, event_type, pair as symbol, direction, trim_scale(quantity) as volume,
       trim_scale(entry_price) as entry_price, trim_scale(exit_price) as exit_price, trim_scale(sl) as sl, trim_scale(tp) as tp,
       profit_loss, external_order_id, external_position_id, external_deal_id,
       (metadata ->> 'magic_number')::bigint as magic_number, metadata ->> 'comment' as comment,
       (metadata ->> 'job_id')::uuid as job_id, (metadata ->> 'signal_id')::uuid as signal_id,
       metadata ->> 'reason_code' as reason_code, notes, created_at
  from trade_events
 where ($1::text is null or pair = $1)
   and ($2::uuid is null or broker_connection_id = $2)
   and ($3::text is null or event_type = $3)
   and ($4::timestamptz is null or created_at >= $4)
   and ($5::timestamptz is null or created_at < $5)
   and ($6::timestamptz is null or (created_at, id) < ($6, $7))
 order by created_at desc, id desc
 limit $8
