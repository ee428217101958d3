-- How far the user has come. Every alert that reached us is a signal, a discarded one too: what this step proves is
-- that TradingView knows the address.
--
-- $1 uuid user
select u.disclaimer_accepted,
       exists (select from broker_connections c where c.user_id = $1) as broker_connection,
       exists (select from mt5_agents a where a.user_id = $1 and a.last_heartbeat is not null) as agent_paired,
       exists (select from tv_strategies s where s.user_id = $1) as strategy,
       exists (select from tv_signals s where s.user_id = $1) as first_signal
  from user_settings u
 where u.user_id = $1
