-- The tech plan's claim, made tenant-safe: for one agent, oldest first, of its own user and broker account. A job that
-- was claimed once only goes back to the same agent, which alone knows whether it was done; it does so as soon as the
-- lease ran out, without waiting for the sweeper.
-- The look-ups are scalar sub-selects so that the owner is one value and the partial indexes answer in order.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent of the path,
-- $4 timestamptz now, null for the server's clock
with clock as (
    select coalesce($4::timestamptz, now()) as at
),
caller as materialized (
    select id, user_id, broker_connection_id, pairing_key_hash, pairing_key_hash = $2 and id = $3 as proven
      from mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
),
claimed as (
    update jobs set
        status = 'running', agent_id = $3, claimed_at = (select at from clock), attempts = attempts + 1,
        started_at = coalesce(started_at, (select at from clock)),
        lease_expires_at = (select at from clock) + case job_type
            when 'compile' then interval '5 minutes' when 'trade' then interval '1 minute'
            when 'close_position' then interval '1 minute' else interval '2 minutes' end
     where id = coalesce((
        select j.id from jobs j
         where j.user_id = (select user_id from caller where proven) and j.status = 'running'
           and j.agent_id = $3 and j.lease_expires_at < (select at from clock)
         order by j.created_at limit 1 for no key update skip locked
     ), (
        select j.id from jobs j
         where j.user_id = (select user_id from caller where proven) and j.status = 'pending'
           and (j.broker_connection_id is null or j.broker_connection_id = (select broker_connection_id from caller))
           and (j.agent_id = $3 or (j.agent_id is null and j.attempts = 0))
           and (j.not_after is null or j.not_after > (select at from clock))
         order by j.created_at limit 1 for no key update skip locked
     ))
    returning id, user_id, job_type, entity_type, entity_id, input_data, not_after, attempts, claimed_at
),
signal as (
    update tv_signals set claimed_at = coalesce(tv_signals.claimed_at, claimed.claimed_at) from claimed
     where tv_signals.id = claimed.entity_id and claimed.entity_type = 'tv_signal' and tv_signals.user_id = claimed.user_id
)
select caller.id as agent_id, caller.pairing_key_hash,
       claimed.id as job_id, claimed.job_type, claimed.entity_type, claimed.entity_id, claimed.input_data, claimed.not_after,
       claimed.attempts, caller.user_id,
       claimed.id is not null and exists (select from ws_connections w where w.user_id = caller.user_id) as watched,
       case when caller.proven then forexelite.jobs_waiting(
           $3, caller.user_id, caller.broker_connection_id, (select at from clock), (select id from claimed)) end as jobs_waiting
  from caller left join claimed on true
