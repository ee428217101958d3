//! Every table, every verb, every stranger.

use std::fmt::Write as _;

use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    actor::{Actor, DENIED, Refusal},
    fixture::{self, Table, tables},
};
use crate::support::Stage;

/// What a stranger may try, and what they may get.
struct Attempt {
    what: String,
    sql: String,
    allowed: Allowed,
}

#[derive(Clone, Copy)]
enum Allowed {
    /// Refused for want of a right, and for no other reason: another error would hide a door that is open.
    Denied,
    /// Or the statement finds nothing.
    DeniedOrNothing,
    /// Or a constraint stands before it: the row itself stays whose it was.
    AnyRefusal,
}

impl Allowed {
    fn permits(self, outcome: &Result<u64, Refusal>) -> bool {
        match (self, outcome) {
            (_, Err(refusal)) if refusal.code == DENIED => true,
            (Self::DeniedOrNothing | Self::AnyRefusal, Ok(0)) => true,
            // Class 23: a constraint or a guard.
            (Self::AnyRefusal, Err(refusal)) => refusal.code.starts_with("23"),
            _ => false,
        }
    }
}

/// The stage, somebody who owns a row in every table, and somebody else who does too.
async fn two_owners() -> (Stage, Uuid, Uuid) {
    let stage = Stage::new().await;
    let (owner, other) = (fixture::owner(&stage.db).await, fixture::owner(&stage.db).await);
    (stage, owner, other)
}

/// The owner's row in a table under a new id, as an insert of the columns that the role may write; of all when of none.
async fn insert_like(db: &Client, table: &Table, role: &str, owner: Uuid) -> (String, bool) {
    let Table {
        name,
        owner: column,
        columns,
        ids: _,
    } = table;
    let sql = format!(
        "select to_jsonb(r)::text, array(select a.attname::text from pg_attribute a where a.attrelid = $2::text::regclass
            and a.attnum > 0 and not a.attisdropped and has_column_privilege($3::text, a.attrelid, a.attnum, 'insert'))
         from {name} r where {column} = $1"
    );
    let row = db
        .query_one(&sql, &[&owner, name, &role])
        .await
        .expect("an owner has a row in every table");
    let (mut values, writable) = (row.get::<_, String>(0), row.get::<_, Vec<String>>(1));
    if name != "profiles" {
        values = values.replacen(
            &format!(r#""id": "{owner}""#),
            &format!(r#""id": "{}""#, Uuid::new_v4()),
            1,
        );
    }
    let columns = if writable.is_empty() {
        columns.join(", ")
    } else {
        writable.join(", ")
    };
    let values = values.replace('\'', "''");
    let sql =
        format!("insert into {name} ({columns}) select {columns} from jsonb_populate_record(null::{name}, '{values}')");
    (sql, !writable.is_empty())
}

async fn attempts(db: &Client, table: &Table, stranger: &Actor, owner: Uuid, other: Uuid) -> Vec<Attempt> {
    let Table {
        name,
        owner: column,
        columns,
        ids,
    } = table;
    let theirs = format!("where {column} = '{owner}'");
    let attempt = |what: &str, sql: String, allowed| Attempt {
        what: what.to_owned(),
        sql,
        allowed,
    };
    let mut attempts = vec![
        attempt(
            "read a row",
            format!("select from {name} {theirs}"),
            Allowed::DeniedOrNothing,
        ),
        attempt(
            "lock a row",
            format!("select from {name} {theirs} for update"),
            Allowed::DeniedOrNothing,
        ),
        attempt(
            "delete a row",
            format!("delete from {name} {theirs}"),
            Allowed::DeniedOrNothing,
        ),
        attempt(
            "insert a row",
            insert_like(db, table, stranger.role, owner).await.0,
            Allowed::Denied,
        ),
    ];
    for changed in columns {
        let sql = format!("update {name} set {changed} = {changed} {theirs}");
        attempts.push(attempt(&format!("change {changed}"), sql, Allowed::DeniedOrNothing));
    }
    for pointer in ids {
        // With a policy that lacks WITH CHECK, a stranger could plant their own row among the owner's.
        let sql = format!("update {name} set {pointer} = '{owner}' where {column} = '{other}'");
        let says_whose = pointer == "user_id" || name == "profiles";
        let allowed = if says_whose {
            Allowed::DeniedOrNothing
        } else {
            Allowed::AnyRefusal
        };
        attempts.push(attempt(
            &format!("point their own row's {pointer} at the owner"),
            sql,
            allowed,
        ));
    }
    attempts
}

/// What strangers got that they must not.
async fn breaches(db: &Client, owner: Uuid, other: Uuid, truncate: bool) -> String {
    let mut breaches = String::new();
    for table in tables(db).await {
        for stranger in Actor::strangers(owner, other) {
            let mut attempts = attempts(db, &table, &stranger, owner, other).await;
            if truncate {
                let (what, sql) = ("truncate".to_owned(), format!("truncate {}", table.name));
                attempts.push(Attempt {
                    what,
                    sql,
                    allowed: Allowed::Denied,
                });
            }
            for Attempt { what, sql, allowed } in attempts {
                let outcome = stranger.tries(db, &sql).await;
                if !allowed.permits(&outcome) {
                    let _ = writeln!(
                        breaches,
                        "{}: {} could {what}: {outcome:?}\n    {sql}",
                        table.name, stranger.name
                    );
                }
            }
        }
    }
    breaches
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_reads_and_writes_nothing_of_anyone() {
    let (stage, owner, other) = two_owners().await;
    let breaches = breaches(&stage.db, owner, other, true).await;
    assert!(
        breaches.is_empty(),
        "rows of one user are open to somebody else. A table needs row-level security, a policy for each verb TO authenticated\n\
         that asks (select auth.uid()), WITH CHECK where rows are written, and grants of only what its screens need;\n\
         see migrations/0006_isolate_tenants.sql.\n{breaches}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_hold_alone_where_every_verb_is_granted() {
    let (stage, owner, other) = two_owners().await;
    // As Supabase does by default, and as a slip in a later migration might.
    stage
        .sql("grant all on all tables in schema public to anon, authenticated, forexelite_api")
        .await;
    stage.sql("grant usage on schema public to anon, forexelite_api").await;
    // No policy is asked before a TRUNCATE.
    let breaches = breaches(&stage.db, owner, other, false).await;
    assert!(
        breaches.is_empty(),
        "grants are the first wall and policies the second; here the second one alone lets a stranger through.\n\
         Look at the table's policies: USING for what is there, WITH CHECK for what is written.\n{breaches}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sees_exactly_their_own_rows_and_may_add_to_them() {
    let (stage, owner, _) = two_owners().await;
    let user = Actor::user(owner);
    let mut writable = Vec::new();
    for table in tables(&stage.db).await {
        let Table {
            name, owner: column, ..
        } = &table;
        let every_row = user.tries(&stage.db, &format!("select {column} from {name}")).await;
        assert_eq!(
            every_row,
            Ok(1),
            "{name}: of two owners' rows each sees their own, which is one"
        );
        let theirs = user
            .tries(&stage.db, &format!("select from {name} where {column} = '{owner}'"))
            .await;
        assert_eq!(theirs, Ok(1), "{name}: the one row that is seen must be the owner's");
        let (insert, may_insert) = insert_like(&stage.db, &table, user.role, owner).await;
        if may_insert {
            let added = user.tries(&stage.db, &insert).await;
            assert_eq!(
                added,
                Ok(1),
                "{name}: what an owner has the grant for must pass the policy:\n{insert}"
            );
            writable.push(name.clone());
        }
    }
    assert_eq!(
        writable,
        ["broker_connections", "ea_projects"],
        "users insert these themselves; all else has an endpoint"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_secrets_not_even_their_owner() {
    let (stage, owner, _) = two_owners().await;
    let secrets = [
        ("broker_connections", "credentials"),
        ("mt5_agents", "password_encrypted"),
        ("mt5_agents", "pairing_key_hash"),
    ];
    let user = Actor::user(owner);
    for (table, column) in secrets {
        for sql in [
            format!("select {column} from {table}"),
            format!("select * from {table}"),
            format!("select to_jsonb(t) from {table} t"),
            format!("select from {table} order by {column}"),
            format!("select from {table} where {column} is null"),
            format!("update {table} set {column} = null"),
            format!("delete from {table} returning {column}"),
        ] {
            let outcome = user.tries(&stage.db, &sql).await;
            let denied = matches!(&outcome, Err(refusal) if refusal.code == DENIED);
            assert!(
                denied,
                "{table}.{column} is a secret: the grants list columns and leave it out.\n{sql}: {outcome:?}"
            );
        }
    }
}
