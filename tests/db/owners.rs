//! What points at something points at something of the same owner; and what a user leaves behind.

use super::{
    actor::{Actor, assert_refused},
    fixture::{self, Table, tables},
};
use crate::support::Stage;

/// What a row of `:mine` must not point at, the rule that refuses it, and the statement.
const STRAY_POINTERS: &[(&str, &str, &str)] = &[
    (
        "a job at another's agent",
        "jobs_agent_id_user_id_fkey",
        "insert into jobs (user_id, job_type, agent_id) values (:mine, 'compile', :theirs)",
    ),
    (
        "a job at another's connection",
        "jobs_broker_connection_id_user_id_fkey",
        "insert into jobs (user_id, job_type, broker_connection_id) values (:mine, 'trade', :theirs)",
    ),
    (
        "a job at another's signal",
        "jobs_entity_of_owner",
        "insert into jobs (user_id, job_type, broker_connection_id, entity_type, entity_id)
            values (:mine, 'trade', :mine, 'tv_signal', :theirs)",
    ),
    (
        "a job at another's version",
        "jobs_entity_of_owner",
        "insert into jobs (user_id, job_type, entity_type, entity_id) values (:mine, 'compile', 'ea_version', :theirs)",
    ),
    (
        "a job at another's deployment",
        "jobs_entity_of_owner",
        "insert into jobs (user_id, job_type, entity_type, entity_id) values (:mine, 'run', 'ea_deployment', :theirs)",
    ),
    (
        "a job at nothing",
        "jobs_entity_of_owner",
        "insert into jobs (user_id, job_type, entity_type, entity_id)
            values (:mine, 'run', 'ea_deployment', gen_random_uuid())",
    ),
    (
        "an agent at another's connection",
        "mt5_agents_broker_connection_id_user_id_fkey",
        "update mt5_agents set broker_connection_id = :theirs where id = :mine",
    ),
    (
        "a strategy at another's connection",
        "tv_strategies_broker_connection_id_user_id_fkey",
        "update tv_strategies set broker_connection_id = :theirs where id = :mine",
    ),
    (
        "a signal at another's strategy",
        "tv_signals_strategy_id_user_id_fkey",
        "insert into tv_signals (strategy_id, user_id, symbol, action, raw_payload, dedup_key)
            values (:theirs, :mine, 'EURUSD', 'buy', '{}', 'other')",
    ),
    (
        "a signal at another's job",
        "tv_signals_job_id_user_id_fkey",
        "update tv_signals set job_id = :theirs where id = :mine",
    ),
    (
        "a deployment at another's agent",
        "ea_deployments_mt5_agent_id_user_id_fkey",
        "update ea_deployments set mt5_agent_id = :theirs where id = :mine",
    ),
    (
        "a deployment at another's connection",
        "ea_deployments_broker_connection_id_user_id_fkey",
        "update ea_deployments set broker_connection_id = :theirs where id = :mine",
    ),
    (
        "a deployment at another's version",
        "ea_deployments_version_of_owner",
        "update ea_deployments set ea_version_id = :theirs where id = :mine",
    ),
    (
        "a new deployment at another's version",
        "ea_deployments_version_of_owner",
        "insert into ea_deployments (user_id, ea_version_id) values (:mine, :theirs)",
    ),
    (
        "a project at another's version",
        "ea_projects_current_version_id_id_fkey",
        "update ea_projects set current_version_id = :theirs where id = :mine",
    ),
    (
        "a trade event at another's connection",
        "trade_events_broker_connection_id_user_id_fkey",
        "insert into trade_events (user_id, broker_connection_id, event_type) values (:mine, :theirs, 'order_placed')",
    ),
    (
        "an account snapshot at another's connection",
        "account_snapshots_broker_connection_id_user_id_fkey",
        "update account_snapshots set user_id = :theirs where broker_connection_id = :mine",
    ),
    (
        "a position at another's connection",
        "positions_broker_connection_id_user_id_fkey",
        "insert into positions (broker_connection_id, ticket, user_id, symbol, side, volume, open_price, opened_at)
            values (:theirs, 2, :mine, 'EURUSD', 'buy', 0.1, 1.1, now())",
    ),
    (
        "a price at another's agent",
        "latest_prices_agent_id_user_id_fkey",
        "update latest_prices set agent_id = :theirs where user_id = :mine",
    ),
    (
        "a socket at another's agent",
        "ws_connections_agent_id_user_id_fkey",
        "update ws_connections set agent_id = :theirs where connection_id = :mine::text",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_points_at_what_is_anothers_not_even_as_service_role() {
    let stage = Stage::new().await;
    let (mine, theirs) = (fixture::owner(&stage.db).await, fixture::owner(&stage.db).await);
    for (what, rule, sql) in STRAY_POINTERS {
        let sql = sql
            .replace(":mine", &format!("'{mine}'"))
            .replace(":theirs", &format!("'{theirs}'"));
        // Deferred constraints would speak only at the commit that never comes.
        let outcome = Actor::service()
            .tries(&stage.db, &format!("set constraints all immediate; {sql}"))
            .await;
        assert_refused(what, rule, outcome);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_foreign_key_between_owned_rows_carries_the_owner() {
    let stage = Stage::new().await;
    let sql = "with owned as (select attrelid, attnum from pg_attribute where attname = 'user_id' and not attisdropped)
        select f.conrelid::regclass::text || ': ' || pg_get_constraintdef(f.oid)
          from pg_constraint f join owned c on c.attrelid = f.conrelid join owned p on p.attrelid = f.confrelid
         where f.contype = 'f' and f.connamespace = 'public'::regnamespace
           and not exists (select from unnest(f.conkey, f.confkey) as pair (child, parent)
                            where pair.child = c.attnum and pair.parent = p.attnum)";
    let found = stage.db.query(sql, &[]).await.expect("constraints can be listed");
    let found: Vec<String> = found.iter().map(|row| row.get(0)).collect();
    assert!(
        found.is_empty(),
        "these rows of one user can point at another user's. Refer to (id, user_id), which the parent has unique,\n\
         and set only the id null on delete: on delete set null (parent_id).\n{found:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_user_takes_everything_of_theirs_and_nothing_of_others() {
    let stage = Stage::new().await;
    let (leaver, stayer) = (fixture::owner(&stage.db).await, fixture::owner(&stage.db).await);
    // As Supabase's Auth deletes, and with more of a history than one row each.
    stage
        .sql(&format!(
            "update ea_projects set current_version_id = id where id = '{leaver}';
             update jobs set status = 'running', attempts = 1, claimed_at = now() where id = '{leaver}';
             update tv_signals set status = 'executed' where id = '{leaver}';
             insert into trade_events (user_id, event_type) values ('{leaver}', 'manual_trade');
             begin; set local role supabase_auth_admin; delete from auth.users where id = '{leaver}'; commit"
        ))
        .await;
    for Table { name, owner, .. } in tables(&stage.db).await {
        let of = async |user| {
            stage
                .count(&format!("select count(*) from {name} where {owner} = '{user}'"))
                .await
        };
        assert_eq!(
            of(leaver).await,
            0,
            "{name} keeps rows of a deleted user; its foreign key to profiles must cascade"
        );
        assert_eq!(of(stayer).await, 1, "{name}: deleting one user took another's row");
    }
}

/// What agents and functions write, and owners only read.
const READ_ONLY: &[&str] = &[
    "account_snapshots",
    "candles",
    "ea_artifacts",
    "ea_deployments",
    "generations",
    "jobs",
    "latest_prices",
    "positions",
    "trade_events",
    "tv_signals",
    "used_tickets",
    "ws_connections",
];

/// Columns of tables that owners do write, and that only an endpoint, or the operator, may change.
const NOT_THEIRS: &[(&str, &[&str])] = &[
    ("profiles", &["id", "email"]),
    ("user_settings", &["user_id"]),
    ("broker_connections", &["id", "user_id", "broker_type", "credentials"]),
    (
        "mt5_agents",
        &[
            "id",
            "user_id",
            "password_encrypted",
            "pairing_key_hash",
            "pairing_key_prefix",
            "is_public_feed",
        ],
    ),
    ("mt5_agents", &["is_connected", "last_heartbeat", "status_reported"]),
    (
        "tv_strategies",
        &[
            "id",
            "user_id",
            "webhook_secret",
            "previous_webhook_secret",
            "magic_number",
        ],
    ),
    ("tv_strategies", &["previous_secret_expires_at"]),
    ("ea_projects", &["id", "user_id"]),
    (
        "ea_versions",
        &["id", "ea_project_id", "version_number", "status", "compilation_error"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_writes_only_what_their_screens_write() {
    let stage = Stage::new().await;
    for table in READ_ONLY {
        let sql = format!(
            "select count(*) from unnest(array['insert', 'update', 'delete']) verb
              where case verb when 'delete' then has_table_privilege('authenticated', '{table}', verb)
                    else has_any_column_privilege('authenticated', '{table}', verb) end"
        );
        let verbs = stage.count(&sql).await;
        assert_eq!(
            verbs, 0,
            "{table} is written by agents and functions; authenticated gets select and nothing else"
        );
    }
    for (table, columns) in NOT_THEIRS {
        for column in *columns {
            let sql =
                format!("select has_column_privilege('authenticated', '{table}', '{column}', 'update')::int::bigint");
            let may = stage.count(&sql).await;
            assert_eq!(
                may, 0,
                "an owner could change {table}.{column} past every endpoint: name the columns in the grant"
            );
        }
    }
    let known = |name: &String| READ_ONLY.contains(&name.as_str()) || NOT_THEIRS.iter().any(|(table, _)| table == name);
    let new: Vec<_> = tables(&stage.db)
        .await
        .into_iter()
        .map(|table| table.name)
        .filter(|name| !known(name))
        .collect();
    assert!(
        new.is_empty(),
        "say of each new table what its owner may not write, in READ_ONLY or NOT_THEIRS: {new:?}"
    );
}
