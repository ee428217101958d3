-- $1 uuid job
select id, job_type, status, entity_id, error_message, reason_code, created_at, claimed_at, completed_at
  from jobs
 where id = $1
