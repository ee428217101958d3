-- $1 session id uuid, $2 user id uuid
select exists (select from auth.sessions where id = $1 and user_id = $2) as found
