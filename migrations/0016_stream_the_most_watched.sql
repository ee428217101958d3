-- As in 0009, but of more than an agent pushes at once those that most sockets watch.
create or replace function forexelite.watched_instruments(of_user uuid, of_everybody boolean) returns text[]
language plpgsql stable set search_path = '' as $$
begin
    if of_everybody then
        return array(select most.i from (
            select i from public.ws_connections w cross join unnest(w.instruments) as i
             where w.kind = 'dashboard' group by i order by count(*) desc, i limit 200) most order by 1);
    end if;
    return array(select most.i from (
        select i from public.ws_connections w cross join unnest(w.instruments) as i
         where w.user_id = of_user and w.kind = 'dashboard' group by i order by count(*) desc, i limit 200) most order by 1);
end $$;
