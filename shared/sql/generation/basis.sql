-- What a generation starts from.
--
-- $1 uuid project, $2 uuid version of it, or null
select p.id, p.name, p.default_settings, v.source_code, $2::uuid is null or v.id is not null as has_version
  from ea_projects p left join ea_versions v on v.id = $2 and v.ea_project_id = p.id
 where p.id = $1
