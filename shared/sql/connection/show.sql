-- Whether a broker connection is the caller's, under row-level security.
--
-- $1 uuid broker connection
select id from broker_connections where id = $1
