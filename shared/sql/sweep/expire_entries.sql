-- Entries nobody claimed in time: the job is cancelled and its signal discarded. One that was ever claimed is left alone, for
-- its agent may have sent the order: it goes back to that agent or ends with its lease.
-- The limit, and rows that a claim holds being passed over, keep this short; the next minute takes the rest.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most
with clock as (
    select coalesce($1::timestamptz, now()) as at
),
expired as (
    update jobs set status = 'cancelled', reason_code = 'expired', completed_at = (select at from clock),
        error_message = 'No agent claimed the entry before its deadline.'
     where id = any (array(
        select j.id from jobs j
         where j.status = 'pending' and j.attempts = 0 and j.not_after <= (select at from clock)
         -- In the order of the partial index, lest finished jobs be read.
         order by j.user_id, j.created_at limit $2 for no key update skip locked))
    returning id, user_id, job_type, status, entity_type, entity_id
),
discarded as (
    update tv_signals s set status = 'discarded', reason_code = 'expired', resolved_at = (select at from clock),
        error_message = 'No agent claimed the entry before its deadline.'
      from expired e
     where e.entity_type = 'tv_signal' and s.id = e.entity_id and s.user_id = e.user_id and s.status = 'pending'
    returning s.id, s.user_id, s.symbol, s.action, s.status, s.reason_code
)
select e.user_id, e.id as job_id, e.job_type, e.status as job_status,
       s.id as signal_id, s.symbol, s.action, s.status as signal_status, s.reason_code,
       exists (select from ws_connections w where w.user_id = e.user_id and w.kind = 'dashboard') as watched
  from expired e left join discarded s on s.id = e.entity_id
