-- $1 text connection, $2 text[] instruments
update ws_connections w set last_seen_at = now(),
    instruments = array(select i from unnest(w.instruments) as i where i <> all ($2::text[]))
 where w.connection_id = $1 and w.kind = 'dashboard'
returning w.connection_id
