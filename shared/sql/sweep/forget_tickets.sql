-- Socket tickets that would be refused for their age by now; a minute later than that, for clocks differ.
--
-- $1 timestamptz now, null for the server's clock, $2 bigint how many at most
delete from used_tickets where ticket_id = any (array(
    select t.ticket_id from used_tickets t
     where t.expires_at < coalesce($1::timestamptz, now()) - interval '1 minute'
     order by t.expires_at limit $2 for update skip locked))
returning ticket_id
