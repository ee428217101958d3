-- job/finish.sql, as in 0013, and the compiler's log is a file of the version, whether it compiled or not. Only an agent that
-- uploaded one names its checksum.
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
        select version.id, file.artifact_type, file.storage_path, file.file_size, file.checksum
          from finished f join version on version.id = f.entity_id
         cross join lateral (values
            ('ex5', f.input_data ->> 'ex5_path', $17, $16, $5 = 'completed'),
            ('log', f.input_data ->> 'log_path', ($7 ->> 'log_size')::bigint, $7 ->> 'log_checksum', $7 ->> 'log_checksum' is not null)
         ) file (artifact_type, storage_path, file_size, checksum, made)
         where file.made and file.storage_path is not null
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
