-- $1 uuid job
select id, job_type, status, broker_connection_id, entity_type, entity_id, input_data, output_data, error_message, reason_code,
       agent_id, attempts, not_after, created_at, claimed_at, completed_at
  from jobs
 where id = $1
