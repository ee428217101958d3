-- The caller's deployments, newest first, under row-level security. The cursor is the last row's time and id.
--
-- $1 text status or null, $2 uuid agent or null, $3 timestamptz and $4 uuid of the cursor or nulls, $5 bigint limit
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
 where ($1::text is null or d.status = $1)
   and ($2::uuid is null or d.mt5_agent_id = $2)
   and ($3::timestamptz is null or (d.created_at, d.id) < ($3, $4))
 order by d.created_at desc, d.id desc
 limit $5
