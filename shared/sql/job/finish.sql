-- An agent's result, and what follows from it for the signal, version or deployment, in one statement. Fenced by agent and
-- attempt: a late result of an expired lease cannot overwrite a newer one, and the same result again changes nothing.
--
-- $1 text prefix of the agent's key, $2 text stored hash that the key was proven against, $3 uuid agent of the path,
-- $4 uuid job, $5 text status completed | failed, $6 int attempt or null, $7 jsonb output, $8 text error message,
-- $9 text reason code (null when completed)
-- of a trade's output: $10 numeric fill price, $11 text order ticket, $12 numeric volume, $13 timestamptz sent at,
-- $14 timestamptz filled at, $15 numeric profit
-- of a compilation's output: $16 text checksum, $17 bigint file size, $18 text compiler's errors
select * from forexelite.finish_job($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
