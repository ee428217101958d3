-- As service_role, after the project was read as the user. A project goes with its versions, their files and what of it is
-- not deployed any more; a deployment that may be attached keeps its version, and so refuses the whole. What no agent has
-- begun is withdrawn; of a compilation under way only the result is dropped.
-- Beside each source there may be a program and a log that were uploaded and never reported.
--
-- $1 uuid project, $2 uuid user
with version as (
    select v.id from ea_versions v join ea_projects p on p.id = v.ea_project_id where p.id = $1 and p.user_id = $2
),
file as (
    select a.storage_path as path from ea_artifacts a where a.ea_version_id in (select id from version)
    union
    select regexp_replace(a.storage_path, '\.mq5$', unreported.kind)
      from ea_artifacts a cross join (values ('.ex5'), ('.log')) unreported (kind)
     where a.ea_version_id in (select id from version)
),
ended as (
    delete from ea_deployments d
     where d.user_id = $2 and d.ea_version_id in (select id from version)
       and (d.status in ('stopped', 'failed') or d.mt5_agent_id is null)
    returning d.id
),
withdrawn as (
    update jobs j set status = 'cancelled', reason_code = 'project_deleted', completed_at = now(),
        error_message = 'The project was deleted before an agent began.'
     where j.user_id = $2 and j.status = 'pending' and j.attempts = 0
       and (j.entity_type = 'ea_version' and j.entity_id in (select id from version)
            or j.entity_type = 'ea_deployment' and j.entity_id in (select id from ended))
),
gone as (
    delete from ea_projects p where p.id = $1 and p.user_id = $2 returning p.id
)
select array(select path from file order by path) as files from gone
