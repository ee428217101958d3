-- Jobs whose lease ran out go back to the agent that had them, which alone knows whether they were done: they keep their
-- agent and their attempts, and only it can claim them. A while after the lease, so that an agent that is merely late
-- claims or reports first.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most, $3 int attempts a job has
with clock as (
    select coalesce($1::timestamptz, now()) as at
),
released as (
    update jobs set status = 'pending', lease_expires_at = null
     where id = any (array(
        select j.id from jobs j
         where j.status = 'running' and j.lease_expires_at < (select at from clock) - interval '15 seconds'
           and j.attempts < $3 and j.agent_id is not null
         order by j.user_id limit $2 for no key update skip locked))
    returning id, user_id, broker_connection_id, agent_id, job_type, status
)
select r.user_id, r.broker_connection_id, r.id as job_id, r.job_type, r.status as job_status,
       exists (select from ws_connections w where w.user_id = r.user_id and w.kind = 'dashboard') as watched,
       exists (select from ws_connections w where w.agent_id = r.agent_id) as agent_listens
  from released r
