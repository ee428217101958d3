-- $1 uuid user
select id, email, display_name, created_at, updated_at from profiles where id = $1
