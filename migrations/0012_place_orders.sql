-- Orders by hand, through the gate that alerts go through; and flatten, which closes everything.

-- What an account made or lost since its user's midnight, and how much it may lose. One place, because the gate and the
-- dashboard must agree. By account: profits in different currencies cannot be added.
create function forexelite.account_day(
    of_user uuid, of_connection uuid, zone text, limit_pct numeric, start_equity numeric, at timestamptz,
    out started_at timestamptz, out realised numeric, out floating numeric, out result numeric, out allowance numeric)
language plpgsql stable set search_path = '' as $$
begin
    started_at := date_trunc('day', at, zone);
    -- Opening a position costs its commission.
    select coalesce(sum(e.profit_loss), 0) into realised from public.trade_events e
     where e.broker_connection_id = of_connection and e.user_id = of_user
       and e.event_type in ('position_opened', 'position_closed') and e.created_at >= started_at;
    select coalesce(sum(p.profit + p.swap), 0) into floating from public.positions p
     where p.broker_connection_id = of_connection and p.user_id = of_user;
    result := realised + floating;
    if limit_pct is not null then
        -- With no equity known, the first loss closes the gate.
        allowance := coalesce(limit_pct / 100 * start_equity, 0);
    end if;
end $$;

-- Entries of a user that are no reported position yet: they wait, an agent has them, or they were just filled.
create function forexelite.entries_on_their_way(of_user uuid, at timestamptz) returns bigint
language plpgsql stable set search_path = '' as $$
begin
    -- One that was claimed before may have been sent, whatever its deadline.
    return (select count(*) from public.jobs j where j.user_id = of_user and j.status = 'pending'
                and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close'
                and (j.attempts > 0 or j.not_after is null or j.not_after > at))
         + (select count(*) from public.jobs j where j.user_id = of_user and j.status = 'running'
                and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close')
         -- Filled, but neither its position nor its deal was reported yet. By ticket and not by time: a report that was
         -- taken before the fill may be stored after it.
         + (select count(*) from public.jobs j where j.user_id = of_user and j.status = 'completed'
                and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close'
                and j.created_at > at - interval '10 minutes'
                and j.completed_at > at - interval '30 seconds'
                and not exists (select from public.positions p
                    where p.broker_connection_id = j.broker_connection_id
                      and p.ticket::text = coalesce(j.output_data ->> 'ticket', j.output_data ->> 'broker_order_id'))
                and not exists (select from public.trade_events e
                    where e.broker_connection_id = j.broker_connection_id and e.created_at > at - interval '1 day'
                      and e.event_type = 'position_opened'
                      and e.external_order_id = coalesce(j.output_data ->> 'ticket', j.output_data ->> 'broker_order_id')));
end $$;

-- Jobs of a user that close one position, wholly or (with a volume) in part, and are not done yet. In two statements, each
-- with a partial index of its own.
create function forexelite.closes_on_their_way(of_user uuid) returns setof public.jobs
language plpgsql stable rows 10 set search_path = '' as $$
begin
    return query select * from public.jobs j
        where j.user_id = of_user and j.status = 'pending' and j.job_type = 'close_position';
    return query select * from public.jobs j
        where j.user_id = of_user and j.status = 'running' and j.job_type = 'close_position';
end $$;

-- The advisory lock of a user's trading: shared by whoever judges an entry, taken alone by whoever closes by hand.
create function forexelite.trading_lock(of_user uuid) returns bigint
language plpgsql immutable set search_path = '' as $$
begin
    return pg_catalog.hashtextextended('trading of ' || of_user, 0);
end $$;

-- As in 0010, but for what two functions above now count, an order without a strategy, and the lock that flatten takes.
--
-- The refusal of an order for a strategy, or NULLs when it may pass. Exits are stopped only where nothing may trade.
-- An order by hand comes with a row that is no strategy's: without an id, switched on, with no rules of its own.
-- `has_stop` says whether a stop loss is known.
create or replace function forexelite.judge_order(
    strategy tv_strategies, order_action text, order_symbol text, order_volume numeric, has_stop boolean,
    signal_time timestamptz, at timestamptz, out reason_code text, out detail text)
language plpgsql set search_path = '' as $$
declare
    settings   public.user_settings;
    connection public.broker_connections;
    snapshot   public.account_snapshots;
    day        record;
    entries    bigint;
begin
    if order_action <> 'close' then
        -- Shared among entries, and held until the entry is committed: flatten, which takes it alone, waits for entries
        -- that were judged before it, cancels them, and those judged after it read its trading mode. A lock in memory,
        -- where `for share` on the settings would write their row with every alert.
        perform pg_catalog.pg_advisory_xact_lock_shared(forexelite.trading_lock(strategy.user_id));
    end if;
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
        detail := 'The volume is to be found from the risk, which needs a stop loss: send sl, sl_pips or volume'
            || case when strategy.id is null then '.' else ', or give the strategy a default.' end;
        return;
    end if;

    if settings.max_open_positions is not null then
        -- Two alerts at once must not both be the last one allowed. Each statement below reads what was
        -- committed before the lock was got.
        perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('entries of ' || strategy.user_id, 0));
        select (select count(*) from public.positions p where p.user_id = strategy.user_id)
             + forexelite.entries_on_their_way(strategy.user_id, at)
          into entries;
        if entries >= settings.max_open_positions then
            reason_code := 'max_open_positions';
            detail := format('%s of at most %s positions are open or on their way.', entries, settings.max_open_positions);
            return;
        end if;
    end if;

    if settings.daily_loss_limit_pct is not null then
        select * into snapshot from public.account_snapshots a where a.broker_connection_id = connection.id;
        select * into day from forexelite.account_day(strategy.user_id, connection.id, settings.timezone,
            settings.daily_loss_limit_pct, coalesce(snapshot.day_start_equity, settings.account_balance), at);
        if day.result < 0 and -day.result >= day.allowance then
            reason_code := 'daily_loss_limit';
            detail := format('Today''s loss of %s has reached the daily limit of %s (%s %%).',
                round(-day.result, 2), round(day.allowance, 2), settings.daily_loss_limit_pct);
        end if;
    end if;
end $$;

-- order/place.sql
create function forexelite.place_order(
    owner uuid, order_id uuid, connection_id uuid, order_symbol text, order_side text, volume numeric, risk_pct numeric,
    price numeric, sl numeric, tp numeric, sl_pips numeric, tp_pips numeric, comment text, deviation_points int,
    asked_at timestamptz)
returns table (created boolean, reason_code text, detail text, watched boolean, job public.jobs)
language plpgsql set search_path = '' as $$
declare
    at         timestamptz := coalesce(asked_at, now());
    connection public.broker_connections;
    settings   public.user_settings;
    by_hand    public.tv_strategies;
begin
    created := false;
    -- The same order twice at once: the second waits here, and then finds the first, whatever the gate says by now.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('order ' || order_id, 0));
    select * into job from public.jobs j where j.id = order_id and j.user_id = owner;
    if found then
        return next;
        return;
    end if;
    select * into connection from public.broker_connections c where c.id = connection_id and c.user_id = owner;
    if not found then
        return;
    end if;
    if not exists (select from public.mt5_agents a where a.broker_connection_id = connection_id and a.user_id = owner) then
        reason_code := 'no_agent';
        detail := format('No agent serves the broker connection "%s", so nobody would send the order. Pair one first.',
            connection.name);
        return next;
        return;
    end if;
    by_hand.user_id := owner;
    by_hand.broker_connection_id := connection_id;
    by_hand.is_enabled := true;
    select judged.reason_code, judged.detail into reason_code, detail
      from forexelite.judge_order(by_hand, order_side, order_symbol, volume, sl is not null or sl_pips is not null, null, at) judged;
    if reason_code is null then
        select * into settings from public.user_settings u where u.user_id = owner;
        insert into public.jobs (id, user_id, broker_connection_id, job_type, not_after, input_data, created_at)
        values (order_id, owner, connection_id, 'trade', at + interval '1 minute',
            jsonb_strip_nulls(jsonb_build_object('symbol', order_symbol, 'side', order_side, 'price', price, 'volume', volume,
                'risk_pct', case when volume is null then coalesce(risk_pct, settings.risk_percent) end,
                'max_volume', settings.max_lot_size, 'sl', sl, 'tp', tp, 'sl_pips', sl_pips, 'tp_pips', tp_pips,
                -- MetaTrader's own for orders by hand, and no strategy's.
                'magic_number', 0, 'comment', comment, 'deviation_points', deviation_points)), at)
        returning * into job;
        created := true;
        watched := exists (select from public.ws_connections w where w.user_id = owner);
    end if;
    return next;
end $$;

-- position/close.sql
create function forexelite.close_position(
    owner uuid, close_id uuid, of_ticket bigint, of_connection uuid, volume numeric, asked_at timestamptz)
returns table (matches bigint, closable numeric, created boolean, reason_code text, detail text, watched boolean, job public.jobs)
language plpgsql set search_path = '' as $$
declare
    at      timestamptz := coalesce(asked_at, now());
    held    public.positions;
    by_hand public.tv_strategies;
    part    numeric;
begin
    created := false;
    -- Of two closes of a position at once, or a close and a flatten, the second finds the first.
    perform pg_catalog.pg_advisory_xact_lock(forexelite.trading_lock(owner));
    select * into job from public.jobs j where j.id = close_id and j.user_id = owner;
    if found then
        return next;
        return;
    end if;
    select count(*) into matches from public.positions p
     where p.user_id = owner and p.ticket = of_ticket and (of_connection is null or p.broker_connection_id = of_connection);
    if matches <> 1 then
        return next;
        return;
    end if;
    select * into held from public.positions p
     where p.user_id = owner and p.ticket = of_ticket and (of_connection is null or p.broker_connection_id = of_connection);
    select * into job from forexelite.closes_on_their_way(owner) j
     where j.broker_connection_id = held.broker_connection_id and j.input_data ->> 'ticket' = of_ticket::text
       and not j.input_data ? 'volume'
     order by j.created_at limit 1;
    if found then
        return next;
        return;
    end if;
    -- The whole of it goes without a volume, so that nothing is left of what is added meanwhile.
    part := nullif(volume, held.volume);
    -- Two clicks on "close half" close half twice, but never more than there is.
    select held.volume - coalesce(sum((j.input_data ->> 'volume')::numeric), 0) into closable
      from forexelite.closes_on_their_way(owner) j
     where j.broker_connection_id = held.broker_connection_id and j.input_data ->> 'ticket' = of_ticket::text;
    by_hand.user_id := owner;
    by_hand.broker_connection_id := held.broker_connection_id;
    by_hand.is_enabled := true;
    select judged.reason_code, judged.detail into reason_code, detail
      from forexelite.judge_order(by_hand, 'close', held.symbol, part, false, null, at) judged;
    if reason_code is null and (part is null or part <= closable) then
        insert into public.jobs (id, user_id, broker_connection_id, job_type, input_data, created_at)
        values (close_id, owner, held.broker_connection_id, 'close_position',
            jsonb_strip_nulls(jsonb_build_object('ticket', of_ticket, 'volume', part)), at)
        returning * into job;
        created := true;
        watched := exists (select from public.ws_connections w where w.user_id = owner);
    end if;
    return next;
end $$;

-- position/flatten.sql
create function forexelite.flatten(owner uuid, asked_at timestamptz)
returns table (what text, job public.jobs, signal_id uuid, symbol text, action text, watched boolean, entries_on_their_way bigint,
    switched_off bigint)
language plpgsql set search_path = '' as $$
declare
    at       timestamptz := coalesce(asked_at, now());
    sentence text := 'Cancelled by flatten before an agent took it: trading mode is "reducing", only exits are traded.';
begin
    -- From here on no entry is under way to be committed (see forexelite.judge_order), so none is missed below.
    perform pg_catalog.pg_advisory_xact_lock(forexelite.trading_lock(owner));
    -- From "halted" too: closing must pass.
    update public.user_settings u set trading_mode = 'reducing' where u.user_id = owner;
    if not found then
        return;
    end if;
    return query
    with entry as (
        -- One that an agent claimed at this moment is looked at again once the claim is committed, and left to its agent.
        update public.jobs j set status = 'cancelled', reason_code = 'reducing', error_message = sentence, completed_at = at
         where j.user_id = owner and j.status = 'pending' and j.attempts = 0
           and j.job_type = 'trade' and j.input_data ->> 'side' <> 'close'
        returning j as cancelled
    ),
    signal as (
        update public.tv_signals s set status = 'discarded', reason_code = 'reducing', error_message = sentence, resolved_at = at
          from entry
         where (entry.cancelled).entity_type = 'tv_signal' and s.id = (entry.cancelled).entity_id and s.user_id = owner
           and s.status = 'pending'
        returning s.id, s.symbol, s.action
    )
    select 'cancelled', entry.cancelled, signal.id, signal.symbol, signal.action, null::boolean, null::bigint, null::bigint
      from entry left join signal on signal.id = (entry.cancelled).entity_id;

    return query
    with closing as materialized (
        select j as underway, j.broker_connection_id, j.input_data ->> 'ticket' as ticket
          from forexelite.closes_on_their_way(owner) j
         where not j.input_data ? 'volume'
    ),
    fresh as (
        insert into public.jobs as j (user_id, broker_connection_id, job_type, input_data, created_at)
        select owner, p.broker_connection_id, 'close_position', jsonb_build_object('ticket', p.ticket), at
          from public.positions p
          join public.broker_connections c on c.id = p.broker_connection_id and c.is_active
         where p.user_id = owner
           and not exists (select from closing k where k.broker_connection_id = p.broker_connection_id and k.ticket = p.ticket::text)
         order by p.opened_at, p.ticket
        returning j as made
    )
    select 'created', fresh.made, null::uuid, null::text, null::text, null::boolean, null::bigint, null::bigint from fresh
     union all
    select 'underway', closing.underway, null, null, null, null, null, null from closing;

    -- Read anew, so that an entry which an agent claimed meanwhile is counted.
    return query
    select 'summary', null::public.jobs, null::uuid, null::text, null::text,
           exists (select from public.ws_connections w where w.user_id = owner),
           forexelite.entries_on_their_way(owner, at),
           (select count(*) from public.positions p
              join public.broker_connections c on c.id = p.broker_connection_id and not c.is_active
             where p.user_id = owner);
end $$;

revoke all on function forexelite.account_day, forexelite.entries_on_their_way, forexelite.closes_on_their_way,
    forexelite.trading_lock, forexelite.place_order, forexelite.close_position, forexelite.flatten from public;
grant execute on function forexelite.account_day, forexelite.closes_on_their_way to authenticated;
grant execute on function forexelite.account_day, forexelite.entries_on_their_way, forexelite.closes_on_their_way,
    forexelite.trading_lock, forexelite.place_order, forexelite.close_position, forexelite.flatten to service_role;
