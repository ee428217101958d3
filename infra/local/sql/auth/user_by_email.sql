-- $1 email text
select * from auth.users where email = lower($1) and not is_sso_user
