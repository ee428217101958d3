-- $1 uuid strategy
delete from tv_strategies where id = $1 returning id
