//! Two users with the same data: neither reads, finds nor changes anything of the other's, by any operation.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::{
    operations::{OWN, Row, Who, rows},
    owner::Owner,
};
use crate::{
    db::fixture::tables,
    support::{Setting, Stage},
};

/// The other one's numbers differ, so that a number that leaks shows.
const OTHER_NUMBERS: &str = "
    update user_settings set risk_percent = 2, account_balance = 2000 where user_id = :owner;
    update latest_prices set bid = 2.1, ask = 2.2 where user_id = :owner;
    update candles set open = 2, high = 2, low = 2, close = 2 where user_id = :owner;
    update account_snapshots set balance = 2000, equity = 2000 where user_id = :owner;
    update positions set volume = 0.2, open_price = 2.1 where user_id = :owner";

/// Everything that is this user's or names something of theirs, as text: equal before and after when nothing was written.
async fn everything_of(stage: &Stage, user: Uuid) -> String {
    let mut rows = Vec::new();
    for table in tables(&stage.db).await {
        let name = table.name;
        let sql = format!(
            "select coalesce(string_agg(r::text, E'\\n' order by r::text), '') from {name} r where strpos(r::text, $1) > 0"
        );
        let found = stage
            .db
            .query_one(&sql, &[&user.to_string()])
            .await
            .expect("rows are text");
        rows.push(format!("{name}: {}", found.get::<_, String>(0)));
    }
    rows.join("\n")
}

/// Nothing of the other's is found by a path, named by a body or let through by a filter.
async fn keep_out(stage: &Stage, row: &Row, user: &Owner, other: Uuid) {
    let operation = row.operation;
    for parameter in row.own_parameters() {
        let with = async |id: Uuid| {
            let path = row.path_with(user.id, |name| if name == parameter { id } else { user.id }.to_string());
            user.send(stage, row, &path, row.body_of(user.id)).await
        };
        let theirs = with(other).await;
        assert_eq!(
            theirs.status, 404,
            "{operation} with another user's {parameter}: {}",
            theirs.json
        );
        // Not even that it exists.
        let nobodys = with(Uuid::new_v4()).await;
        assert_eq!(
            theirs.json, nobodys.json,
            "{operation} tells another user's {parameter} from one that is not there"
        );
    }
    let body = row.body.to_string();
    for (at, _) in body.match_indices(OWN) {
        let (before, after) = (&body[..at], &body[at + OWN.len()..]);
        let body = format!("{before}{other}{after}").replace(OWN, &user.id.to_string());
        let reply = user.send(stage, row, &row.path(user.id), body.clone()).await;
        assert!(
            (400..500).contains(&reply.status),
            "{operation} took another user's id: {body}: {}",
            reply.json
        );
    }
    if row.query.contains(OWN) {
        let path = row.path(user.id);
        let (path, query) = path.split_once('?').expect("a query");
        let query = query.replace(&user.id.to_string(), &other.to_string());
        let reply = user.send(stage, row, &format!("{path}?{query}"), "").await;
        assert_eq!(
            (reply.status, reply.at("/items")),
            (200, &json!([])),
            "{operation} found something by another user's id"
        );
    }
}

async fn isolate(stage: &Stage, row: &Row) {
    let operation = row.operation;
    let user = Owner::lay(stage, row).await;
    // Reading twice changes nothing; a claim is no mere reading.
    let reads = row.described().method == Method::GET && row.who == Who::User && !row.is_signed;
    let alone = if reads {
        Some(user.call(stage, row).await.json)
    } else {
        None
    };
    let other = Owner::lay(stage, row).await.id;
    stage.sql(&OTHER_NUMBERS.replace(OWN, &format!("'{other}'"))).await;
    let before = everything_of(stage, other).await;

    keep_out(stage, row, &user, other).await;
    let own = user.call(stage, row).await;
    assert!(
        !own.json.to_string().contains(&other.to_string()),
        "{operation} shows something of another user"
    );
    if let Some(alone) = alone {
        assert_eq!(
            own.json, alone,
            "{operation} answers otherwise since another user has the same"
        );
    }
    if let Some(items) = own.at("/items").as_array() {
        let ids: Vec<_> = items
            .iter()
            .map(|item| item.get("id").cloned().unwrap_or(json!(user.id)))
            .collect();
        assert_eq!(
            ids,
            [json!(user.id)],
            "{operation} lists other than the one row that the user has of it; one that the fixture does not give is laid by \
             .lay(sql) in tests/contract/operations.rs"
        );
    }
    let after = everything_of(stage, other).await;
    assert_eq!(after, before, "{operation}: a user changed another user's rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_reads_finds_or_changes_anything_of_another_user() {
    let stage = Stage::with(Setting {
        still: true,
        ..Setting::default()
    })
    .await;
    for row in rows() {
        isolate(&stage, row).await;
    }
}

/// What proves isolation must itself see a change and a leak.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_any_table_is_seen() {
    let stage = Stage::new().await;
    let owner = crate::db::fixture::owner(&stage.db).await;
    let before = everything_of(&stage, owner).await;
    for table in tables(&stage.db).await {
        let line = before
            .lines()
            .find(|line| line.starts_with(&format!("{}: ", table.name)));
        let seen = line.is_some_and(|line| line.contains(&owner.to_string()));
        assert!(seen, "a row of {} is not told to be its owner's", table.name);
    }
}
