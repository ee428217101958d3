-- How things stand, for alarms. A signal that waits is one of the open jobs, which partial indexes keep together; beyond
-- $2 of them the exact number tells nobody more. An agent that has been silent for a day is one that was given up.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many jobs at most
with clock as (
    select coalesce($1::timestamptz, now()) as at
),
waiting as (
    select entity_type, created_at from jobs where status = 'pending' order by user_id, created_at limit $2
),
running as (
    select entity_type, created_at from jobs where status = 'running' order by user_id limit $2
)
select (select count(*) from waiting) as jobs_waiting,
       (select count(*) from (table waiting union all table running) open
         where entity_type = 'tv_signal' and created_at < (select at from clock) - interval '1 minute') as signals_late,
       agents.online as agents_online, agents.offline as agents_offline,
       (select coalesce(sum(numbackends), 0)::bigint from pg_stat_database) as database_connections,
       current_setting('max_connections')::bigint as database_connections_allowed
  from (select count(*) filter (where last_heartbeat >= clock.at - interval '10 minutes') as online,
               count(*) filter (where last_heartbeat < clock.at - interval '10 minutes'
                                  and last_heartbeat >= clock.at - interval '1 day') as offline
          from mt5_agents, clock) agents
