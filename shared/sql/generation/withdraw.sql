-- One that never began: GLM sent nothing.
--
-- $1 uuid id, $2 uuid user
delete from generations where id = $1 and user_id = $2 and status = 'started'
