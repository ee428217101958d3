-- The risk gate. It is a function of the database because an alert is judged in the statement that stores it:
-- one round trip, and no moment between the judgement and the order. The webhook, manual orders and `explain` all ask it.

-- The refusal of an order for a strategy, or NULLs when it may pass. Exits are stopped only where nothing may trade.
-- `sizing` is what decides the volume: 'volume' or 'risk'; `has_stop` says whether a stop loss is known.
create function forexelite.judge_order(
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
             + (select count(*) from public.jobs j where j.user_id = strategy.user_id and j.status = 'pending'
                    and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close'
                    and (j.not_after is null or j.not_after > at))
             + (select count(*) from public.jobs j where j.user_id = strategy.user_id and j.status = 'running'
                    and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close')
             -- Filled, but not yet in the agent's report of positions.
             + (select count(*) from public.jobs j where j.user_id = strategy.user_id and j.status = 'completed'
                    and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close'
                    and j.created_at > at - interval '10 minutes'
                    and j.completed_at > greatest(snapshot.reported_at, at - interval '30 seconds'))
          into entries;
        if entries >= settings.max_open_positions then
            reason_code := 'max_open_positions';
            detail := format('%s of at most %s positions are open or on their way.', entries, settings.max_open_positions);
            return;
        end if;
    end if;

    if settings.daily_loss_limit_pct is not null then
        -- By account: profits in different currencies cannot be added.
        select -(coalesce((select sum(e.profit_loss) from public.trade_events e
                    where e.broker_connection_id = connection.id and e.user_id = strategy.user_id
                      and e.event_type = 'position_closed'
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

-- The key under which an alert is stored once. TradingView resends an alert up to three times within half a minute
-- when it got a 5xx; the same text is the same alert then, and for ever when it carries its own time.
create function forexelite.dedup_key(of_strategy uuid, digest text, has_time boolean, at timestamptz) returns text
language plpgsql set search_path = '' as $$
declare
    known text;
begin
    if has_time then
        return digest;
    end if;
    -- The same text at the same moment: the second waits here until the first is stored, then finds it.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(of_strategy::text || digest, 0));
    select s.dedup_key into known from public.tv_signals s
        where s.strategy_id = of_strategy
          and s.dedup_key >= digest || '@' and s.dedup_key < digest || 'A'
          and s.received_at > at - interval '30 seconds'
        order by s.received_at desc limit 1;
    return coalesce(known, digest || '@' || to_char(at at time zone 'UTC', 'YYYYMMDDHH24MISSUS'));
end $$;

revoke all on function forexelite.judge_order, forexelite.dedup_key from public;
grant execute on function forexelite.judge_order, forexelite.dedup_key to service_role;
