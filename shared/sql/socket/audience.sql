-- Who hears what, sockets of the same interest in one row. Of a price: the source's own dashboards and, where the source
-- is a public feed, everybody's who watch it and have no fresh price of their own. Of news: a user's dashboards. Of the
-- doorbell: the user's agents that could claim the job.
--
-- of ticks: $1 uuid[] sources and $2 text[] their instruments, in pairs
-- $3 uuid[] users with news
-- $4 uuid[] users with jobs waiting and $5 uuid[] the jobs' broker connections (null: any agent), in pairs
-- $6 uuid[] users whose watched instruments changed
-- $7 timestamptz now, null for the server's clock
with clock as (
    select coalesce($7::timestamptz, now()) as at
),
ticks as materialized (
    select t.source, array_agg(t.instrument) as instruments,
           exists (select from mt5_agents a where a.user_id = t.source and a.is_public_feed) as is_feed
      from unnest($1::uuid[], $2::text[]) as t (source, instrument)
     group by t.source
)
select 'prices' as hears, t.source as key, w.instruments, array_agg(w.connection_id) as sockets
  from ticks t join ws_connections w on w.user_id = t.source and w.kind = 'dashboard' and w.instruments && t.instruments
 group by t.source, w.instruments
union all
select 'prices', t.source, served.instruments, array_agg(w.connection_id)
  from ticks t join ws_connections w on t.is_feed and w.user_id <> t.source and w.kind = 'dashboard'
       and w.instruments && t.instruments
 cross join lateral (
    select array(select i from unnest(w.instruments) as i
                  where i = any (t.instruments)
                    and not exists (select from latest_prices own where own.user_id = w.user_id and own.instrument = i
                                       and own.ts > (select at from clock) - interval '1 minute')) as instruments) served
 group by t.source, served.instruments
union all
select 'news', w.user_id, '{}', array_agg(w.connection_id)
  from ws_connections w where w.user_id = any ($3::uuid[]) and w.kind = 'dashboard'
 group by w.user_id
union all
select 'doorbell', w.user_id, '{}', array_agg(distinct w.connection_id)
  from unnest($4::uuid[], $5::uuid[]) as b (user_id, broker_connection_id)
  join mt5_agents a on a.user_id = b.user_id
       and (b.broker_connection_id is null or a.broker_connection_id = b.broker_connection_id)
  join ws_connections w on w.agent_id = a.id and w.kind = 'agent'
 group by w.user_id
union all
select 'instruments', a.user_id,
       forexelite.watched_instruments(a.user_id, false), array_agg(w.connection_id)
  from mt5_agents a join ws_connections w on w.agent_id = a.id and w.kind = 'agent'
 where a.user_id = any ($6::uuid[]) and not a.is_public_feed
 group by a.user_id
