-- $1 bucket text, $2 name text
select * from storage.objects where bucket_id = $1 and name = $2
