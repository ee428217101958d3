-- What expert advisors need from their first line to a running chart: numbers without gaps, deployments that follow their
-- jobs, and a place for their files.

-- The next number of a project's version. The project is locked until the transaction ends, so that two versions at once get
-- two numbers, and none is lost with one that is rolled back. A function, because its second statement sees what was
-- committed before the lock was got; one statement would count what it saw when it began.
create function forexelite.next_version_number(of_project uuid) returns int
language plpgsql set search_path = '' as $$
begin
    perform 1 from public.ea_projects p where p.id = of_project for no key update;
    return (select coalesce(max(v.version_number), 0) + 1 from public.ea_versions v where v.ea_project_id = of_project);
end $$;
revoke all on function forexelite.next_version_number from public;
grant execute on function forexelite.next_version_number to service_role;

-- As in 0001, but later than before by a microsecond at least: who saves names the state that was edited by its time, and two
-- states with the same time would be one.
create or replace function forexelite.touch_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
    -- An update that changes nothing, as an idempotent insert makes, is no change.
    if new is distinct from old then
        new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
    end if;
    return new;
end $$;

alter table ea_projects add check (char_length(description) <= 2000);

-- Nothing made a deployment before this, so there are no rows without them. The file's name is kept, because the project's
-- may change while a terminal goes on with the file.
alter table ea_deployments
    add column file_name text not null,
    alter column symbol set not null,
    alter column timeframe set not null,
    alter column magic_number set not null;

-- One chart, one expert advisor.
create unique index ea_deployments_chart_idx on ea_deployments (mt5_agent_id, symbol, timeframe)
    where status in ('pending', 'deploying', 'running');

-- One order at a time: what is to be stopped is not started again before it has been.
create unique index jobs_open_deployment_idx on jobs (entity_id)
    where entity_type = 'ea_deployment' and status in ('pending', 'running');
create index jobs_deployment_idx on jobs (entity_id, created_at desc) where entity_type = 'ea_deployment';

-- What was ordered stays, and only these moves are there.
create function forexelite.guard_deployment_move() returns trigger
language plpgsql set search_path = '' as $$
begin
    if (new.ea_version_id, new.symbol, new.timeframe, new.magic_number, new.runtime_config, new.file_name)
        is distinct from
       (old.ea_version_id, old.symbol, old.timeframe, old.magic_number, old.runtime_config, old.file_name) then
        perform forexelite.refuse('ea_deployments_order_is_final', 'a deployment keeps its version and what it was ordered with');
    end if;
    if old.status <> new.status and (old.status, new.status) not in
        (('pending', 'deploying'), ('deploying', 'running'), ('deploying', 'failed'), ('running', 'stopped'),
         -- An order that was withdrawn before an agent began.
         ('pending', 'stopped'),
         -- Stopped to make sure.
         ('failed', 'stopped'),
         -- Ordered again.
         ('stopped', 'pending'), ('failed', 'pending')) then
        perform forexelite.refuse('ea_deployments_status_move',
            format('a deployment does not move from %s to %s', old.status, new.status));
    end if;
    return new;
end $$;
create trigger ea_deployments_guard_move before update on ea_deployments
    for each row execute function forexelite.guard_deployment_move();

-- A deployment follows its jobs, whoever moves them: a claim, a result, the sweep, a user who withdraws an order. A stop that
-- failed leaves it running, for so it most likely is, and a trader must not be told otherwise.
create function forexelite.move_deployment() returns trigger
language plpgsql set search_path = '' as $$
begin
    if new.job_type = 'stop' then
        if new.status = 'completed' then
            update public.ea_deployments d set status = 'stopped', stopped_at = new.completed_at, error_message = null
             where d.id = new.entity_id and d.user_id = new.user_id and d.status in ('running', 'failed');
        elsif new.status in ('failed', 'cancelled') then
            update public.ea_deployments d set error_message = new.error_message
             where d.id = new.entity_id and d.user_id = new.user_id;
        end if;
    elsif new.status = 'running' then
        update public.ea_deployments d set status = 'deploying'
         where d.id = new.entity_id and d.user_id = new.user_id and d.status = 'pending';
    elsif new.status = 'completed' then
        update public.ea_deployments d set status = 'running', stopped_at = null, error_message = null,
            deployed_at = case when new.job_type = 'deploy' then new.completed_at else d.deployed_at end
         where d.id = new.entity_id and d.user_id = new.user_id and d.status = 'deploying';
    elsif new.status in ('failed', 'cancelled') then
        update public.ea_deployments d set status = case d.status when 'pending' then 'stopped' else 'failed' end,
            error_message = new.error_message
         where d.id = new.entity_id and d.user_id = new.user_id and d.status in ('pending', 'deploying');
    end if;
    return null;
end $$;
create trigger jobs_move_deployment after update of status on jobs
    for each row when (new.entity_type = 'ea_deployment' and new.status is distinct from old.status)
    execute function forexelite.move_deployment();

-- What was ordered of one agent and not begun ends with it: forgetting its agent, the job could be claimed by another.
-- With its owner's rights, since users delete agents and write no jobs.
create function forexelite.cancel_orders_of_agent() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update public.jobs set status = 'cancelled', reason_code = 'agent_deleted', completed_at = now(),
        error_message = 'The agent was deleted before it began.'
     where agent_id = old.id and status = 'pending' and attempts = 0;
    return old;
end $$;
create trigger mt5_agents_cancel_orders before delete on mt5_agents
    for each row execute function forexelite.cancel_orders_of_agent();

revoke all on function forexelite.guard_deployment_move, forexelite.move_deployment, forexelite.cancel_orders_of_agent from public;

-- Where the files are, and what is taken there: source, and what agents compile.
do $$
begin
    if to_regclass('storage.buckets') is not null then
        insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
        values ('ea', 'ea', false, 8 * 1024 * 1024, array['text/plain', 'application/octet-stream'])
        on conflict do nothing;
    end if;
end $$;

-- job/finish.sql, as in 0011, but for what follows of expert advisors: a deployment follows its job by the trigger above, and
-- a version that was deleted while it was compiled gets no file.
create or replace function forexelite.finish_job(text, text, uuid, uuid, text, int, jsonb, text, text, numeric, text, numeric,
    timestamptz, timestamptz, numeric, text, bigint, text)
returns table (agent_id uuid, pairing_key_hash text, job_id uuid, finished_now boolean, status_before text, attempts int,
    same_result boolean, job_type text, entity_type text, entity_id uuid, symbol text, side text, user_id uuid,
    watched boolean, jobs_waiting bigint)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
    return query
    with caller as materialized (
        select id, user_id, broker_connection_id, pairing_key_hash, pairing_key_hash = $2 and id = $3 as proven
          from public.mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
    ),
    job as materialized (
        -- Locked, so that of two results at once the second sees what the first wrote.
        select j.id, j.user_id, j.broker_connection_id, j.job_type, j.entity_type, j.entity_id, j.input_data, j.status, j.attempts,
               j.output_data, j.error_message, j.reason_code
          from public.jobs j
         where j.id = $4 and j.agent_id = $3 and j.user_id = (select user_id from caller where proven)
           for no key update
    ),
    finished as (
        update public.jobs set status = $5, output_data = $7, error_message = $8, reason_code = $9, completed_at = now()
          from job
         where jobs.id = job.id and job.status = 'running' and ($6::int is null or $6 = job.attempts)
        returning jobs.id, jobs.user_id, jobs.broker_connection_id, jobs.job_type, jobs.entity_type, jobs.entity_id, jobs.input_data
    ),
    signal as (
        update public.tv_signals s set
            status = case when $5 = 'completed' then 'executed' else 'failed' end,
            reason_code = $9, error_message = $8, fill_price = $10, broker_order_id = $11, sent_at = $13, filled_at = $14,
            resolved_at = now()
          from finished
         where finished.entity_type = 'tv_signal' and s.id = finished.entity_id and s.user_id = finished.user_id
    ),
    event as (
        insert into public.trade_events (user_id, broker_connection_id, event_type, pair, direction, quantity, entry_price, exit_price,
            sl, tp, profit_loss, external_order_id, metadata, notes)
        select f.user_id, f.broker_connection_id,
               case when $5 = 'failed' then 'order_rejected' when f.input_data ->> 'side' in ('buy', 'sell') then 'order_placed'
                    else 'order_closed' end,
               f.input_data ->> 'symbol',
               case f.input_data ->> 'side' when 'buy' then 'LONG' when 'sell' then 'SHORT' end,
               $12,
               case when f.input_data ->> 'side' in ('buy', 'sell') then $10 end,
               case when f.input_data ->> 'side' in ('buy', 'sell') then null else $10 end,
               (f.input_data ->> 'sl')::numeric, (f.input_data ->> 'tp')::numeric, $15, $11,
               jsonb_build_object('job_id', f.id, 'agent_id', $3::uuid, 'output', $7::jsonb) ||
                   case when f.entity_type = 'tv_signal' then jsonb_build_object('signal_id', f.entity_id) else '{}' end ||
                   case when $9::text is not null then jsonb_build_object('reason_code', $9::text) else '{}' end,
               $8
          from finished f
         where f.job_type in ('trade', 'close_position')
    ),
    version as (
        update public.ea_versions v set status = case when $5 = 'completed' then 'compiled' else 'failed' end,
            compilation_error = case when $5 = 'failed' then coalesce($18, $8) end
          from finished f
         where f.job_type = 'compile' and v.id = f.entity_id
        returning v.id
    ),
    artifact as (
        insert into public.ea_artifacts (ea_version_id, artifact_type, storage_path, file_size, checksum)
        select version.id, 'ex5', f.input_data ->> 'ex5_path', $17, $16
          from finished f join version on version.id = f.entity_id
         where $5 = 'completed' and f.input_data ? 'ex5_path'
    )
    select caller.id as agent_id, caller.pairing_key_hash,
           job.id as job_id, exists (select from finished) as finished_now, job.status as status_before, job.attempts,
           (job.status, job.output_data, job.error_message, job.reason_code)
               is not distinct from ($5, $7::jsonb, $8::text, $9::text) as same_result,
           job.job_type, job.entity_type, job.entity_id, job.input_data ->> 'symbol' as symbol, job.input_data ->> 'side' as side,
           caller.user_id, exists (select from public.ws_connections w where w.user_id = caller.user_id) as watched,
           case when caller.proven then forexelite.jobs_waiting($3, caller.user_id, caller.broker_connection_id, now()) end
               as jobs_waiting
      from caller left join job on true;
end $$;
