-- Who there is: a user's profile and settings, the broker accounts, the agents that reach them.
-- auth.users, auth.uid() and the roles anon, authenticated and service_role are Supabase's.

create schema forexelite;
comment on schema forexelite is 'Functions of this project; not exposed by the data API.';

create function forexelite.touch_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
    -- An update that changes nothing, as an idempotent insert makes, is no change.
    if new is distinct from old then
        new.updated_at := now();
    end if;
    return new;
end $$;

create table profiles (
    id           uuid primary key references auth.users (id) on delete cascade,
    email        text,
    display_name text check (char_length(display_name) between 1 and 80),
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

create table user_settings (
    user_id                uuid primary key references profiles (id) on delete cascade,
    account_balance        numeric(14, 2) check (account_balance >= 0),
    risk_percent           numeric(5, 2) not null default 1.0 check (risk_percent > 0 and risk_percent <= 100),
    account_currency       text not null default 'USD' check (account_currency ~ '^[A-Z]{3}$'),
    disclaimer_accepted    boolean not null default false,
    disclaimer_accepted_at timestamptz,
    preferred_pairs        text[] not null default '{}',
    daily_loss_limit_pct   numeric(5, 2) check (daily_loss_limit_pct > 0 and daily_loss_limit_pct <= 100),
    max_open_positions     int check (max_open_positions >= 0),
    max_lot_size           numeric(10, 2) check (max_lot_size > 0),
    trading_mode           text not null default 'active' check (trading_mode in ('active', 'reducing', 'halted')),
    -- Converting to an unknown zone raises, so only a zone this server knows can be stored.
    timezone               text not null default 'UTC' check ((timestamptz 'epoch' at time zone timezone) is not null),
    created_at             timestamptz not null default now(),
    updated_at             timestamptz not null default now()
);

create table broker_connections (
    id          uuid primary key default gen_random_uuid(),
    user_id     uuid not null references profiles (id) on delete cascade,
    broker_type text not null check (broker_type in ('OANDA', 'MT5_AGENT', 'METAAPI')),
    name        text not null check (char_length(name) between 1 and 80),
    credentials jsonb,
    symbol_map  jsonb not null default '{}' check (jsonb_typeof(symbol_map) = 'object'),
    is_active   boolean not null default true,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    unique (id, user_id)
);
create index broker_connections_user_id_idx on broker_connections (user_id);
comment on constraint broker_connections_id_user_id_key on broker_connections is
    'Lets other tables refer to (id, user_id), so that a row of one user cannot point at another''s.';

create table mt5_agents (
    id                   uuid primary key default gen_random_uuid(),
    user_id              uuid not null references profiles (id) on delete cascade,
    broker_connection_id uuid,
    agent_name           text not null check (char_length(agent_name) between 1 and 80),
    terminal_server      text,
    login                text,
    -- The terminal keeps its own login; this project never fills the column.
    password_encrypted   text,
    is_connected         boolean not null default false,
    last_heartbeat       timestamptz,
    pairing_key_hash     text not null default '',
    pairing_key_prefix   text not null default '',
    status_reported      jsonb,
    is_public_feed       boolean not null default false,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    unique (id, user_id),
    foreign key (broker_connection_id, user_id) references broker_connections (id, user_id)
        on delete set null (broker_connection_id)
) with (fillfactor = 80);
create index mt5_agents_user_id_idx on mt5_agents (user_id);
-- A key names its agent by this prefix, so one look-up tells both who calls and whether the path is theirs.
create unique index mt5_agents_pairing_key_prefix_idx on mt5_agents (pairing_key_prefix) where pairing_key_prefix <> '';
create index mt5_agents_broker_connection_id_idx on mt5_agents (broker_connection_id);
comment on column mt5_agents.pairing_key_hash is 'bcrypt hash of the full key';
comment on column mt5_agents.pairing_key_prefix is 'the 8 characters that the dashboard shows';

create trigger profiles_touch before update on profiles
    for each row execute function forexelite.touch_updated_at();
create trigger user_settings_touch before update on user_settings
    for each row execute function forexelite.touch_updated_at();
create trigger broker_connections_touch before update on broker_connections
    for each row execute function forexelite.touch_updated_at();
create trigger mt5_agents_touch before update on mt5_agents
    for each row execute function forexelite.touch_updated_at();

create function forexelite.create_profile() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into public.profiles (id, email) values (new.id, new.email);
    insert into public.user_settings (user_id) values (new.id);
    return new;
end $$;

create trigger create_profile after insert on auth.users
    for each row execute function forexelite.create_profile();
