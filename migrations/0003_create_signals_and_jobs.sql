-- What TradingView said, and what the agents were told to do about it.

create table tv_strategies (
    id                         uuid primary key default gen_random_uuid(),
    user_id                    uuid not null references profiles (id) on delete cascade,
    -- No action rather than restrict: deleting a user takes both in one statement.
    broker_connection_id       uuid not null,
    name                       text not null check (char_length(name) between 1 and 80),
    webhook_secret             text not null unique check (webhook_secret ~ '^[A-Za-z0-9_-]{22,128}$'),
    previous_webhook_secret    text check (previous_webhook_secret ~ '^[A-Za-z0-9_-]{22,128}$'),
    previous_secret_expires_at timestamptz,
    risk_override_pct          numeric(5, 2) check (risk_override_pct > 0 and risk_override_pct <= 100),
    allowed_pairs              text[],
    is_enabled                 boolean not null default true,
    max_signal_age_seconds     int default 60 check (max_signal_age_seconds > 0),
    -- Below 2^53: MetaTrader's is a u64, but JavaScript must not round it.
    magic_number               bigint not null check (magic_number between 1 and 9007199254740991),
    default_volume             numeric(10, 2) check (default_volume > 0),
    default_sl_pips            numeric(10, 1) check (default_sl_pips > 0),
    default_tp_pips            numeric(10, 1) check (default_tp_pips > 0),
    created_at                 timestamptz not null default now(),
    updated_at                 timestamptz not null default now(),
    unique (id, user_id),
    unique (user_id, magic_number),
    foreign key (broker_connection_id, user_id) references broker_connections (id, user_id) on delete no action,
    check ((previous_webhook_secret is null) = (previous_secret_expires_at is null))
);
-- The webhook asks by digest: the secret itself is in no statement that a database could log, and an index walk
-- tells nothing about a guess.
create unique index tv_strategies_webhook_secret_idx on tv_strategies (sha256(webhook_secret::bytea));
create index tv_strategies_previous_secret_idx on tv_strategies (sha256(previous_webhook_secret::bytea))
    where previous_webhook_secret is not null;
create index tv_strategies_user_id_idx on tv_strategies (user_id);
create index tv_strategies_broker_connection_id_idx on tv_strategies (broker_connection_id);

create table jobs (
    id                   uuid primary key default gen_random_uuid(),
    user_id              uuid not null references profiles (id) on delete cascade,
    broker_connection_id uuid,
    agent_id             uuid,
    job_type             text not null
                             check (job_type in ('compile', 'deploy', 'run', 'stop', 'trade', 'close_position')),
    status               text not null default 'pending'
                             check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
    entity_type          text check (entity_type in ('tv_signal', 'ea_version', 'ea_deployment')),
    entity_id            uuid,
    input_data           jsonb not null default '{}',
    output_data          jsonb,
    error_message        text,
    reason_code          text,
    attempts             int not null default 0 check (attempts >= 0),
    not_after            timestamptz,
    lease_expires_at     timestamptz,
    claimed_at           timestamptz,
    started_at           timestamptz,
    completed_at         timestamptz,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    unique (id, user_id),
    foreign key (agent_id, user_id) references mt5_agents (id, user_id) on delete set null (agent_id),
    -- Not set null: a job that forgot its account could be claimed for another one.
    foreign key (broker_connection_id, user_id) references broker_connections (id, user_id) on delete cascade,
    check ((entity_type is null) = (entity_id is null)),
    check (job_type not in ('trade', 'close_position') or broker_connection_id is not null)
    -- Half-empty pages keep updates near their row; a queue's dead entries are cleared early or claims slow down.
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_cost_delay = 0);
-- Most polls find nothing; this index makes them 0.03 ms however many finished jobs there are.
create index jobs_pending_idx on jobs (user_id, created_at) where status = 'pending';
-- Without the lease column, so that extending a lease can stay HOT.
create index jobs_running_idx on jobs (user_id) where status = 'running';
create index jobs_user_id_idx on jobs (user_id, created_at desc, id desc);
create index jobs_agent_id_idx on jobs (agent_id) where agent_id is not null;
create index jobs_broker_connection_id_idx on jobs (broker_connection_id) where broker_connection_id is not null;

create table tv_signals (
    id              uuid primary key default gen_random_uuid(),
    strategy_id     uuid not null,
    user_id         uuid not null references profiles (id) on delete cascade,
    symbol          text,
    action          text check (action in ('buy', 'sell', 'close')),
    price           numeric(20, 8),
    volume          numeric(20, 8),
    sl              numeric(20, 8),
    tp              numeric(20, 8),
    tv_time         timestamptz,
    raw_payload     jsonb not null,
    dedup_key       text collate "C" not null,
    status          text not null default 'pending' check (status in ('pending', 'executed', 'failed', 'discarded')),
    reason_code     text check (reason_code ~ '^[a-z][a-z0-9_]*$'),
    error_message   text,
    fill_price      numeric(20, 8),
    broker_order_id text,
    job_id          uuid,
    received_at     timestamptz not null default now(),
    claimed_at      timestamptz,
    sent_at         timestamptz,
    filled_at       timestamptz,
    resolved_at     timestamptz,
    unique (strategy_id, dedup_key),
    foreign key (strategy_id, user_id) references tv_strategies (id, user_id) on delete cascade,
    foreign key (job_id, user_id) references jobs (id, user_id) on delete set null (job_id),
    check ((symbol is not null and action is not null) or status = 'discarded'),
    check (status not in ('discarded', 'failed') or reason_code is not null)
);
create index tv_signals_strategy_id_idx on tv_signals (strategy_id, received_at desc, id desc);
create index tv_signals_user_id_idx on tv_signals (user_id, received_at desc, id desc);
create index tv_signals_received_at_idx on tv_signals (received_at desc);
create index tv_signals_job_id_idx on tv_signals (job_id) where job_id is not null;

create table trade_events (
    id                   uuid primary key default gen_random_uuid(),
    user_id              uuid not null references profiles (id) on delete cascade,
    broker_connection_id uuid,
    event_type           text not null check (event_type in ('order_placed', 'order_closed', 'order_rejected',
                             'position_opened', 'position_closed', 'manual_trade')),
    pair                 text,
    direction            text check (direction in ('LONG', 'SHORT')),
    quantity             numeric(20, 8),
    entry_price          numeric(20, 8),
    exit_price           numeric(20, 8),
    sl                   numeric(20, 8),
    tp                   numeric(20, 8),
    profit_loss          numeric(14, 2),
    external_order_id    text,
    external_position_id text,
    metadata             jsonb not null default '{}',
    notes                text,
    created_at           timestamptz not null default now(),
    -- The audit log outlives the connection.
    foreign key (broker_connection_id, user_id) references broker_connections (id, user_id)
        on delete set null (broker_connection_id)
);
create index trade_events_user_id_idx on trade_events (user_id, created_at desc, id desc);
create index trade_events_broker_connection_id_idx on trade_events (broker_connection_id, created_at)
    where broker_connection_id is not null;

create trigger tv_strategies_touch before update on tv_strategies
    for each row execute function forexelite.touch_updated_at();
create trigger jobs_touch before update on jobs
    for each row execute function forexelite.touch_updated_at();
