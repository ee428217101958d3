-- A market order by hand: judged by the gate that judges alerts and stored as a job, in one statement and as service_role.
-- No row when the broker connection is not the user's; the job that was made before when it is sent again.
--
-- $1 uuid user, $2 uuid id of the job, $3 uuid broker connection, $4 text symbol, $5 text side buy | sell,
-- $6 numeric volume (lots) or $7 numeric risk_pct, both null for the risk of the settings,
-- $8 numeric price the user saw, $9 numeric sl, $10 numeric tp (prices), $11 numeric sl_pips, $12 numeric tp_pips,
-- $13 text order comment, $14 int deviation in points, $15 timestamptz now, null for the server's clock
select f.created, f.reason_code as refusal, f.detail, f.watched,
       (f.job).id, (f.job).job_type, (f.job).status, (f.job).broker_connection_id, (f.job).entity_type, (f.job).entity_id,
       (f.job).input_data, (f.job).output_data, (f.job).error_message, (f.job).reason_code, (f.job).agent_id, (f.job).attempts,
       (f.job).not_after, (f.job).created_at, (f.job).claimed_at, (f.job).completed_at
  from forexelite.place_order($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) f
