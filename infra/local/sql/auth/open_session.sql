-- $1 session id uuid, $2 user id uuid, $3 refresh token text
with signed_in as (
  update auth.users set last_sign_in_at = now(), updated_at = now() where id = $2 returning *
), session as (
  insert into auth.sessions (id, user_id) select $1, id from signed_in returning id, user_id
), token as (
  insert into auth.refresh_tokens (token, user_id, session_id) select $3, user_id, id from session
)
select * from signed_in
