-- As service_role, after its open order was withdrawn. What may be attached stays, unless its agent is gone: then nobody can
-- stop it from here any more.
--
-- $1 uuid deployment, $2 uuid user
delete from ea_deployments d
 where d.id = $1 and d.user_id = $2 and (d.status in ('stopped', 'failed') or d.mt5_agent_id is null)
returning d.id
