-- $1 id uuid, $2 email text or null, $3 password hash text or null, $4 data jsonb: keys set to null are removed
update auth.users
set
  email = coalesce($2::text, email),
  encrypted_password = coalesce($3, encrypted_password),
  raw_user_meta_data = (
    select coalesce(jsonb_object_agg(key, value), '{}')
    from jsonb_each(raw_user_meta_data || $4 || case when $2::text is null then '{}' else jsonb_build_object('email', $2::text) end)
    where value <> 'null'
  ),
  updated_at = now()
where id = $1
returning *
