-- $1 bucket text, $2 names text[]: those of them that exist
select name from storage.objects where bucket_id = $1 and name = any($2)
