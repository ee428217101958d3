-- Where a file is, and what it is called.
--
-- $1 uuid artifact
select a.storage_path, a.artifact_type, v.version_number, p.name as project_name
  from ea_artifacts a
  join ea_versions v on v.id = a.ea_version_id
  join ea_projects p on p.id = v.ea_project_id
 where a.id = $1
