-- As service_role, since users make no versions themselves. A new draft is the one that is opened in the editor; sent again,
-- the first is returned and what was opened since stays open.
--
-- $1 uuid id, $2 uuid project, $3 uuid user, $4 text source, $5 jsonb config
with version as (
    insert into ea_versions (id, ea_project_id, version_number, source_code, config)
    select $1, p.id, forexelite.next_version_number(p.id), $4, $5 from ea_projects p where p.id = $2 and p.user_id = $3
    on conflict (id) do update set id = excluded.id where ea_versions.ea_project_id = excluded.ea_project_id
    returning id, ea_project_id, created_at
),
opened as (
    update ea_projects p set current_version_id = version.id
      from version
     where p.id = version.ea_project_id and version.created_at = now()
)
select id from version
