-- $1 uuid deployment
select d.id, d.ea_version_id, v.version_number, v.ea_project_id, p.name as project_name, d.mt5_agent_id, a.agent_name,
       d.broker_connection_id, d.symbol, d.timeframe, d.magic_number, d.runtime_config as inputs, d.status, d.error_message,
       d.deployed_at, d.stopped_at, d.created_at, d.updated_at,
       (select jsonb_build_object('id', j.id, 'job_type', j.job_type, 'status', j.status, 'error_message', j.error_message,
            'reason_code', j.reason_code, 'created_at', j.created_at, 'claimed_at', j.claimed_at, 'completed_at', j.completed_at)
          from jobs j where j.entity_type = 'ea_deployment' and j.entity_id = d.id
         order by j.created_at desc limit 1) as last_job
  from ea_deployments d
  join ea_versions v on v.id = d.ea_version_id
  join ea_projects p on p.id = v.ea_project_id
  left join mt5_agents a on a.id = d.mt5_agent_id
 where d.id = $1
