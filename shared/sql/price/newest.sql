-- The newest prices of the named sources. A broadcast asks at the moment it sends, so whatever waited in the queue, the
-- newest is what goes out.
--
-- $1 uuid[] sources and $2 text[] their instruments, in pairs
select p.user_id as source, p.instrument, trim_scale(p.bid) as bid, trim_scale(p.ask) as ask, p.ts
  from unnest($1::uuid[], $2::text[]) as asked (source, instrument)
  join latest_prices p on p.user_id = asked.source and p.instrument = asked.instrument
