-- $1 uuid version
select v.id, v.ea_project_id, v.version_number, v.status, v.compilation_error,
       octet_length(v.source_code)::bigint as source_bytes, v.created_at, v.updated_at,
       (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'artifact_type', a.artifact_type, 'file_size', a.file_size,
            'checksum', a.checksum, 'created_at', a.created_at) order by a.created_at, a.artifact_type), '[]')
          from ea_artifacts a where a.ea_version_id = v.id) as artifacts,
       v.source_code, v.config
  from ea_versions v
 where v.id = $1
