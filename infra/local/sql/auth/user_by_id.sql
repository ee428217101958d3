-- $1 id uuid
select * from auth.users where id = $1
