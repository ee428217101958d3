-- An agent's socket, its doorbell. A new one takes the place of the one before, of whose end nobody may have told us.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent it says it is,
-- $4 text connection
with caller as materialized (
    select id, user_id, pairing_key_hash, pairing_key_hash = $2 and id = $3 as proven
      from mt5_agents where pairing_key_prefix = $1 and pairing_key_prefix <> ''
),
replaced as (
    delete from ws_connections w using caller where caller.proven and w.agent_id = caller.id
),
opened as (
    insert into ws_connections (connection_id, user_id, kind, agent_id)
    select $4, caller.user_id, 'agent', caller.id from caller where caller.proven
)
select id as agent_id, pairing_key_hash from caller
