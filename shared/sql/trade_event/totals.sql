-- What the events of a filter come to, by account, for currencies cannot be added: the result of closed positions and what
-- opening cost, as forexelite.account_day counts. Under row-level security.
--
-- $1 text symbol or null, $2 uuid broker connection or null, $3 text event type or null,
-- $4 timestamptz from and $5 timestamptz to (not itself), or nulls
select e.broker_connection_id, c.name, a.currency,
       coalesce(sum(e.profit_loss) filter (where e.event_type in ('position_opened', 'position_closed')), 0) as profit_loss,
       count(*) filter (where e.event_type = 'position_closed') as closed,
       count(*) filter (where e.event_type = 'position_closed' and e.profit_loss > 0) as won,
       count(*) filter (where e.event_type = 'position_closed' and e.profit_loss < 0) as lost
  from trade_events e
  left join broker_connections c on c.id = e.broker_connection_id
  left join account_snapshots a on a.broker_connection_id = e.broker_connection_id
 where ($1::text is null or e.pair = $1)
   and ($2::uuid is null or e.broker_connection_id = $2)
   and ($3::text is null or e.event_type = $3)
   and ($4::timestamptz is null or e.created_at >= $4)
   and ($5::timestamptz is null or e.created_at < $5)
 group by e.broker_connection_id, c.name, a.currency
 order by c.name, e.broker_connection_id
