//! One row of an owner in every table. Every id of it is the owner's own, so that a row is found, and pointed at, without
//! asking.

use tokio_postgres::Client;
use uuid::Uuid;

/// How a row of `:owner` gets into each table, in an order that foreign keys allow.
const ROWS: &[(&str, &str)] = &[
    (
        "profiles",
        "insert into auth.users (id, email) values (:owner, :owner || '@example.test')",
    ),
    ("user_settings", "select 'made by the trigger on auth.users'"),
    (
        "broker_connections",
        "insert into broker_connections (id, user_id, broker_type, name, credentials)
            values (:owner, :owner, 'MT5_AGENT', 'Broker', '{\"token\": \"secret\"}')",
    ),
    (
        "mt5_agents",
        "insert into mt5_agents (id, user_id, broker_connection_id, agent_name, password_encrypted, pairing_key_hash,
            pairing_key_prefix) values (:owner, :owner, :owner, 'Agent', 'secret', 'secret', left(:owner, 8))",
    ),
    (
        "ea_projects",
        "insert into ea_projects (id, user_id, name) values (:owner, :owner, 'Project')",
    ),
    (
        "ea_versions",
        "insert into ea_versions (id, ea_project_id, version_number, source_code) values (:owner, :owner, 1, '// mine')",
    ),
    (
        "ea_artifacts",
        "insert into ea_artifacts (id, ea_version_id, artifact_type, storage_path) values (:owner, :owner, 'mq5', 'a/b')",
    ),
    (
        "generations",
        "insert into generations (id, user_id, ea_project_id, ea_version_id, model) values (:owner, :owner, :owner, :owner, 'm')",
    ),
    (
        "ea_deployments",
        "insert into ea_deployments (id, user_id, ea_version_id, mt5_agent_id, broker_connection_id, symbol, timeframe,
            magic_number, file_name) values (:owner, :owner, :owner, :owner, :owner, left(:owner, 8), 'H1', 1, 'EA.ex5')",
    ),
    (
        "tv_strategies",
        "insert into tv_strategies (id, user_id, broker_connection_id, name, webhook_secret, magic_number)
            values (:owner, :owner, :owner, 'Strategy', replace(:owner, '-', ''), 1)",
    ),
    (
        "jobs",
        "insert into jobs (id, user_id, broker_connection_id, agent_id, job_type, entity_type, entity_id, input_data)
            values (:owner, :owner, :owner, :owner, 'compile', 'ea_version', :owner,
                '{\"source_path\": \"a/b\", \"ex5_path\": \"a/c\"}')",
    ),
    (
        "tv_signals",
        "insert into tv_signals (id, strategy_id, user_id, symbol, action, raw_payload, dedup_key, job_id)
            values (:owner, :owner, :owner, 'EURUSD', 'buy', '{}', 'key', :owner)",
    ),
    (
        "trade_events",
        "insert into trade_events (id, user_id, broker_connection_id, event_type)
            values (:owner, :owner, :owner, 'order_placed')",
    ),
    (
        "account_snapshots",
        "insert into account_snapshots (broker_connection_id, user_id, balance, equity, currency)
            values (:owner, :owner, 1000, 1000, 'USD')",
    ),
    (
        "positions",
        "insert into positions (broker_connection_id, ticket, user_id, symbol, side, volume, open_price, opened_at)
            values (:owner, ('x' || left(:owner, 8))::bit(32)::bigint, :owner, 'EURUSD', 'buy', 0.1, 1.1, now())",
    ),
    (
        "latest_prices",
        "insert into latest_prices (user_id, instrument, bid, ask, ts, agent_id)
            values (:owner, 'EURUSD', 1.1, 1.2, now(), :owner)",
    ),
    (
        "candles",
        "insert into candles (user_id, instrument, ts, open, high, low, close)
            values (:owner, 'EURUSD', '2026-01-01T00:00Z', 1, 1, 1, 1)",
    ),
    (
        "ws_connections",
        "insert into ws_connections (connection_id, user_id, kind, agent_id) values (:owner, :owner, 'agent', :owner)",
    ),
    (
        "used_tickets",
        "insert into used_tickets (ticket_id, user_id, expires_at) values (:owner, :owner, now())",
    ),
];

/// A table of schema public, and the column that says, directly or by a parent of the same id, whose a row is.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) columns: Vec<String>,
    /// Those that can point at something.
    pub(crate) ids: Vec<String>,
}

/// Every table there is, as Postgres knows them.
pub(crate) async fn tables(db: &Client) -> Vec<Table> {
    let sql = "select c.relname::text,
            array_agg(a.attname::text order by a.attnum),
            array_agg(a.attname::text order by a.attnum) filter (where a.atttypid = 'uuid'::regtype)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by c.relname order by c.relname";
    let rows = db.query(sql, &[]).await.expect("tables can be listed");
    let tables = rows.iter().map(|row| {
        let (name, columns, ids) = (row.get(0), row.get::<_, Vec<String>>(1), row.get::<_, Option<_>>(2));
        let owner = if columns.iter().any(|column| column == "user_id") {
            "user_id"
        } else {
            "id"
        };
        Table {
            name,
            owner: owner.to_owned(),
            columns,
            ids: ids.unwrap_or_default(),
        }
    });
    tables.collect()
}

/// Somebody new who owns one row in every table.
pub(crate) async fn owner(db: &Client) -> Uuid {
    let owner = Uuid::new_v4();
    for (table, sql) in ROWS {
        let sql = sql.replace(":owner", &format!("'{owner}'"));
        db.simple_query(&sql)
            .await
            .unwrap_or_else(|error| panic!("tests/db/fixture.rs, {table}: {error:?}"));
    }
    for Table {
        name, owner: column, ..
    } in tables(db).await
    {
        assert!(
            ROWS.iter().any(|(known, _)| *known == name),
            "the table {name} is new, and nobody has proven yet that strangers cannot read or write it.\n\
             Every table is tested on a row of an owner: add to ROWS in tests/db/fixture.rs how one gets in,\n\
             with :owner for the owner and for every id. Policies and grants go into its migration."
        );
        let sql = format!("select count(*) from {name} where {column} = $1");
        let row = db.query_one(&sql, &[&owner]).await;
        let row = row.unwrap_or_else(|error| {
            panic!("{name} has neither user_id nor the id of its parent's owner, so its rows have no owner: {error:?}")
        });
        assert_eq!(
            row.get::<_, i64>(0),
            1,
            "ROWS in tests/db/fixture.rs must put exactly one row of :owner into {name}"
        );
    }
    owner
}
