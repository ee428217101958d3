-- Trading mode to reducing, entries that nobody claimed cancelled, a closing job for every position that has none: all at
-- once, as service_role. A row for each job, said what it is, and one `summary`; none when there is no such user.
--
-- $1 uuid user, $2 timestamptz now, null for the server's clock
select f.what, f.signal_id, f.symbol, f.action, f.watched, f.entries_on_their_way, f.switched_off,
       (f.job).id, (f.job).job_type, (f.job).status, (f.job).broker_connection_id, (f.job).entity_type, (f.job).entity_id,
       (f.job).input_data, (f.job).output_data, (f.job).error_message, (f.job).reason_code, (f.job).agent_id, (f.job).attempts,
       (f.job).not_after, (f.job).created_at, (f.job).claimed_at, (f.job).completed_at
  from forexelite.flatten($1, $2) f
