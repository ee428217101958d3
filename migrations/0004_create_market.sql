-- What agents report about accounts and prices, and who is watching.

create table account_snapshots (
    broker_connection_id uuid primary key,
    user_id              uuid not null references profiles (id) on delete cascade,
    balance              numeric(20, 2) not null,
    equity               numeric(20, 2) not null,
    margin               numeric(20, 2) not null default 0,
    free_margin          numeric(20, 2) not null default 0,
    currency             text not null check (char_length(currency) between 3 and 8),
    leverage             int check (leverage > 0),
    day_start_equity     numeric(20, 2),
    reported_at          timestamptz not null default now(),
    foreign key (broker_connection_id, user_id) references broker_connections (id, user_id) on delete cascade
) with (fillfactor = 50);
create index account_snapshots_user_id_idx on account_snapshots (user_id);

create table positions (
    broker_connection_id uuid not null,
    ticket               bigint not null,
    user_id              uuid not null references profiles (id) on delete cascade,
    symbol               text not null,
    side                 text not null check (side in ('buy', 'sell')),
    volume               numeric(20, 8) not null check (volume > 0),
    open_price           numeric(20, 8) not null,
    sl                   numeric(20, 8),
    tp                   numeric(20, 8),
    profit               numeric(14, 2) not null default 0,
    swap                 numeric(14, 2) not null default 0,
    magic_number         bigint not null default 0,
    opened_at            timestamptz not null,
    reported_at          timestamptz not null default now(),
    primary key (broker_connection_id, ticket),
    foreign key (broker_connection_id, user_id) references broker_connections (id, user_id) on delete cascade
) with (fillfactor = 50);
create index positions_user_id_idx on positions (user_id);

-- Unlogged: a price lost in a crash is replaced by the next tick. No index on what a tick changes, so that it
-- updates in place.
create unlogged table latest_prices (
    user_id    uuid not null references profiles (id) on delete cascade,
    instrument text not null,
    bid        numeric(20, 8) not null check (bid > 0),
    ask        numeric(20, 8) not null,
    ts         timestamptz not null,
    agent_id   uuid,
    primary key (user_id, instrument),
    foreign key (agent_id, user_id) references mt5_agents (id, user_id) on delete set null (agent_id),
    check (bid <= ask)
) with (fillfactor = 50);
create index latest_prices_agent_id_idx on latest_prices (agent_id);

create table candles (
    user_id    uuid not null references profiles (id) on delete cascade,
    instrument text not null,
    ts         timestamptz not null check (date_trunc('minute', ts, 'UTC') = ts),
    open       numeric(20, 8) not null,
    high       numeric(20, 8) not null,
    low        numeric(20, 8) not null,
    close      numeric(20, 8) not null,
    volume     numeric(20, 2) not null default 0 check (volume >= 0),
    primary key (user_id, instrument, ts),
    check (low > 0 and low <= least(open, close) and high >= greatest(open, close))
);

create table ws_connections (
    connection_id text primary key,
    user_id       uuid not null references profiles (id) on delete cascade,
    kind          text not null check (kind in ('dashboard', 'agent')),
    agent_id      uuid,
    instruments   text[] not null default '{}' check (cardinality(instruments) <= 50),
    connected_at  timestamptz not null default now(),
    last_seen_at  timestamptz not null default now(),
    foreign key (agent_id, user_id) references mt5_agents (id, user_id) on delete cascade,
    check ((kind = 'agent') = (agent_id is not null))
);
create index ws_connections_user_id_idx on ws_connections (user_id);
create index ws_connections_agent_id_idx on ws_connections (agent_id) where agent_id is not null;
