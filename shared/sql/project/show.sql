-- $1 uuid project
select id, name, description, default_settings, current_version_id, created_at, updated_at
  from ea_projects
 where id = $1
