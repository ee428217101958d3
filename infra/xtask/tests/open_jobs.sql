-- One user with something open of every kind: a signal that waits, one that is executed, a compilation, a deployment, a socket.
insert into auth.users (id, email) values ('11111111-0000-4000-8000-000000000001', 'trader@example.com');
insert into broker_connections (id, user_id, broker_type, name)
values ('11111111-0000-4000-8000-000000000002', '11111111-0000-4000-8000-000000000001', 'MT5_AGENT', 'Demo');
insert into mt5_agents (id, user_id, broker_connection_id, agent_name)
values ('11111111-0000-4000-8000-000000000003', '11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002', 'Agent');
insert into tv_strategies (id, user_id, broker_connection_id, name, webhook_secret, magic_number)
values ('11111111-0000-4000-8000-000000000004', '11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002',
    'Strategy', 'abcdefghijklmnopqrstuvwxyz0123456789', 1);
insert into tv_signals (id, strategy_id, user_id, symbol, action, raw_payload, dedup_key)
select ('11111111-0000-4000-8000-00000000001' || n)::uuid, '11111111-0000-4000-8000-000000000004',
       '11111111-0000-4000-8000-000000000001', 'EURUSD', 'buy', '{}', n::text
  from generate_series(1, 2) n;
insert into jobs (user_id, broker_connection_id, job_type, entity_type, entity_id)
select '11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002', 'trade', 'tv_signal',
       ('11111111-0000-4000-8000-00000000001' || n)::uuid
  from generate_series(1, 2) n;
update jobs set status = 'running', agent_id = '11111111-0000-4000-8000-000000000003', attempts = 1, claimed_at = now(),
       started_at = now(), lease_expires_at = now() + interval '1 minute'
 where entity_id = '11111111-0000-4000-8000-000000000012';
insert into ea_projects (id, user_id, name)
values ('11111111-0000-4000-8000-000000000005', '11111111-0000-4000-8000-000000000001', 'Project');
insert into ea_versions (id, ea_project_id, version_number, source_code)
values ('11111111-0000-4000-8000-000000000006', '11111111-0000-4000-8000-000000000005', 1, 'void OnTick() {}');
update ea_versions set status = 'compiling';
insert into ea_deployments (id, user_id, ea_version_id, mt5_agent_id, broker_connection_id, symbol, timeframe, magic_number, file_name)
values ('11111111-0000-4000-8000-000000000007', '11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000006',
    '11111111-0000-4000-8000-000000000003', '11111111-0000-4000-8000-000000000002', 'EURUSD', 'H1', 2, 'Project.ex5');
insert into jobs (user_id, broker_connection_id, agent_id, job_type, entity_type, entity_id)
values ('11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002', '11111111-0000-4000-8000-000000000003',
    'deploy', 'ea_deployment', '11111111-0000-4000-8000-000000000007');
insert into ws_connections (connection_id, user_id, kind) values ('L0SM9cOFvHcCIhw=', '11111111-0000-4000-8000-000000000001', 'dashboard');
