-- The caller's open positions, newest first, under row-level security. Of the jobs that close one, the one that closes it
-- wholly is told, or the oldest.
--
-- $1 text symbol or null, $2 uuid broker connection or null
with closing as materialized (
    select distinct on (j.broker_connection_id, j.input_data ->> 'ticket')
           j.broker_connection_id, j.input_data ->> 'ticket' as ticket, j.id
      from forexelite.closes_on_their_way((select auth.uid())) j
     order by j.broker_connection_id, j.input_data ->> 'ticket', j.input_data ? 'volume', j.created_at
)
select p.broker_connection_id, p.ticket, p.symbol, p.side, trim_scale(p.volume) as volume, trim_scale(p.open_price) as open_price,
       trim_scale(p.sl) as sl, trim_scale(p.tp) as tp, p.profit, p.swap, p.magic_number, p.opened_at,
       coalesce(a.reported_at, p.reported_at) as reported_at, s.id as strategy_id, s.name as strategy_name,
       closing.id as closing_job_id
  from positions p
  left join account_snapshots a on a.broker_connection_id = p.broker_connection_id
  left join tv_strategies s on s.user_id = p.user_id and s.magic_number = p.magic_number
  left join closing on closing.broker_connection_id = p.broker_connection_id and closing.ticket = p.ticket::text
 where ($1::text is null or p.symbol = $1)
   and ($2::uuid is null or p.broker_connection_id = $2)
 order by p.opened_at desc, p.ticket desc, p.broker_connection_id
