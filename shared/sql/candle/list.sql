-- The newest candles of an instrument that begin before a time, newest first, under row-level security: of one source, the
-- caller's own where they have any within the asked number of candles back from the newest that anybody has, else those of
-- the feed that has it.
-- All but minutes are computed, aligned to UTC. Of the minutes, as many are enough as the candles could have at most,
-- wherever the gaps are: so the index gives the rows, and nothing older is read.
--
-- $1 text instrument, $2 int minutes of a candle, $3 timestamptz before which candles begin, null for all there are,
-- $4 bigint how many candles
-- $5 timestamptz now, null for the server's clock
with asked as (
    select step, coalesce(
               -- The end of the last candle that begins before.
               date_bin(step, $3::timestamptz - interval '1 microsecond', timestamptz 'epoch') + step,
               timestamptz 'infinity') as until
      from (select make_interval(mins => $2) as step) candle
),
source as materialized (
    select s.user_id, s.own, newest.ts
      from (select (select auth.uid()) as user_id, true as own
             union all
            select f.user_id, false from forexelite.public_feeds() f where f.user_id <> (select auth.uid())) s
     cross join lateral (
        select c.ts from candles c
         where c.user_id = s.user_id and c.instrument = $1 and c.ts < (select until from asked)
         order by c.ts desc limit 1) newest
),
chosen as materialized (
    select s.user_id from source s
     where not s.own or s.ts > (select max(ts) from source) - (select step from asked) * $4::bigint
     order by s.own desc, s.ts desc limit 1
),
oldest as (
    select coalesce((
        select c.ts from candles c
         where c.user_id = (select user_id from chosen) and c.instrument = $1 and c.ts < (select until from asked)
         order by c.ts desc offset $4 * $2 - 1 limit 1
    ), '-infinity') as ts
),
candle as (
    select date_bin((select step from asked), m.ts, timestamptz 'epoch') as ts, min(m.ts) as first, max(m.ts) as last,
           max(m.high) as high, min(m.low) as low, sum(m.volume) as volume
      from candles m
     where m.user_id = (select user_id from chosen) and m.instrument = $1
       and m.ts >= (select ts from oldest) and m.ts < (select until from asked)
     group by 1 order by 1 desc limit $4
)
select k.ts, trim_scale(first.open) as open, trim_scale(k.high) as high, trim_scale(k.low) as low,
       trim_scale(last.close) as close, trim_scale(k.volume) as volume,
       -- Its last minute is there, or a minute overdue.
       k.last + interval '1 minute' = k.ts + (select step from asked)
           or k.ts + (select step from asked) + interval '1 minute' <= coalesce($5::timestamptz, now()) as complete
  from candle k
  join candles first on first.user_id = (select user_id from chosen) and first.instrument = $1 and first.ts = k.first
  join candles last on last.user_id = (select user_id from chosen) and last.instrument = $1 and last.ts = k.last
 order by k.ts desc
