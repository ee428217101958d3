-- Jobs that nobody will finish: the lease of the last attempt ran out, or the agent that had the job was deleted and no other
-- may have it. They end as a failure does in job/finish, but the audit log has no rejection: whether the order was sent is
-- not known.
-- A job that waits for its deleted agent is cancelled, since nothing runs that could fail. Deployments follow by themselves.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most, $3 int attempts a job has
with clock as (
    select coalesce($1::timestamptz, now()) as at,
           'The agent did not report what came of the job. Look in the terminal before you repeat it.' as sentence
),
abandoned as (
    update jobs set status = case status when 'running' then 'failed' else 'cancelled' end,
        reason_code = 'lease_expired', error_message = (select sentence from clock), completed_at = (select at from clock)
     where id = any (array(
        select j.id from jobs j
         where j.status = 'running' and j.lease_expires_at < (select at from clock) - interval '15 seconds'
           and (j.attempts >= $3 or j.agent_id is null)
         order by j.user_id limit $2 for no key update skip locked))
        or id = any (array(
        select j.id from jobs j
         where j.status = 'pending' and j.attempts > 0 and j.agent_id is null
         order by j.user_id, j.created_at limit $2 for no key update skip locked))
    returning id, user_id, job_type, status, entity_type, entity_id, reason_code, error_message, completed_at
),
signal as (
    update tv_signals s set status = 'failed', reason_code = a.reason_code, error_message = a.error_message,
        resolved_at = a.completed_at
      from abandoned a
     where a.entity_type = 'tv_signal' and s.id = a.entity_id and s.user_id = a.user_id and s.status = 'pending'
    returning s.id, s.user_id, s.symbol, s.action, s.status, s.reason_code
),
version as (
    update ea_versions v set status = 'failed', compilation_error = a.error_message
      from abandoned a
     where a.job_type = 'compile' and v.id = a.entity_id and v.status = 'compiling'
)
select a.user_id, a.id as job_id, a.job_type, a.status as job_status,
       s.id as signal_id, s.symbol, s.action, s.status as signal_status, s.reason_code,
       exists (select from ws_connections w where w.user_id = a.user_id and w.kind = 'dashboard') as watched
  from abandoned a left join signal s on s.id = a.entity_id
