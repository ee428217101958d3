-- Supabase's roles. They belong to the whole cluster, and several databases may be prepared at once:
-- the lock on the shared catalogue lets one through at a time, whichever database it stands in.
begin;
lock table pg_catalog.pg_authid in share row exclusive mode;
do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit'),
      ('supabase_auth_admin', 'nologin noinherit createrole'),
      ('supabase_storage_admin', 'nologin noinherit createrole')
    ) as role (name, attributes)
    where name not in (select rolname from pg_catalog.pg_roles)
  loop
    execute format('create role %I %s', wanted.name, wanted.attributes);
  end loop;
  if not pg_has_role('authenticator', 'service_role', 'member') then
    grant anon, authenticated, service_role to authenticator;
  end if;
end
$$;
commit;
