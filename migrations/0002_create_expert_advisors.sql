-- Expert advisors: project, immutable versions, their files, their deployments.

create table ea_projects (
    id                 uuid primary key default gen_random_uuid(),
    user_id            uuid not null references profiles (id) on delete cascade,
    name               text not null check (char_length(name) between 1 and 80),
    description        text,
    default_settings   jsonb not null default '{}',
    current_version_id uuid,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now()
);
create index ea_projects_user_id_idx on ea_projects (user_id);
create index ea_projects_current_version_id_idx on ea_projects (current_version_id);

create table ea_versions (
    id                uuid primary key default gen_random_uuid(),
    ea_project_id     uuid not null references ea_projects (id) on delete cascade,
    version_number    int not null check (version_number > 0),
    source_code       text not null check (octet_length(source_code) <= 2 * 1024 * 1024),
    config            jsonb not null default '{}',
    status            text not null default 'draft' check (status in ('draft', 'compiling', 'compiled', 'failed')),
    compilation_error text,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    unique (ea_project_id, version_number),
    unique (id, ea_project_id)
);

-- A project's current version is one of its own.
alter table ea_projects add foreign key (current_version_id, id) references ea_versions (id, ea_project_id)
    on delete set null (current_version_id);

create table ea_artifacts (
    id            uuid primary key default gen_random_uuid(),
    ea_version_id uuid not null references ea_versions (id) on delete cascade,
    artifact_type text not null check (artifact_type in ('mq5', 'ex5', 'ex4', 'log', 'config')),
    storage_path  text not null,
    file_size     bigint check (file_size >= 0),
    checksum      text,
    created_at    timestamptz not null default now()
);
create index ea_artifacts_ea_version_id_idx on ea_artifacts (ea_version_id);

create table ea_deployments (
    id                   uuid primary key default gen_random_uuid(),
    user_id              uuid not null references profiles (id) on delete cascade,
    -- A version that was ever deployed stays: the deployment is the record of what ran.
    ea_version_id        uuid not null references ea_versions (id) on delete no action,
    mt5_agent_id         uuid,
    broker_connection_id uuid,
    symbol               text,
    timeframe            text check (timeframe in ('M1', 'M5', 'M15', 'M30', 'H1', 'H4', 'D1', 'W1', 'MN1')),
    magic_number         bigint check (magic_number between 0 and 9007199254740991),
    status               text not null default 'pending'
                             check (status in ('pending', 'deploying', 'running', 'stopped', 'failed')),
    deployed_at          timestamptz,
    stopped_at           timestamptz,
    runtime_config       jsonb not null default '{}',
    error_message        text,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    foreign key (mt5_agent_id, user_id) references mt5_agents (id, user_id) on delete set null (mt5_agent_id),
    foreign key (broker_connection_id, user_id) references broker_connections (id, user_id)
        on delete set null (broker_connection_id)
);
create index ea_deployments_user_id_idx on ea_deployments (user_id);
create index ea_deployments_ea_version_id_idx on ea_deployments (ea_version_id);
create index ea_deployments_mt5_agent_id_idx on ea_deployments (mt5_agent_id);
create index ea_deployments_broker_connection_id_idx on ea_deployments (broker_connection_id);

create trigger ea_projects_touch before update on ea_projects
    for each row execute function forexelite.touch_updated_at();
create trigger ea_versions_touch before update on ea_versions
    for each row execute function forexelite.touch_updated_at();
create trigger ea_deployments_touch before update on ea_deployments
    for each row execute function forexelite.touch_updated_at();
