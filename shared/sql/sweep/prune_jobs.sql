-- Jobs that ended more than ninety days ago. Their signals and the audit log stay; a signal forgets its job.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most
delete from jobs where id = any (array(
    select j.id from jobs j
     where j.status in ('completed', 'failed', 'cancelled')
       and coalesce(j.completed_at, j.created_at) < coalesce($1::timestamptz, now()) - interval '90 days'
     order by coalesce(j.completed_at, j.created_at) limit $2 for update skip locked))
returning id
