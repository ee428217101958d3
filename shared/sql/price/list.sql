-- The newest price of every instrument that the caller or a public feed has, under row-level security. Whose it is says
-- forexelite.price_source, as for every other price that is shown.
-- The owners are named although row-level security would leave others out, so that the indexes find the rows; and each price
-- is looked up by itself, for the planner does not know how few they are.
--
-- $1 timestamptz now, null for the server's clock
with known as (
    select p.instrument from latest_prices p where p.user_id = (select auth.uid())
     union
    select p.instrument from latest_prices p where p.agent_id = any (array(select f.agent_id from forexelite.public_feeds() f))
)
select known.instrument, trim_scale(price.bid) as bid, trim_scale(price.ask) as ask, price.ts,
       case when seen.source = (select auth.uid()) then 'own' else 'feed' end as source
  from known
 cross join lateral (
    select forexelite.price_source((select auth.uid()), known.instrument, coalesce($1::timestamptz, now())) as source
    offset 0) seen
 cross join lateral (
    select p.bid, p.ask, p.ts from latest_prices p where p.user_id = seen.source and p.instrument = known.instrument
    limit 1) price
 order by known.instrument
