-- A version to be compiled, the file of its source, and the job, whose id comes from the idempotency key: of two requests
-- with one key at once the second is refused by it.
-- As service_role; the version it is made of was read as the user.
--
-- $1 uuid id, $2 uuid project, $3 uuid user, $4 uuid job, $5 text source, $6 jsonb config,
-- $7 text path of the source, $8 bigint its bytes, $9 text its checksum, $10 text path of the program, $11 text bucket,
-- $12 text what the files are named but for number and kind, $13 text path of the compiler's log
with version as (
    insert into ea_versions (id, ea_project_id, version_number, source_code, config, status)
    select $1, p.id, forexelite.next_version_number(p.id), $5, $6, 'compiling'
      from ea_projects p where p.id = $2 and p.user_id = $3
    returning id, version_number
),
artifact as (
    insert into ea_artifacts (ea_version_id, artifact_type, storage_path, file_size, checksum)
    select version.id, 'mq5', $7, $8, $9 from version
),
job as (
    insert into jobs (id, user_id, job_type, entity_type, entity_id, input_data)
    select $4, $3, 'compile', 'ea_version', version.id, jsonb_build_object('source_path', $7::text, 'ex5_path', $10::text,
               'log_path', $13::text, 'bucket', $11::text, 'file_name', format('%s_v%s.mq5', $12::text, version.version_number))
      from version
    returning id
)
select job.id as job_id,
       exists (select from ws_connections w where w.user_id = $3 and w.kind = 'dashboard') as watched
  from job
