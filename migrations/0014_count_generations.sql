-- What each user had generated: how much of a day's allowance is used, and what it cost.

alter table ea_projects add unique (id, user_id);

create table generations (
    id                uuid primary key default gen_random_uuid(),
    user_id           uuid not null references profiles (id) on delete cascade,
    -- Deleting what was made gives no allowance back.
    ea_project_id     uuid,
    ea_version_id     uuid references ea_versions (id) on delete set null,
    model             text not null,
    -- One whose user went away stays started.
    status            text not null default 'started' check (status in ('started', 'completed', 'failed', 'cancelled')),
    reason_code       text check (reason_code ~ '^[a-z][a-z0-9_]*$'),
    prompt_tokens     int check (prompt_tokens >= 0),
    completion_tokens int check (completion_tokens >= 0),
    started_at        timestamptz not null default now(),
    finished_at       timestamptz,
    foreign key (ea_project_id, user_id) references ea_projects (id, user_id) on delete set null (ea_project_id),
    check (status <> 'failed' or reason_code is not null),
    check ((status = 'started') = (finished_at is null))
);
create index generations_user_id_idx on generations (user_id, started_at);
create index generations_ea_project_id_idx on generations (ea_project_id);
create index generations_ea_version_id_idx on generations (ea_version_id);
alter table generations enable row level security;
create policy owner_reads on generations for select to authenticated using ((select auth.uid()) = user_id);
grant select on generations to authenticated;
grant select, insert, update, delete on generations to service_role;

-- Takes one of the allowance of the last 24 hours, or says when the next is free. A function, because of two at once the second
-- counts what the first has committed.
create function forexelite.begin_generation(
    of_generation uuid, of_user uuid, of_project uuid, of_model text, allowed int, at timestamptz, out free_at timestamptz)
language plpgsql set search_path = '' as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('generations of ' || of_user, 0));
    select g.started_at + interval '1 day' into free_at from public.generations g
     where g.user_id = of_user and g.started_at > at - interval '1 day'
     order by g.started_at desc offset greatest(allowed, 1) - 1 limit 1;
    if allowed < 1 then
        free_at := coalesce(free_at, at + interval '1 day');
    end if;
    if free_at is null then
        insert into public.generations (id, user_id, ea_project_id, model, started_at)
        values (of_generation, of_user, of_project, of_model, at);
    end if;
end $$;
revoke all on function forexelite.begin_generation from public;
grant execute on function forexelite.begin_generation to service_role;
