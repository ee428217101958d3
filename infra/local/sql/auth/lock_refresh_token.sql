-- $1 token text
-- The lock makes two refreshes with one token meet: the second sees what the first did.
-- `age` counts from the rotation, `successor` is the session's token that is still good.
select
  token.user_id,
  token.session_id,
  token.revoked,
  extract(epoch from clock_timestamp() - token.updated_at)::float8 as age,
  session.created_at as signed_in_at
from auth.refresh_tokens token
join auth.sessions session on session.id = token.session_id
where token.token = $1
for update of session, token
