-- $1 bucket text, $2 name text, $3 version text, $4 metadata jsonb
-- `replaced` is the version that was there until now; right as long as one upload is stored at a time.
with earlier as (
  select version from storage.objects where bucket_id = $1 and name = $2
)
insert into storage.objects as object (bucket_id, name, version, metadata)
values ($1, $2, $3, $4)
on conflict (bucket_id, name) do update
set version = excluded.version, metadata = excluded.metadata, updated_at = now(), last_accessed_at = now()
returning object.id, (select earlier.version from earlier) as replaced
