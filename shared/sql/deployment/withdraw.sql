-- As service_role: takes back an order that no agent has begun, upon which a deployment that waited for it is stopped.
--
-- $1 uuid deployment, $2 uuid user
update jobs j set status = 'cancelled', reason_code = 'withdrawn', completed_at = now()
 where j.entity_type = 'ea_deployment' and j.entity_id = $1 and j.user_id = $2 and j.status = 'pending' and j.attempts = 0
returning j.id as job_id, j.job_type,
    exists (select from ws_connections w where w.user_id = $2 and w.kind = 'dashboard') as watched
