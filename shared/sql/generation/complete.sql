-- The draft that was written, the file of its source, what it is opened by and what it cost, all or nothing; nothing where
-- nobody wants it any more.
-- As service_role; the project was read as the user.
--
-- $1 uuid generation, $2 uuid user, $3 uuid project, $4 uuid version, $5 text source,
-- $6 text path of the source, $7 bigint its bytes, $8 text its checksum, $9 int prompt tokens, $10 int completion tokens
with paid as (
    update generations set status = 'completed', ea_version_id = $4, prompt_tokens = $9, completion_tokens = $10, finished_at = now()
     where id = $1 and user_id = $2 and status = 'started'
    returning id
),
version as (
    insert into ea_versions (id, ea_project_id, version_number, source_code)
    select $4, p.id, forexelite.next_version_number(p.id), $5 from paid, ea_projects p where p.id = $3 and p.user_id = $2
    returning id, ea_project_id
),
artifact as (
    insert into ea_artifacts (ea_version_id, artifact_type, storage_path, file_size, checksum)
    select version.id, 'mq5', $6, $7, $8 from version
),
opened as (
    update ea_projects p set current_version_id = version.id from version where p.id = version.ea_project_id
)
select id from version
