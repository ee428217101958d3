-- What is to be deployed and by whom, each where it is the caller's.
--
-- $1 uuid version, $2 uuid agent
select v.status, v.version_number, p.name as project_name, a.id as agent_id, a.broker_connection_id,
       exists (select from ea_artifacts x where x.ea_version_id = v.id and x.artifact_type = 'ex5') as has_program
  from (select) as caller
  left join (ea_versions v join ea_projects p on p.id = v.ea_project_id) on v.id = $1
  left join mt5_agents a on a.id = $2
