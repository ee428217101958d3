-- The tech plan's claim, made tenant-safe: for one agent, oldest first, of its own user and broker account. A job that
-- was claimed once only goes back to the same agent, which alone knows whether it was done; it does so as soon as the
-- lease ran out, without waiting for the sweeper.
-- The look-ups are scalar sub-selects so that the owner is one value and the partial indexes answer in order.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent of the path,
-- $4 timestamptz now, null for the server's clock
select * from forexelite.claim_job($1, $2, $3, $4)
