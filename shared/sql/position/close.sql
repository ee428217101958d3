-- A job that closes a position of the user, wholly or in part, or the one that already does. As service_role, in one
-- statement that looks, judges and inserts.
--
-- $1 uuid user, $2 uuid id of the job, $3 bigint ticket, $4 uuid broker connection or null for the only one,
-- $5 numeric volume or null for all of it, $6 timestamptz now, null for the server's clock
select f.matches, f.closable, f.created, f.reason_code as refusal, f.detail, f.watched,
       (f.job).id, (f.job).job_type, (f.job).status, (f.job).broker_connection_id, (f.job).entity_type, (f.job).entity_id,
       (f.job).input_data, (f.job).output_data, (f.job).error_message, (f.job).reason_code, (f.job).agent_id, (f.job).attempts,
       (f.job).not_after, (f.job).created_at, (f.job).claimed_at, (f.job).completed_at
  from forexelite.close_position($1, $2, $3, $4, $5, $6) f
