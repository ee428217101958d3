-- An agent's report of its broker account: the snapshot, its positions as a set, and deals, each of which becomes an event of
-- the audit log once. The snapshot's row is taken first and held, so that reports of one account follow each other; one that
-- began before the stored one overwrites nothing, but its deals are facts all the same.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent of the path,
-- $4 numeric balance, $5 numeric equity, $6 numeric margin, $7 numeric free margin, $8 text currency, $9 int leverage or null,
-- $10 jsonb positions, each ticket once, $11 jsonb deals
-- $12 timestamptz now, null for the server's clock
with clock as (
    select coalesce($12::timestamptz, now()) as at
),
caller as materialized (
    select id, user_id, broker_connection_id, pairing_key_hash, pairing_key_hash = $2 and id = $3 as proven
      from mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
),
snapshot as (
    insert into account_snapshots as s (broker_connection_id, user_id, balance, equity, margin, free_margin, currency, leverage,
        day_start_equity, reported_at)
    select caller.broker_connection_id, caller.user_id, $4, $5, $6, $7, $8, $9, $5, clock.at
      from caller, clock where caller.proven and caller.broker_connection_id is not null
    on conflict (broker_connection_id) do update set
        balance = excluded.balance, equity = excluded.equity, margin = excluded.margin, free_margin = excluded.free_margin,
        currency = excluded.currency, leverage = excluded.leverage, reported_at = excluded.reported_at,
        -- The first report of the user's day says what the day began with.
        day_start_equity = (
            select case when date_trunc('day', s.reported_at, u.timezone) = date_trunc('day', excluded.reported_at, u.timezone)
                   then coalesce(s.day_start_equity, excluded.equity) else excluded.equity end
              from user_settings u where u.user_id = s.user_id)
     where s.reported_at <= excluded.reported_at
    returning broker_connection_id
),
held as materialized (
    select exists (select from snapshot) as newest
),
event as (
    insert into trade_events (user_id, broker_connection_id, event_type, pair, direction, quantity, entry_price, exit_price,
        profit_loss, external_deal_id, external_order_id, external_position_id, metadata, created_at)
    select caller.user_id, caller.broker_connection_id, meaning.event_type, d.symbol,
           -- A sale closes what was bought.
           case when (d.side = 'buy') = (meaning.event_type = 'position_opened') then 'LONG' else 'SHORT' end,
           -- Of a reversal nobody says how much of it closed and how much opened.
           case when d.entry <> 'inout' then d.volume end,
           case when meaning.event_type = 'position_opened' then d.price end,
           case when meaning.event_type = 'position_closed' then d.price end,
           case when meaning.bears_money then d.profit + d.swap + d.commission + d.fee end,
           d.ticket || meaning.suffix, d.order_ticket, d.position_ticket,
           jsonb_build_object('deal', deal, 'agent_id', caller.id, 'magic_number', d.magic_number, 'comment', d.comment),
           least(d.time, clock.at)
      from caller cross join clock cross join held
     cross join jsonb_array_elements($11::jsonb) as deal
     cross join jsonb_to_record(deal) as d (ticket text, order_ticket text, position_ticket text, symbol text, side text,
         entry text, volume numeric, price numeric, profit numeric, swap numeric, commission numeric, fee numeric,
         magic_number bigint, comment text, time timestamptz)
      join (values ('in', 'position_opened', '', true), ('out', 'position_closed', '', true),
                   ('out_by', 'position_closed', '', true),
                   ('inout', 'position_closed', '', true), ('inout', 'position_opened', '-opened', false))
           as meaning (entry, event_type, suffix, bears_money) on meaning.entry = d.entry
     where caller.proven and caller.broker_connection_id is not null and held.newest is not null
     order by d.ticket, meaning.suffix
    on conflict (broker_connection_id, external_deal_id) where external_deal_id is not null do nothing
)
select caller.id as agent_id, caller.pairing_key_hash, caller.broker_connection_id,
       case when held.newest then forexelite.replace_positions(caller.broker_connection_id, caller.user_id, $10, clock.at) end,
       case when caller.proven then forexelite.jobs_waiting($3, caller.user_id, caller.broker_connection_id, clock.at) end
           as jobs_waiting
  from caller cross join clock cross join held
