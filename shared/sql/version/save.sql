-- As the user. The condition is what decides between two who save at once: the second waits for the first, then finds another
-- state than the one it was made on. The same again changes nothing, its time neither.
--
-- $1 uuid version, $2 text source or null, $3 jsonb config or null, $4 bool whatever is there, $5 timestamptz the state
-- that was changed, null for one that never was
update ea_versions v set source_code = coalesce($2, v.source_code), config = coalesce($3, v.config)
 where v.id = $1 and v.status = 'draft' and ($4 or v.updated_at = $5)
returning v.id, v.ea_project_id, v.version_number, v.status, v.compilation_error,
       octet_length(v.source_code)::bigint as source_bytes, v.created_at, v.updated_at,
       (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'artifact_type', a.artifact_type, 'file_size', a.file_size,
            'checksum', a.checksum, 'created_at', a.created_at) order by a.created_at, a.artifact_type), '[]')
          from ea_artifacts a where a.ea_version_id = v.id) as artifacts,
       v.source_code, v.config
