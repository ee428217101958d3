-- What agents report of accounts, and what is swept up each minute.

-- The positions of an account are those of the newest report and no others. A function, because each of its statements sees
-- what was committed before: the caller holds the account's snapshot, so of two reports at once the second finds, and
-- removes, what the first wrote. In one statement it would not see those rows.
create function forexelite.replace_positions(of_connection uuid, of_user uuid, reported jsonb, at timestamptz) returns void
language plpgsql set search_path = '' as $$
begin
    delete from public.positions p
     where p.broker_connection_id = of_connection
       and not exists (select from jsonb_to_recordset(reported) as r (ticket bigint) where r.ticket = p.ticket);
    insert into public.positions as p (broker_connection_id, ticket, user_id, symbol, side, volume, open_price, sl, tp, profit,
        swap, magic_number, opened_at, reported_at)
    select of_connection, r.ticket, of_user, r.symbol, r.side, r.volume, r.open_price, r.sl, r.tp, r.profit, r.swap,
           r.magic_number, r.opened_at, at
      from jsonb_to_recordset(reported) as r (ticket bigint, symbol text, side text, volume numeric, open_price numeric,
          sl numeric, tp numeric, profit numeric, swap numeric, magic_number bigint, opened_at timestamptz)
     order by r.ticket
    on conflict (broker_connection_id, ticket) do update set
        symbol = excluded.symbol, side = excluded.side, volume = excluded.volume, open_price = excluded.open_price,
        sl = excluded.sl, tp = excluded.tp, profit = excluded.profit, swap = excluded.swap,
        magic_number = excluded.magic_number, opened_at = excluded.opened_at, reported_at = excluded.reported_at
     where (p.symbol, p.side, p.volume, p.open_price, p.sl, p.tp, p.profit, p.swap, p.magic_number, p.opened_at)
        is distinct from (excluded.symbol, excluded.side, excluded.volume, excluded.open_price, excluded.sl, excluded.tp,
            excluded.profit, excluded.swap, excluded.magic_number, excluded.opened_at);
end $$;
revoke all on function forexelite.replace_positions from public;
grant execute on function forexelite.replace_positions to service_role;
comment on column positions.reported_at is 'When the row last changed; the account''s snapshot says when it was last reported.';

-- As in 0007, but for three rules that reports of accounts and the sweep make possible: a job that was claimed before counts
-- whatever its deadline, a filled one counts until it was reported, and a day's result includes what opening cost.
--
-- The refusal of an order for a strategy, or NULLs when it may pass. Exits are stopped only where nothing may trade.
-- `sizing` is what decides the volume: 'volume' or 'risk'; `has_stop` says whether a stop loss is known.
create or replace function forexelite.judge_order(
    strategy tv_strategies, order_action text, order_symbol text, order_volume numeric, has_stop boolean,
    signal_time timestamptz, at timestamptz, out reason_code text, out detail text)
language plpgsql set search_path = '' as $$
declare
    settings   public.user_settings;
    connection public.broker_connections;
    snapshot   public.account_snapshots;
    entries    bigint;
    loss       numeric;
    allowance  numeric;
begin
    select * into settings from public.user_settings u where u.user_id = strategy.user_id;
    select * into connection from public.broker_connections c where c.id = strategy.broker_connection_id;

    if not strategy.is_enabled then
        reason_code := 'strategy_disabled';
        detail := 'The strategy is switched off; nothing of it is traded.';
        return;
    elsif settings.trading_mode = 'halted' then
        reason_code := 'halted';
        detail := 'Trading is halted in your settings; neither entries nor exits are traded.';
        return;
    elsif not connection.is_active then
        reason_code := 'broker_connection_inactive';
        detail := format('The broker connection "%s" is switched off.', connection.name);
        return;
    elsif order_action = 'close' then
        return;
    elsif settings.trading_mode = 'reducing' then
        reason_code := 'reducing';
        detail := 'Trading mode is "reducing": only exits are traded.';
        return;
    elsif not settings.disclaimer_accepted then
        reason_code := 'disclaimer_not_accepted';
        detail := 'The risk disclaimer has not been accepted yet; accept it in the dashboard.';
        return;
    elsif strategy.allowed_pairs is not null
        and not exists (select from unnest(strategy.allowed_pairs) pair where upper(pair) = upper(order_symbol)) then
        reason_code := 'pair_not_allowed';
        detail := format('%s is not among the strategy''s allowed pairs (%s).', order_symbol,
            coalesce(nullif(array_to_string(strategy.allowed_pairs, ', '), ''), 'none'));
        return;
    elsif signal_time < at - make_interval(secs => strategy.max_signal_age_seconds) then
        reason_code := 'stale';
        detail := format('The alert is %s s old; the strategy takes entries up to %s s.',
            floor(extract(epoch from at - signal_time)), strategy.max_signal_age_seconds);
        return;
    elsif order_volume > settings.max_lot_size then
        reason_code := 'max_lot_size';
        detail := format('%s lots is more than the largest order you allow (%s).', trim_scale(order_volume), settings.max_lot_size);
        return;
    elsif order_volume is null and not has_stop then
        reason_code := 'no_stop_for_risk';
        detail := 'The volume is to be found from the risk, which needs a stop loss: send sl, sl_pips or volume, '
            'or give the strategy a default.';
        return;
    end if;

    select * into snapshot from public.account_snapshots a where a.broker_connection_id = connection.id;

    if settings.max_open_positions is not null then
        -- Two alerts at once must not both be the last one allowed. Each statement below reads what was
        -- committed before the lock was got.
        perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('entries of ' || strategy.user_id, 0));
        select (select count(*) from public.positions p where p.user_id = strategy.user_id)
             -- One that was claimed before may have been sent, whatever its deadline.
             + (select count(*) from public.jobs j where j.user_id = strategy.user_id and j.status = 'pending'
                    and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close'
                    and (j.attempts > 0 or j.not_after is null or j.not_after > at))
             + (select count(*) from public.jobs j where j.user_id = strategy.user_id and j.status = 'running'
                    and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close')
             -- Filled, but neither its position nor its deal was reported yet. By ticket and not by time: a report that was
             -- taken before the fill may be stored after it.
             + (select count(*) from public.jobs j where j.user_id = strategy.user_id and j.status = 'completed'
                    and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close'
                    and j.created_at > at - interval '10 minutes'
                    and j.completed_at > at - interval '30 seconds'
                    and not exists (select from public.positions p
                        where p.broker_connection_id = j.broker_connection_id
                          and p.ticket::text = coalesce(j.output_data ->> 'ticket', j.output_data ->> 'broker_order_id'))
                    and not exists (select from public.trade_events e
                        where e.broker_connection_id = j.broker_connection_id and e.created_at > at - interval '1 day'
                          and e.event_type = 'position_opened'
                          and e.external_order_id = coalesce(j.output_data ->> 'ticket', j.output_data ->> 'broker_order_id')))
          into entries;
        if entries >= settings.max_open_positions then
            reason_code := 'max_open_positions';
            detail := format('%s of at most %s positions are open or on their way.', entries, settings.max_open_positions);
            return;
        end if;
    end if;

    if settings.daily_loss_limit_pct is not null then
        -- By account: profits in different currencies cannot be added. Opening a position costs its commission.
        select -(coalesce((select sum(e.profit_loss) from public.trade_events e
                    where e.broker_connection_id = connection.id and e.user_id = strategy.user_id
                      and e.event_type in ('position_opened', 'position_closed')
                      and e.created_at >= date_trunc('day', at, settings.timezone)), 0)
               + coalesce((select sum(p.profit + p.swap) from public.positions p
                    where p.broker_connection_id = connection.id and p.user_id = strategy.user_id), 0))
          into loss;
        -- With no equity known, the first loss closes the gate.
        allowance := coalesce(settings.daily_loss_limit_pct / 100
            * coalesce(snapshot.day_start_equity, settings.account_balance), 0);
        if loss > 0 and loss >= allowance then
            reason_code := 'daily_loss_limit';
            detail := format('Today''s loss of %s has reached the daily limit of %s (%s %%).',
                round(loss, 2), round(allowance, 2), settings.daily_loss_limit_pct);
        end if;
    end if;
end $$;

-- As in 0008, but a job that was claimed before waits for its agent whatever its deadline: only that one knows whether the
-- order was sent.
create or replace function forexelite.jobs_waiting(
    of_agent uuid, of_user uuid, of_connection uuid, at timestamptz, besides uuid default null) returns bigint
language plpgsql stable set search_path = '' as $$
begin
    return (select count(*) from (
        select from public.jobs j
         where j.user_id = of_user and j.status = 'pending'
           and (j.broker_connection_id is null or j.broker_connection_id = of_connection)
           and (j.agent_id = of_agent or (j.agent_id is null and j.attempts = 0))
           and (j.attempts > 0 or j.not_after is null or j.not_after > at)
           and j.id is distinct from besides
         -- In the order of the partial index, which a plan for ten rows would otherwise pass over.
         order by j.created_at
         limit 10) waiting);
end $$;

-- Finished jobs by the age that decides how long they are kept.
create index jobs_finished_idx on jobs ((coalesce(completed_at, created_at))) where status in ('completed', 'failed', 'cancelled');
