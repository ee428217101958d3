-- No socket sees an instrument go back in time, whoever its price comes from. The queue has one line for each source and
-- handles one message of a line at a time; so whose prices a socket is sent is changed only where the source that must stop
-- cannot be at work.

alter table latest_prices add column follows timestamptz not null default 'infinity';
comment on column latest_prices.follows is
    'Only a newer price goes to the owner''s sockets: a public feed''s were sent up to here. Infinity while they still are.';

-- Of two feeds, two lines would serve one socket.
create function forexelite.guard_public_feed() returns trigger
language plpgsql set search_path = '' as $$
begin
    if exists (select from public.mt5_agents a where a.is_public_feed and a.user_id <> new.user_id) then
        perform forexelite.refuse('mt5_agents_one_public_feed', 'the public feeds are agents of one user');
    end if;
    return new;
end $$;
revoke all on function forexelite.guard_public_feed from public;
create trigger mt5_agents_guard_public_feed before insert or update of is_public_feed, user_id on mt5_agents
    for each row when (new.is_public_feed) execute function forexelite.guard_public_feed();

-- Called by the broadcast of these ticks. While a user's own price is fresh or the newest, it leads, as in
-- forexelite.price_source. Rows are locked in the order in which a push locks them.
create function forexelite.hand_over_prices(sources uuid[], ticked text[], feed uuid, at timestamptz) returns void
language plpgsql set search_path = '' as $$
begin
    -- In the feed's line: no other broadcast of the feed is at work, and this one sends to those who follow after this.
    if feed = any (sources) then
        with turned as (
            select own.user_id, own.instrument,
                   case when lead.is_own then served.ts else 'infinity' end as follows
              from (select distinct w.user_id, i as instrument
                      from public.ws_connections w cross join unnest(w.instruments) as i
                     where w.kind = 'dashboard' and w.user_id <> feed and w.instruments && ticked and i = any (ticked)) watched
              join public.latest_prices own on own.user_id = watched.user_id and own.instrument = watched.instrument
              join public.latest_prices served on served.user_id = feed and served.instrument = watched.instrument
             cross join lateral (
                select own.ts > hand_over_prices.at - interval '1 minute' or own.ts >= served.ts as is_own) lead
             where lead.is_own = (own.follows = 'infinity')
             order by own.user_id, own.instrument
               for no key update of own
        )
        update public.latest_prices p set follows = turned.follows
          from turned where p.user_id = turned.user_id and p.instrument = turned.instrument;
    end if;
    -- In the user's own line: where the feed has been silent for longer than two broadcasts may take, none is at work.
    with turned as (
        select own.user_id, own.instrument, coalesce(served.ts, '-infinity') as follows
          from unnest(sources, ticked) as t (source, instrument)
          join public.latest_prices own on own.user_id = t.source and own.instrument = t.instrument and own.follows = 'infinity'
          left join public.latest_prices served on served.user_id = feed and served.instrument = t.instrument
         where t.source <> feed and (served.ts is null or served.ts < hand_over_prices.at - interval '10 seconds')
         order by own.user_id, own.instrument
           for no key update of own
    )
    update public.latest_prices p set follows = turned.follows
      from turned where p.user_id = turned.user_id and p.instrument = turned.instrument;
end $$;
revoke all on function forexelite.hand_over_prices from public;
grant execute on function forexelite.hand_over_prices to service_role;

-- As in 0011, but of prices: from one source at a time.
create or replace function forexelite.audience(
    sources uuid[], ticked text[], with_news uuid[], belled uuid[], accounts uuid[], watching uuid[], at timestamptz)
returns table (hears text, key uuid, instruments text[], sockets text[])
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
    feed uuid;
begin
    -- Asked one by one, since most batches hold only one kind.
    if cardinality(sources) > 0 then
        feed := (select a.user_id from public.mt5_agents a where a.is_public_feed limit 1);
        if feed is not null then
            perform forexelite.hand_over_prices(sources, ticked, feed, at);
        end if;
        return query
        with ticks as materialized (
            select t.source, array_agg(t.instrument) as instruments, t.source is not distinct from feed as is_feed
              from unnest(audience.sources, audience.ticked) as t (source, instrument)
             -- Nearly a minute old it may be the feed's turn before this is sent.
             where feed is null or t.source = feed or exists (
                   select from public.latest_prices own
                    where own.user_id = t.source and own.instrument = t.instrument and own.ts > own.follows
                      and (own.ts > audience.at - interval '50 seconds' or not exists (
                           select from public.latest_prices served
                            where served.user_id = feed and served.instrument = t.instrument and served.ts > own.ts)))
             group by t.source
        )
        select 'prices', t.source, served.instruments, array_agg(w.connection_id)
          from ticks t
          join public.ws_connections w on w.user_id = t.source and w.kind = 'dashboard' and w.instruments && t.instruments
         cross join lateral (
            select array(select i from unnest(w.instruments) as i where i = any (t.instruments)) as instruments) served
         group by t.source, served.instruments
        union all
        select 'prices', t.source, served.instruments, array_agg(w.connection_id)
          from ticks t
          join public.ws_connections w on t.is_feed and w.user_id <> t.source and w.kind = 'dashboard'
               and w.instruments && t.instruments
         cross join lateral (
            select array(select i from unnest(w.instruments) as i
                          where i = any (t.instruments)
                            and not exists (select from public.latest_prices own
                                             where own.user_id = w.user_id and own.instrument = i
                                               and own.follows < 'infinity')) as instruments) served
         where served.instruments <> '{}'
         group by t.source, served.instruments;
    end if;
    if cardinality(with_news) > 0 then
        return query
        select 'news', w.user_id, '{}'::text[], array_agg(w.connection_id)
          from public.ws_connections w where w.user_id = any (audience.with_news) and w.kind = 'dashboard'
         group by w.user_id;
    end if;
    if cardinality(belled) > 0 then
        return query
        select 'doorbell', w.user_id, '{}'::text[], array_agg(distinct w.connection_id)
          from unnest(audience.belled, audience.accounts) as b (user_id, broker_connection_id)
          join public.mt5_agents a on a.user_id = b.user_id
               and (b.broker_connection_id is null or a.broker_connection_id = b.broker_connection_id)
          join public.ws_connections w on w.agent_id = a.id and w.kind = 'agent'
         group by w.user_id;
    end if;
    if cardinality(watching) > 0 then
        return query
        select 'instruments', a.user_id, forexelite.watched_instruments(a.user_id, false), array_agg(w.connection_id)
          from public.mt5_agents a join public.ws_connections w on w.agent_id = a.id and w.kind = 'agent'
         where a.user_id = any (audience.watching) and not a.is_public_feed
         group by a.user_id;
    end if;
end $$;
