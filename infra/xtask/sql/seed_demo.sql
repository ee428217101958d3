-- What the demo user has beside what the API can make: an accepted disclaimer and a broker account.
--
-- $1 uuid user, $2 uuid broker connection
with settings as (
    update user_settings set disclaimer_accepted = true, disclaimer_accepted_at = coalesce(disclaimer_accepted_at, now())
     where user_id = $1
)
insert into broker_connections (id, user_id, broker_type, name) values ($2, $1, 'MT5_AGENT', 'Simulated MetaTrader 5')
on conflict (id) do nothing
