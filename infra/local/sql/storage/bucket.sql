-- $1 id text
select * from storage.buckets where id = $1
