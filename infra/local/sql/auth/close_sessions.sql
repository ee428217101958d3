-- $1 user id uuid, $2 session id uuid, $3 scope text: global | local | others
delete from auth.sessions
where user_id = $1
  and case $3 when 'local' then id = $2 when 'others' then id <> $2 else true end
