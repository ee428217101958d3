-- $1 uuid agent
delete from mt5_agents where id = $1 returning id
