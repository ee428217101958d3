-- Tells the agent what to do with a deployment; nothing where an order is open, of which there is one at a time.
-- It is started on the account it was ordered for and no other, and stopped whichever one its agent serves by now.
--
-- $1 uuid id of the job, $2 uuid deployment, $3 uuid user, $4 text job type deploy | run | stop, $5 text bucket
with job as (
    insert into jobs (id, user_id, broker_connection_id, agent_id, job_type, entity_type, entity_id, input_data)
    select $1, d.user_id, case when $4 <> 'stop' then d.broker_connection_id end, d.mt5_agent_id, $4, 'ea_deployment', d.id,
           jsonb_build_object('deployment_id', d.id, 'file_name', d.file_name, 'symbol', d.symbol, 'timeframe', d.timeframe,
               'magic_number', d.magic_number, 'inputs', d.runtime_config)
           || case when $4 = 'deploy' then
               (select jsonb_build_object('ex5_path', x.storage_path, 'checksum', x.checksum, 'bucket', $5::text)
                  from ea_artifacts x where x.ea_version_id = d.ea_version_id and x.artifact_type = 'ex5'
                 order by x.created_at desc limit 1)
              else '{}' end
      from ea_deployments d
     where d.id = $2 and d.user_id = $3 and d.mt5_agent_id is not null
    on conflict (entity_id) where entity_type = 'ea_deployment' and status in ('pending', 'running') do nothing
    returning id, agent_id
)
select job.id as job_id, a.broker_connection_id,
       exists (select from ws_connections w where w.user_id = $3 and w.kind = 'dashboard') as watched
  from job join mt5_agents a on a.id = job.agent_id
