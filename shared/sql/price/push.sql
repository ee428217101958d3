-- Ticks and closed bars of an agent. A tick is stored when it is newer than the stored one; in the order of instruments, so
-- that two agents of one user cannot lock each other out. Also told: what somebody watches.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent of the path,
-- of ticks: $4 text[] instruments (each once), $5 numeric[] bids, $6 numeric[] asks, $7 timestamptz[] times, null = now
-- of bars: $8 text[] instruments, $9 timestamptz[] minutes, $10 numeric[] open, $11 numeric[] high, $12 numeric[] low,
-- $13 numeric[] close, $14 numeric[] volume
-- $15 timestamptz now, null for the server's clock
select * from forexelite.push_prices($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
