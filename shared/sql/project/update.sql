-- $1 uuid project, $2 text name or null, $3 bool whether a description was sent, $4 text description or null,
-- $5 jsonb default settings or null, $6 uuid current version or null
update ea_projects set
    name = coalesce($2, name),
    description = case when $3 then $4 else description end,
    default_settings = coalesce($5, default_settings),
    current_version_id = coalesce($6, current_version_id)
 where id = $1
returning id, name, description, default_settings, current_version_id, created_at, updated_at
