-- The id comes from the idempotency key: sent again, the first is returned as it is. The update that changes nothing is
-- what makes Postgres return it.
--
-- $1 uuid id, $2 uuid user, $3 text name, $4 text description or null, $5 jsonb default settings
insert into ea_projects (id, user_id, name, description, default_settings)
values ($1, $2, $3, $4, $5)
on conflict (id) do update set name = ea_projects.name where ea_projects.user_id = excluded.user_id
returning id, name, description, default_settings, current_version_id, created_at, updated_at
