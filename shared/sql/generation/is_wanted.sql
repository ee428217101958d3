-- $1 uuid id, $2 uuid user
select id from generations where id = $1 and user_id = $2 and status = 'started'
