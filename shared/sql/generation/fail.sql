-- $1 uuid id, $2 uuid user, $3 text reason, $4 int prompt tokens, $5 int completion tokens
update generations set status = 'failed', reason_code = $3, prompt_tokens = $4, completion_tokens = $5, finished_at = now()
 where id = $1 and user_id = $2 and status = 'started'
