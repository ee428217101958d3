-- $1 id text, $2 name text, $3 public boolean, $4 file size limit bigint or null, $5 allowed mime types text[] or null
-- No row when the id or the name is taken.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ($1, $2, $3, $4, $5)
on conflict do nothing
returning id
