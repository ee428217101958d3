-- As service_role. What is not attached is to be again; refused where its chart has another one by now. Says whether it ever
-- was, for else its file is not there either.
--
-- $1 uuid deployment, $2 uuid user
update ea_deployments d set status = 'pending', error_message = null
 where d.id = $1 and d.user_id = $2 and d.status in ('stopped', 'failed')
returning d.deployed_at is not null as was_deployed
