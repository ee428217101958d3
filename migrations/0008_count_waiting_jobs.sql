-- How many jobs an agent could claim, counted to ten: enough to know that there is more, and a busy owner's backlog costs
-- nothing. A function, because every answer to an agent carries the number and the condition is the claim's own.
-- `besides` is the job that the asking statement claims itself, which its snapshot still shows as pending.
create function forexelite.jobs_waiting(
    of_agent uuid, of_user uuid, of_connection uuid, at timestamptz, besides uuid default null) returns bigint
language plpgsql stable set search_path = '' as $$
begin
    return (select count(*) from (
        select from public.jobs j
         where j.user_id = of_user and j.status = 'pending'
           and (j.broker_connection_id is null or j.broker_connection_id = of_connection)
           and (j.agent_id = of_agent or (j.agent_id is null and j.attempts = 0))
           and (j.not_after is null or j.not_after > at)
           and j.id is distinct from besides
         -- In the order of the partial index, which a plan for ten rows would otherwise pass over.
         order by j.created_at
         limit 10) waiting);
end $$;
revoke all on function forexelite.jobs_waiting from public;
grant execute on function forexelite.jobs_waiting to service_role;
