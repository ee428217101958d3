-- $1 timestamptz and $2 uuid of the cursor or nulls, $3 bigint limit
select id, name, description, default_settings, current_version_id, created_at, updated_at
  from ea_projects
 where $1::timestamptz is null or (created_at, id) < ($1, $2)
 order by created_at desc, id desc
 limit $3
