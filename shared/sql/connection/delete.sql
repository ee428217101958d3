-- Refused by the strategies' foreign key while one trades over it. Its agents stay, without a connection.
--
-- $1 uuid broker connection
delete from broker_connections where id = $1 returning id
