-- Ticks and closed bars of an agent. A tick is stored when it is newer than the stored one; in the order of instruments, so
-- that two agents of one user cannot lock each other out. Also told: what somebody watches.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent of the path,
-- of ticks: $4 text[] instruments (each once), $5 numeric[] bids, $6 numeric[] asks, $7 timestamptz[] times, null = now
-- of bars: $8 text[] instruments, $9 timestamptz[] minutes, $10 numeric[] open, $11 numeric[] high, $12 numeric[] low,
-- $13 numeric[] close, $14 numeric[] volume
-- $15 timestamptz now, null for the server's clock
with clock as (
    select coalesce($15::timestamptz, now()) as at
),
caller as materialized (
    select id, user_id, broker_connection_id, is_public_feed, pairing_key_hash, pairing_key_hash = $2 and id = $3 as proven
      from mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
),
stored as (
    insert into latest_prices as p (user_id, instrument, bid, ask, ts, agent_id)
    select caller.user_id, t.instrument, t.bid, t.ask, coalesce(t.ts, (select at from clock)), caller.id
      from caller cross join unnest($4::text[], $5::numeric[], $6::numeric[], $7::timestamptz[]) as t (instrument, bid, ask, ts)
     where caller.proven
     order by t.instrument
    on conflict (user_id, instrument) do update set
        bid = excluded.bid, ask = excluded.ask, ts = excluded.ts, agent_id = excluded.agent_id
     where p.ts < excluded.ts
    returning instrument
),
bars as (
    insert into candles as c (user_id, instrument, ts, open, high, low, close, volume)
    select caller.user_id, b.instrument, b.ts, b.open, b.high, b.low, b.close, b.volume
      from caller cross join unnest($8::text[], $9::timestamptz[], $10::numeric[], $11::numeric[], $12::numeric[],
          $13::numeric[], $14::numeric[]) as b (instrument, ts, open, high, low, close, volume)
     where caller.proven
     order by b.instrument, b.ts
    on conflict (user_id, instrument, ts) do update set
        open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
     where (c.open, c.high, c.low, c.close, c.volume)
        is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
)
select caller.id as agent_id, caller.pairing_key_hash, caller.user_id,
       array(select instrument from stored) as stored,
       case when caller.proven then forexelite.watched_instruments(caller.user_id, caller.is_public_feed) end as instruments,
       case when caller.proven then forexelite.jobs_waiting($3, caller.user_id, caller.broker_connection_id,
           (select at from clock)) end as jobs_waiting
  from caller
