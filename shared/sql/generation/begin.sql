-- $1 uuid id, $2 uuid user, $3 uuid project, $4 text model, $5 int how many a user may begin within 24 hours,
-- $6 timestamptz now, null for the server's clock
select forexelite.begin_generation($1, $2, $3, $4, $5, coalesce($6, now())) as free_at
