-- $1 id uuid, $2 email text (lower case), $3 password hash text, $4 data jsonb given by the user
-- No row when the address is taken.
insert into auth.users (id, email, encrypted_password, email_confirmed_at, raw_user_meta_data)
values (
  $1::uuid, $2::text, $3, now(),
  jsonb_build_object('sub', $1::uuid::text, 'email', $2::text, 'email_verified', true, 'phone_verified', false) || $4
)
on conflict (email) where not is_sso_user do nothing
returning *
