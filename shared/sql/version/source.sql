-- What is compiled, and whether the caller has an agent that could.
--
-- $1 uuid version
select v.ea_project_id, p.name as project_name, v.source_code, v.config, exists (select from mt5_agents) as has_agent
  from ea_versions v join ea_projects p on p.id = v.ea_project_id
 where v.id = $1
