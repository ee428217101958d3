-- Row-level security and the verbs each role has. Supabase grants everything on new tables to anon and
-- authenticated; here nothing is granted that is not written below.

alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
revoke all on all tables in schema public from anon, authenticated;
revoke all on all functions in schema forexelite from public;
grant usage on schema public to authenticated, service_role;
grant usage on schema forexelite to service_role;
grant select, insert, update, delete on all tables in schema public to service_role;
alter default privileges in schema public grant select, insert, update, delete on tables to service_role;
alter default privileges in schema forexelite grant execute on functions to service_role;
grant execute on all functions in schema forexelite to service_role;
-- Guards run as whoever writes, and users write some tables themselves.
grant usage on schema forexelite to authenticated;
grant execute on function forexelite.refuse to authenticated;

-- The login of the Lambda functions: it owns nothing and inherits nothing, so a statement that picks no role fails.
-- Its password is set by whoever deploys.
do $$
begin
    create role forexelite_api login noinherit;
exception when duplicate_object then
    alter role forexelite_api noinherit;
end $$;
grant authenticated, service_role to forexelite_api;
alter role forexelite_api set idle_in_transaction_session_timeout = '10s';
alter role forexelite_api set statement_timeout = '8s';

alter table profiles           enable row level security;
alter table user_settings      enable row level security;
alter table broker_connections enable row level security;
alter table mt5_agents         enable row level security;
alter table ea_projects        enable row level security;
alter table ea_versions        enable row level security;
alter table ea_artifacts       enable row level security;
alter table ea_deployments     enable row level security;
alter table tv_strategies      enable row level security;
alter table tv_signals         enable row level security;
alter table jobs               enable row level security;
alter table trade_events       enable row level security;
alter table account_snapshots  enable row level security;
alter table positions          enable row level security;
alter table latest_prices      enable row level security;
alter table candles            enable row level security;
alter table ws_connections     enable row level security;

-- (select auth.uid()) is evaluated once a statement and not once a row.
create policy owner_reads on profiles for select to authenticated using ((select auth.uid()) = id);
create policy owner_updates on profiles for update to authenticated
    using ((select auth.uid()) = id) with check ((select auth.uid()) = id);
grant select on profiles to authenticated;
grant update (display_name) on profiles to authenticated;

create policy owner_reads on user_settings for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_updates on user_settings for update to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
grant select on user_settings to authenticated;
grant update (account_balance, risk_percent, account_currency, disclaimer_accepted, disclaimer_accepted_at,
    preferred_pairs, daily_loss_limit_pct, max_open_positions, max_lot_size, trading_mode, timezone)
    on user_settings to authenticated;

create policy owner_reads on broker_connections for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_inserts on broker_connections for insert to authenticated with check ((select auth.uid()) = user_id);
create policy owner_updates on broker_connections for update to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy owner_deletes on broker_connections for delete to authenticated using ((select auth.uid()) = user_id);
grant select (id, user_id, broker_type, name, symbol_map, is_active, created_at, updated_at),
    insert (id, user_id, broker_type, name, symbol_map, is_active),
    update (name, symbol_map, is_active), delete on broker_connections to authenticated;

create policy owner_reads on mt5_agents for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_updates on mt5_agents for update to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy owner_deletes on mt5_agents for delete to authenticated using ((select auth.uid()) = user_id);
grant select (id, user_id, broker_connection_id, agent_name, terminal_server, login, is_connected, last_heartbeat,
        pairing_key_prefix, status_reported, is_public_feed, created_at, updated_at),
    update (agent_name, broker_connection_id), delete on mt5_agents to authenticated;

create policy owner_reads on ea_projects for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_inserts on ea_projects for insert to authenticated with check ((select auth.uid()) = user_id);
create policy owner_updates on ea_projects for update to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy owner_deletes on ea_projects for delete to authenticated using ((select auth.uid()) = user_id);
grant select, delete, insert (id, user_id, name, description, default_settings),
    update (name, description, default_settings, current_version_id) on ea_projects to authenticated;

create policy owner_reads on ea_versions for select to authenticated using (
    exists (select from ea_projects p where p.id = ea_project_id and p.user_id = (select auth.uid())));
create policy owner_updates on ea_versions for update to authenticated
    using (exists (select from ea_projects p where p.id = ea_project_id and p.user_id = (select auth.uid())))
    with check (exists (select from ea_projects p where p.id = ea_project_id and p.user_id = (select auth.uid())));
grant select, update (source_code, config) on ea_versions to authenticated;

create policy owner_reads on ea_artifacts for select to authenticated using (
    exists (select from ea_versions v join ea_projects p on p.id = v.ea_project_id
            where v.id = ea_version_id and p.user_id = (select auth.uid())));
grant select on ea_artifacts to authenticated;

create policy owner_reads on tv_strategies for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_updates on tv_strategies for update to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy owner_deletes on tv_strategies for delete to authenticated using ((select auth.uid()) = user_id);
grant select, delete,
    update (name, broker_connection_id, risk_override_pct, allowed_pairs, is_enabled, max_signal_age_seconds,
        default_volume, default_sl_pips, default_tp_pips) on tv_strategies to authenticated;

create policy owner_reads on ea_deployments for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on tv_signals for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on jobs for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on trade_events for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on account_snapshots for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on positions for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on latest_prices for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on candles for select to authenticated using ((select auth.uid()) = user_id);
create policy owner_reads on ws_connections for select to authenticated using ((select auth.uid()) = user_id);
grant select on ea_deployments, tv_signals, jobs, trade_events, account_snapshots, positions, latest_prices, candles,
    ws_connections to authenticated;
