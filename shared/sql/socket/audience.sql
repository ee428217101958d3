-- Who hears what, sockets of the same interest in one row. Of a price: the source's own dashboards and, where the source
-- is a public feed, everybody's who watch it and have no fresh price of their own. Of news: a user's dashboards. Of the
-- doorbell: the user's agents that could claim the job.
--
-- of ticks: $1 uuid[] sources and $2 text[] their instruments, in pairs
-- $3 uuid[] users with news
-- $4 uuid[] users with jobs waiting and $5 uuid[] the jobs' broker connections (null: any agent), in pairs
-- $6 uuid[] users whose watched instruments changed
-- $7 timestamptz now, null for the server's clock
select * from forexelite.audience($1, $2, $3, $4, $5, $6, coalesce($7, now()))
