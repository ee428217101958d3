-- $1 uuid user, $2 bool whether a name was sent, $3 text name or null
update profiles set display_name = case when $2 then $3 else display_name end
 where id = $1
returning id, email, display_name, created_at, updated_at
