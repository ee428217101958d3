-- $1 bucket text, $2 name text, $3 version text, $4 metadata jsonb
-- No row when there is such an object: of two uploads at once, one wins.
insert into storage.objects (bucket_id, name, version, metadata)
values ($1, $2, $3, $4)
on conflict (bucket_id, name) do nothing
returning id
