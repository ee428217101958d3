-- Candles older than thirty days. There is no index by age, which every minute of every instrument would have to pay for:
-- the primary key is walked from one owner and instrument to the next, and of each the oldest are at hand.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most
with recursive kept as (
    (select c.user_id, c.instrument from candles c order by c.user_id, c.instrument limit 1)
    union all
    select next.user_id, next.instrument from kept
     cross join lateral (
        select c.user_id, c.instrument from candles c
         where (c.user_id, c.instrument) > (kept.user_id, kept.instrument)
         order by c.user_id, c.instrument limit 1) next
)
-- By physical place, since the rows were just found and nobody changes old ones.
delete from candles where ctid = any (array(
    select old.ctid from kept
     cross join lateral (
        select c.ctid from candles c
         where c.user_id = kept.user_id and c.instrument = kept.instrument
           and c.ts < coalesce($1::timestamptz, now()) - interval '30 days'
         order by c.ts limit $2) old
     limit $2))
returning instrument
