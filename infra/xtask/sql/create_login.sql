-- A login of the functions like the one of the migrations, so that a password can be replaced without a gap: the new login
-- is made beside the old one. Its name was checked, its password is a SCRAM verifier.
do $$
begin
    if not exists (select from pg_roles where rolname = '{login}') then
        create role {login} login noinherit;
        grant authenticated, service_role to {login};
        alter role {login} set idle_in_transaction_session_timeout = '10s';
        alter role {login} set statement_timeout = '8s';
    end if;
end $$;
alter role {login} login password '{verifier}';
