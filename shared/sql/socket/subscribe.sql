-- Adds instruments to what a dashboard's socket watches; the table's check holds the limit. Told for each: whose price it
-- will see, so that the last known one can be sent by the way of all its prices, in their order.
-- No row when there is no such socket.
--
-- $1 text connection, $2 text[] instruments
with subscribed as (
    update ws_connections w set last_seen_at = now(),
        instruments = array(select distinct i from unnest(w.instruments || $2::text[]) as i order by 1)
     where w.connection_id = $1 and w.kind = 'dashboard'
    returning w.user_id
)
select s.user_id, asked.instrument, forexelite.price_source(s.user_id, asked.instrument, now()) as source,
       exists (select from ws_connections a where a.user_id = s.user_id and a.kind = 'agent') as agent_listens
  from subscribed s cross join unnest($2::text[]) as asked (instrument)
