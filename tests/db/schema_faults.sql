-- What a table, view or function of ours must not be like, one line each.
with tables as (
    select oid, relname, relrowsecurity, relacl from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
),
granted as (
    select t.relname, acl.privilege_type, acl.grantee from tables t cross join aclexplode(t.relacl) acl
    union
    select t.relname, acl.privilege_type, acl.grantee from tables t
      join pg_attribute a on a.attrelid = t.oid cross join aclexplode(a.attacl) acl
),
policies as (
    select t.relname, p.polname, p.polcmd, p.polroles, expression.text, expression.need, expression.what
      from tables t join pg_policy p on p.polrelid = t.oid
     cross join lateral (values
        ('USING', pg_get_expr(p.polqual, p.polrelid), p.polcmd in ('r', 'w', 'd', '*')),
        ('WITH CHECK', pg_get_expr(p.polwithcheck, p.polrelid), p.polcmd in ('a', 'w', '*'))
     ) expression (what, text, need)
),
functions as (
    select p.oid, p.oid::regprocedure::text as name, p.prosecdef, p.proconfig, n.nspname from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('public', 'forexelite') and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
)
select relname || ': row-level security is off' from tables where not relrowsecurity
union all
select relname || ': has no policy' from tables t where not exists (select from pg_policy where polrelid = t.oid)
union all
select format('%s: %s is granted to %s', relname, privilege_type, case grantee when 0 then 'PUBLIC' else grantee::regrole::text end)
  from granted where grantee in (0, 'anon'::regrole)
union all
select format('%s: %s is granted to authenticated, and no policy is asked for it', relname, privilege_type)
  from granted where grantee = 'authenticated'::regrole and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
union all
select distinct format('%s: policy %s is not only for authenticated', relname, polname)
  from policies where polroles <> array['authenticated'::regrole::oid]
union all
select format('%s: policy %s has no %s', relname, polname, what) from policies where need and text is null
union all
-- Once a statement, and not once a row. What the operator made a public feed is everybody's to read.
select format('%s: %s of policy %s does not ask (select auth.uid())', relname, what, polname) from policies
 where text is not null and (text !~ 'SELECT auth\.uid\(\)' or replace(text, '( SELECT auth.uid() AS uid)', '') ~ 'auth\.uid')
   and text !~ 'FROM forexelite\.public_feeds\(\)'
union all
select relname || ': a view answers as its owner; say with (security_invoker = true)' from pg_class
 where relnamespace = 'public'::regnamespace
   and (relkind in ('m', 'f') or relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false))
union all
select format('%s: may be called by %s', name, role) from functions cross join unnest(array['anon', 'authenticated']) role
 where has_function_privilege(role, oid, 'execute') 
   and (role = 'anon' or name !~ '^forexelite\.(refuse|public_feeds|price_source|account_day|closes_on_their_way)\(')
union all
select name || ': a security definer must set search_path = ''''' from functions
 where prosecdef and not coalesce('search_path=""' = any (proconfig), false)
order by 1
