-- A project's versions, newest first; by number, which is in the order they were made, as their times need not be.
--
-- $1 uuid project, $2 uuid last version of the page before or null, $3 bigint limit
select v.id, v.ea_project_id, v.version_number, v.status, v.compilation_error,
       octet_length(v.source_code)::bigint as source_bytes, v.created_at, v.updated_at,
       (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'artifact_type', a.artifact_type, 'file_size', a.file_size,
            'checksum', a.checksum, 'created_at', a.created_at) order by a.created_at, a.artifact_type), '[]')
          from ea_artifacts a where a.ea_version_id = v.id) as artifacts
  from ea_versions v
 where v.ea_project_id = $1
   and ($2::uuid is null or v.version_number <
        (select last.version_number from ea_versions last where last.id = $2 and last.ea_project_id = $1))
 order by v.version_number desc
 limit $3
