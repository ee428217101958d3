-- $1 token text, $2 new token text
with spent as (
  update auth.refresh_tokens set revoked = true, updated_at = clock_timestamp() where token = $1 returning user_id, session_id
), refreshed as (
  update auth.sessions set refreshed_at = now(), updated_at = now() where id = (select session_id from spent)
)
insert into auth.refresh_tokens (token, user_id, session_id, parent) select $2, user_id, session_id, $1 from spent
