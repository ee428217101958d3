-- The statements of the hot path, each in a function of the database: unnamed statements are planned anew whenever they are
-- asked, and planning these took longer than running them (measured with pgbench, commits not waited for: an alert 2.3 → 1.2
-- ms, a claim 2.0 → 0.8 ms, a price push 1.0 → 0.5 ms; who hears a tick took 1.5 ms to plan and 0.4 to ask). Inside a function
-- the plan is kept by the server's connection, also behind a pooler in transaction mode.
--
-- What $1, $2 … are, the file in shared/sql says that calls the function. A later change replaces the whole function in a
-- migration of its own; with other parameters or columns it is a new function beside this one.

-- job/claim.sql
create function forexelite.claim_job(text, text, uuid, timestamptz)
returns table (agent_id uuid, pairing_key_hash text, job_id uuid, job_type text, entity_type text, entity_id uuid,
    input_data jsonb, not_after timestamptz, attempts int, user_id uuid, watched boolean, jobs_waiting bigint)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
    return query
    with clock as (
        select coalesce($4::timestamptz, now()) as at
    ),
    caller as materialized (
        select id, user_id, broker_connection_id, pairing_key_hash, pairing_key_hash = $2 and id = $3 as proven
          from public.mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
    ),
    claimed as (
        update public.jobs set
            status = 'running', agent_id = $3, claimed_at = (select at from clock), attempts = attempts + 1,
            started_at = coalesce(started_at, (select at from clock)),
            lease_expires_at = (select at from clock) + case job_type
                when 'compile' then interval '5 minutes' when 'trade' then interval '1 minute'
                when 'close_position' then interval '1 minute' else interval '2 minutes' end
         where id = coalesce((
            select j.id from public.jobs j
             where j.user_id = (select user_id from caller where proven) and j.status = 'running'
               and j.agent_id = $3 and j.lease_expires_at < (select at from clock)
             order by j.created_at limit 1 for no key update skip locked
         ), (
            select j.id from public.jobs j
             where j.user_id = (select user_id from caller where proven) and j.status = 'pending'
               and (j.broker_connection_id is null or j.broker_connection_id = (select broker_connection_id from caller))
               and (j.agent_id = $3 or (j.agent_id is null and j.attempts = 0))
               -- What was claimed once may have been sent, so it goes back to its agent whatever its deadline.
               and (j.attempts > 0 or j.not_after is null or j.not_after > (select at from clock))
             order by j.created_at limit 1 for no key update skip locked
         ))
        returning id, user_id, job_type, entity_type, entity_id, input_data, not_after, attempts, claimed_at
    ),
    signal as (
        update public.tv_signals set claimed_at = coalesce(tv_signals.claimed_at, claimed.claimed_at) from claimed
         where tv_signals.id = claimed.entity_id and claimed.entity_type = 'tv_signal' and tv_signals.user_id = claimed.user_id
    )
    select caller.id as agent_id, caller.pairing_key_hash,
           claimed.id as job_id, claimed.job_type, claimed.entity_type, claimed.entity_id, claimed.input_data, claimed.not_after,
           claimed.attempts, caller.user_id,
           claimed.id is not null and exists (select from public.ws_connections w where w.user_id = caller.user_id) as watched,
           case when caller.proven then forexelite.jobs_waiting(
               $3, caller.user_id, caller.broker_connection_id, (select at from clock), (select id from claimed)) end as jobs_waiting
      from caller left join claimed on true;
end $$;
revoke all on function forexelite.claim_job from public;
grant execute on function forexelite.claim_job to service_role;

-- job/finish.sql
create function forexelite.finish_job(text, text, uuid, uuid, text, int, jsonb, text, text, numeric, text, numeric,
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
    ),
    artifact as (
        insert into public.ea_artifacts (ea_version_id, artifact_type, storage_path, file_size, checksum)
        select f.entity_id, 'ex5', f.input_data ->> 'ex5_path', $17, $16
          from finished f
         where f.job_type = 'compile' and $5 = 'completed' and f.input_data ? 'ex5_path'
    ),
    deployment as (
        update public.ea_deployments d set
            status = case when $5 = 'failed' then 'failed' when f.job_type = 'stop' then 'stopped' else 'running' end,
            deployed_at = case when $5 = 'completed' and f.job_type = 'deploy' then now() else d.deployed_at end,
            stopped_at = case when $5 = 'completed' and f.job_type = 'stop' then now() else d.stopped_at end,
            error_message = $8
          from finished f
         where f.entity_type = 'ea_deployment' and d.id = f.entity_id and d.user_id = f.user_id
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
revoke all on function forexelite.finish_job from public;
grant execute on function forexelite.finish_job to service_role;

-- price/push.sql
create function forexelite.push_prices(text, text, uuid, text[], numeric[], numeric[], timestamptz[], text[],
    timestamptz[], numeric[], numeric[], numeric[], numeric[], numeric[], timestamptz)
returns table (agent_id uuid, pairing_key_hash text, user_id uuid, stored text[], instruments text[], jobs_waiting bigint)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
    return query
    with clock as (
        select coalesce($15::timestamptz, now()) as at
    ),
    caller as materialized (
        select id, user_id, broker_connection_id, is_public_feed, pairing_key_hash, pairing_key_hash = $2 and id = $3 as proven
          from public.mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
    ),
    stored as (
        insert into public.latest_prices as p (user_id, instrument, bid, ask, ts, agent_id)
        select caller.user_id, t.instrument, t.bid, t.ask, coalesce(t.ts, (select at from clock)), caller.id
          from caller cross join unnest($4::text[], $5::numeric[], $6::numeric[], $7::timestamptz[]) as t (instrument, bid, ask, ts)
         where caller.proven
         order by t.instrument
        on conflict (user_id, instrument) do update set
            bid = excluded.bid, ask = excluded.ask, ts = excluded.ts, agent_id = excluded.agent_id
         where p.ts < excluded.ts
        returning instrument
    ),
    bars as (
        insert into public.candles as c (user_id, instrument, ts, open, high, low, close, volume)
        select caller.user_id, b.instrument, b.ts, b.open, b.high, b.low, b.close, b.volume
          from caller cross join unnest($8::text[], $9::timestamptz[], $10::numeric[], $11::numeric[], $12::numeric[],
              $13::numeric[], $14::numeric[]) as b (instrument, ts, open, high, low, close, volume)
         where caller.proven
         order by b.instrument, b.ts
        on conflict (user_id, instrument, ts) do update set
            open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
         where (c.open, c.high, c.low, c.close, c.volume)
            is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
    )
    select caller.id as agent_id, caller.pairing_key_hash, caller.user_id,
           array(select instrument from stored) as stored,
           case when caller.proven then forexelite.watched_instruments(caller.user_id, caller.is_public_feed) end as instruments,
           case when caller.proven then forexelite.jobs_waiting($3, caller.user_id, caller.broker_connection_id,
               (select at from clock)) end as jobs_waiting
      from caller;
end $$;
revoke all on function forexelite.push_prices from public;
grant execute on function forexelite.push_prices to service_role;

-- signal/receive.sql
create function forexelite.receive_alert(bytea, uuid, uuid, text, text, text, numeric, numeric, numeric, numeric,
    numeric, numeric, numeric, timestamptz, jsonb, text, text, text, text, int, timestamptz)
returns table (id uuid, duplicate boolean, status text, reason_code text, error_message text, user_id uuid,
    broker_connection_id uuid, watched boolean)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
    return query
    with clock as (
        select coalesce($21::timestamptz, now()) as at
    ),
    strategy as materialized (
        select s as whole, s.id, s.user_id, s.broker_connection_id, s.magic_number, s.max_signal_age_seconds,
               u.max_lot_size,
               coalesce($8, case when $9::numeric is null then s.default_volume end) as volume,
               coalesce($9, s.risk_override_pct, u.risk_percent) as risk_pct,
               case when $10::numeric is null then coalesce($12, s.default_sl_pips) end as sl_pips,
               case when $11::numeric is null then coalesce($13, s.default_tp_pips) end as tp_pips
          from public.tv_strategies s
          join public.user_settings u on u.user_id = s.user_id, clock
         where sha256(s.webhook_secret::bytea) = $1
            or (sha256(s.previous_webhook_secret::bytea) = $1 and s.previous_secret_expires_at > clock.at)
    ),
    verdict as materialized (
        select forexelite.dedup_key(s.id, $16, $14::timestamptz is not null, clock.at) as dedup_key,
               coalesce($17, judged.reason_code) as reason_code, coalesce($18, judged.detail) as detail
          from strategy s cross join clock
          left join lateral forexelite.judge_order(s.whole, $5, $4, s.volume,
              $10::numeric is not null or s.sl_pips is not null, $14, clock.at) judged on $17::text is null
    ),
    signal as (
        insert into public.tv_signals (id, strategy_id, user_id, symbol, action, price, volume, sl, tp, tv_time, raw_payload, dedup_key,
            status, reason_code, error_message, job_id, received_at, resolved_at)
        select $2, s.id, s.user_id, $4, $5, $7, $8, $10, $11, $14, $15, v.dedup_key,
               case when v.reason_code is null then 'pending' else 'discarded' end, v.reason_code, v.detail,
               case when v.reason_code is null then $3::uuid end, clock.at, case when v.reason_code is not null then clock.at end
          from strategy s, verdict v, clock
        -- An update that changes nothing, because "do nothing" would not return the row of a concurrent first.
        on conflict (strategy_id, dedup_key) do update set dedup_key = excluded.dedup_key
        returning id, status, reason_code, error_message
    ),
    job as (
        insert into public.jobs (id, user_id, broker_connection_id, job_type, entity_type, entity_id, not_after, input_data, created_at)
        select $3, s.user_id, s.broker_connection_id, 'trade', 'tv_signal', signal.id,
               -- Entries expire, exits never do.
               case when $5 <> 'close' then clock.at + make_interval(secs => s.max_signal_age_seconds) end,
               jsonb_strip_nulls(case when $5 = 'close' then
                   jsonb_build_object('symbol', $4, 'side', $5, 'close_side', $6::text, 'volume', $8::numeric)
               else
                   jsonb_build_object('symbol', $4, 'side', $5, 'price', $7::numeric,
                       'volume', s.volume, 'risk_pct', case when s.volume is null then s.risk_pct end,
                       'max_volume', s.max_lot_size, 'sl', $10::numeric, 'tp', $11::numeric,
                       'sl_pips', s.sl_pips, 'tp_pips', s.tp_pips)
               end || jsonb_build_object('magic_number', s.magic_number, 'comment', $19::text, 'deviation_points', $20::int)),
               clock.at
          from strategy s, signal, clock
         where signal.id = $2 and signal.status = 'pending'
    )
    select signal.id, signal.id <> $2 as duplicate, signal.status, signal.reason_code, signal.error_message,
           s.user_id, s.broker_connection_id,
           exists (select from public.ws_connections w where w.user_id = s.user_id) as watched
      from signal cross join strategy s;
end $$;
revoke all on function forexelite.receive_alert from public;
grant execute on function forexelite.receive_alert to service_role;

-- socket/audience.sql
create function forexelite.audience(
    sources uuid[], ticked text[], with_news uuid[], belled uuid[], accounts uuid[], watching uuid[], at timestamptz)
returns table (hears text, key uuid, instruments text[], sockets text[])
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
    -- Asked one by one, since most batches hold only one kind.
    if cardinality(sources) > 0 then
        return query
        with ticks as materialized (
            select t.source, array_agg(t.instrument) as instruments,
                   exists (select from public.mt5_agents a where a.user_id = t.source and a.is_public_feed) as is_feed
              from unnest(audience.sources, audience.ticked) as t (source, instrument)
             group by t.source
        )
        select 'prices', t.source, w.instruments, array_agg(w.connection_id)
          from ticks t
          join public.ws_connections w on w.user_id = t.source and w.kind = 'dashboard' and w.instruments && t.instruments
         group by t.source, w.instruments
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
                                               and own.ts > audience.at - interval '1 minute')) as instruments) served
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
revoke all on function forexelite.audience from public;
grant execute on function forexelite.audience to service_role;
