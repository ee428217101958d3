-- $1 bucket text, $2 names text[]
delete from storage.objects where bucket_id = $1 and name = any($2) returning *
