-- $1 bucket text, $2 prefix text (empty, or a folder with its slash), $3 how names must begin text, $4 column text,
-- $5 descending boolean, $6 limit bigint, $7 offset bigint
-- One level of the tree: first its folders, which are no objects and have a name only, then its objects.
with below as (
  select *, substr(name, length($2) + 1) as rest
  from storage.objects
  where bucket_id = $1 and starts_with(name, $2 || $3)
), level as (
  select distinct
    split_part(rest, '/', 1) as name, null::uuid as id, null::jsonb as metadata,
    null::timestamptz as created_at, null::timestamptz as updated_at, null::timestamptz as last_accessed_at,
    true as is_folder
  from below where rest like '%/%'
  union all
  select rest, id, metadata, created_at, updated_at, last_accessed_at, false
  from below where rest not like '%/%'
), keyed as (
  select *,
    case $4
      when 'created_at' then to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
      when 'updated_at' then to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
      when 'last_accessed_at' then to_char(last_accessed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
      else name
    end collate "C" as key
  from level
)
select name, id, metadata, created_at, updated_at, last_accessed_at
from keyed
order by
  is_folder desc,
  case when not $5 then coalesce(key, name) end,
  case when $5 then coalesce(key, name) end desc
limit $6 offset $7
