-- Who may open a socket, who is told what, and what agents report once each.

-- A socket ticket opens one socket: its id is kept until it would have expired anyway.
create table used_tickets (
    ticket_id  uuid primary key,
    user_id    uuid not null references profiles (id) on delete cascade,
    expires_at timestamptz not null
);
create index used_tickets_user_id_idx on used_tickets (user_id);
create index used_tickets_expires_at_idx on used_tickets (expires_at);
alter table used_tickets enable row level security;
create policy owner_reads on used_tickets for select to authenticated using ((select auth.uid()) = user_id);
grant select on used_tickets to authenticated;

-- Who watches an instrument, for the agents that serve everybody.
create index ws_connections_instruments_idx on ws_connections using gin (instruments) where kind = 'dashboard';
create index mt5_agents_public_feed_idx on mt5_agents (user_id) where is_public_feed;

-- Also finds a feed's price of one instrument; neither column changes with a tick.
create index latest_prices_agent_id_instrument_idx on latest_prices (agent_id, instrument);
drop index latest_prices_agent_id_idx;

-- A deal counts once, however often it is reported.
alter table trade_events add column external_deal_id text;
create unique index trade_events_deal_idx on trade_events (broker_connection_id, external_deal_id)
    where external_deal_id is not null;

-- The agents whose prices serve everybody. With their owner's rights, since agents are otherwise their owner's alone.
create function forexelite.public_feeds() returns table (agent_id uuid, user_id uuid)
language sql stable security definer set search_path = '' as $$
    select a.id, a.user_id from public.mt5_agents a where a.is_public_feed
$$;
revoke all on function forexelite.public_feeds from public;
grant execute on function forexelite.public_feeds to service_role, authenticated;
create policy feed_reads on latest_prices for select to authenticated
    using (agent_id in (select f.agent_id from forexelite.public_feeds() f));
create policy feed_reads on candles for select to authenticated
    using (user_id in (select f.user_id from forexelite.public_feeds() f));

-- Whose price of an instrument a user sees: their own while it is fresh or the only one there is, else that of a public
-- feed. One place, because what is listed, what is sent after a subscribe and what is broadcast must agree.
create function forexelite.price_source(of_user uuid, of_instrument text, at timestamptz) returns uuid
language plpgsql stable set search_path = '' as $$
declare
    own  timestamptz;
    feed record;
begin
    select p.ts into own from public.latest_prices p where p.user_id = of_user and p.instrument = of_instrument;
    if own > at - interval '1 minute' then
        return of_user;
    end if;
    select p.user_id, p.ts into feed
      from forexelite.public_feeds() f
      join public.latest_prices p on p.agent_id = f.agent_id and p.instrument = of_instrument
     order by p.ts desc limit 1;
    return case when own is null or feed.ts > own then feed.user_id else of_user end;
end $$;
revoke all on function forexelite.price_source from public;
grant execute on function forexelite.price_source to service_role, authenticated;

-- What an agent is asked to stream: what its user's dashboards watch; of a public feed, what anybody's do.
create function forexelite.watched_instruments(of_user uuid, of_everybody boolean) returns text[]
language plpgsql stable set search_path = '' as $$
begin
    if of_everybody then
        return array(select distinct i from public.ws_connections w cross join unnest(w.instruments) as i
                      where w.kind = 'dashboard' order by 1 limit 200);
    end if;
    return array(select distinct i from public.ws_connections w cross join unnest(w.instruments) as i
                  where w.user_id = of_user and w.kind = 'dashboard' order by 1 limit 200);
end $$;
revoke all on function forexelite.watched_instruments from public;
grant execute on function forexelite.watched_instruments to service_role;
