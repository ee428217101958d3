-- The legal moves of every state machine, so that no caller can invent another.
-- Violations raise 23514 (check_violation) under a constraint name of their own.

create function forexelite.refuse(rule text, message text) returns void
language plpgsql set search_path = '' as $$
begin
    raise exception using errcode = 'check_violation', constraint = rule, message = message;
end $$;

create function forexelite.guard_job() returns trigger
language plpgsql set search_path = '' as $$
begin
    if (new.id, new.user_id, new.job_type, new.entity_type, new.entity_id, new.input_data, new.not_after, new.created_at,
            new.broker_connection_id)
        is distinct from
       (old.id, old.user_id, old.job_type, old.entity_type, old.entity_id, old.input_data, old.not_after, old.created_at,
            old.broker_connection_id) then
        perform forexelite.refuse('jobs_order_is_immutable', 'what a job orders cannot be changed');
    end if;
    -- A job that was claimed once belongs to its agent: only that one knows whether it was done. Deleting the agent
    -- leaves the job with none, and it gets no other.
    if new.agent_id is distinct from old.agent_id and new.agent_id is not null
        and (old.agent_id is not null or old.attempts > 0) then
        perform forexelite.refuse('jobs_agent_is_final', 'a claimed job stays with its agent');
    end if;
    if old.status = new.status then
        if old.status in ('completed', 'failed', 'cancelled')
            and (new.output_data, new.error_message, new.reason_code, new.attempts)
                is distinct from (old.output_data, old.error_message, old.reason_code, old.attempts) then
            perform forexelite.refuse('jobs_result_is_final', 'a finished job keeps its result');
        end if;
    elsif (old.status, new.status) in (('pending', 'running'), ('pending', 'cancelled'),
                                       ('running', 'completed'), ('running', 'failed')) then
        null;
    elsif (old.status, new.status) = ('running', 'pending') then
        if old.lease_expires_at is null or old.lease_expires_at > clock_timestamp() then
            perform forexelite.refuse('jobs_lease_is_held', 'a running job goes back only after its lease expired');
        end if;
    else
        perform forexelite.refuse('jobs_status_move', format('a job does not move from %s to %s', old.status, new.status));
    end if;
    return new;
end $$;
create trigger jobs_guard before update on jobs for each row execute function forexelite.guard_job();

-- After the row, at the end of the statement: a signal and its job are made by one statement.
create function forexelite.guard_job_entity() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    owner uuid;
begin
    case new.entity_type
        when 'tv_signal' then
            select s.user_id into owner from public.tv_signals s where s.id = new.entity_id;
        when 'ea_version' then
            select p.user_id into owner from public.ea_versions v
                join public.ea_projects p on p.id = v.ea_project_id where v.id = new.entity_id;
        when 'ea_deployment' then
            select d.user_id into owner from public.ea_deployments d where d.id = new.entity_id;
    end case;
    if owner is distinct from new.user_id then
        perform forexelite.refuse('jobs_entity_of_owner', 'a job may only concern something of its own user');
    end if;
    return null;
end $$;
create trigger jobs_guard_entity after insert on jobs
    for each row when (new.entity_type is not null) execute function forexelite.guard_job_entity();

create function forexelite.guard_signal() returns trigger
language plpgsql set search_path = '' as $$
begin
    if (new.id, new.strategy_id, new.user_id, new.symbol, new.action, new.price, new.volume, new.sl, new.tp, new.tv_time,
            new.raw_payload, new.dedup_key, new.received_at)
        is distinct from
       (old.id, old.strategy_id, old.user_id, old.symbol, old.action, old.price, old.volume, old.sl, old.tp, old.tv_time,
            old.raw_payload, old.dedup_key, old.received_at) then
        perform forexelite.refuse('tv_signals_received_is_immutable', 'what was received cannot be changed');
    end if;
    if old.status <> 'pending' and new.status = 'pending' then
        perform forexelite.refuse('tv_signals_status_move', 'a resolved signal does not become pending again');
    end if;
    return new;
end $$;
create trigger tv_signals_guard before update on tv_signals for each row execute function forexelite.guard_signal();

create function forexelite.guard_version() returns trigger
language plpgsql set search_path = '' as $$
begin
    if (new.ea_project_id, new.version_number) is distinct from (old.ea_project_id, old.version_number) then
        perform forexelite.refuse('ea_versions_number_is_final', 'a version keeps its project and number');
    end if;
    if old.status <> 'draft' and (new.source_code, new.config) is distinct from (old.source_code, old.config) then
        perform forexelite.refuse('ea_versions_only_drafts_change', 'only a draft can be edited');
    end if;
    if old.status <> new.status and (old.status, new.status) not in
        (('draft', 'compiling'), ('compiling', 'compiled'), ('compiling', 'failed')) then
        perform forexelite.refuse('ea_versions_status_move',
            format('a version does not move from %s to %s', old.status, new.status));
    end if;
    return new;
end $$;
create trigger ea_versions_guard before update on ea_versions for each row execute function forexelite.guard_version();

-- Only the owner of the table, as whom foreign keys act when a user is deleted, may touch the audit log.
create function forexelite.guard_trade_event() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> (select pg_catalog.pg_get_userbyid(c.relowner) from pg_catalog.pg_class c where c.oid = tg_relid) then
        raise exception using errcode = 'insufficient_privilege', message = 'trade_events is append-only';
    end if;
    return coalesce(new, old);
end $$;
create trigger trade_events_guard before update or delete on trade_events
    for each row execute function forexelite.guard_trade_event();
create trigger trade_events_guard_truncate before truncate on trade_events
    for each statement execute function forexelite.guard_trade_event();

-- What cannot be the row's own check because it speaks of another row's owner.
create function forexelite.guard_deployment() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if new.user_id is distinct from (select p.user_id from public.ea_versions v
            join public.ea_projects p on p.id = v.ea_project_id where v.id = new.ea_version_id) then
        perform forexelite.refuse('ea_deployments_version_of_owner', 'a deployment runs a version of its own user');
    end if;
    return new;
end $$;
create trigger ea_deployments_guard before insert or update of user_id, ea_version_id on ea_deployments
    for each row execute function forexelite.guard_deployment();
