//! What the other guards refuse whoever asks: the audit log, received signals, versions, a second feed.

use super::{
    actor::{Actor, DENIED, assert_refused},
    fixture::{self, tables},
    schema,
};
use crate::support::{AgentKey, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn trade_events_are_only_ever_added() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    // Truncating is in no grant of ours, but Supabase gives it to service_role by default.
    stage
        .sql("grant all on trade_events to service_role, authenticated")
        .await;
    for sql in [
        "update trade_events set notes = 'other'",
        "delete from trade_events",
        "truncate trade_events",
    ] {
        let outcome = Actor::service().tries(&stage.db, sql).await;
        let refused =
            matches!(&outcome, Err(refusal) if refusal.code == DENIED && refusal.message.contains("append-only"));
        assert!(refused, "the audit log must refuse service_role: {sql}: {outcome:?}");
    }
    let more = format!("insert into trade_events (user_id, event_type) values ('{owner}', 'manual_trade')");
    assert_eq!(
        Actor::service().tries(&stage.db, &more).await,
        Ok(1),
        "an event can be added"
    );
}

/// The columns of a signal that tell what became of it.
const OUTCOME: &[&str] = &[
    "status",
    "reason_code",
    "error_message",
    "fill_price",
    "broker_order_id",
    "job_id",
    "claimed_at",
    "sent_at",
    "filled_at",
    "resolved_at",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_signal_received_is_immutable() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    let columns = tables(&stage.db)
        .await
        .into_iter()
        .find(|table| table.name == "tv_signals")
        .expect("signals")
        .columns;
    for column in columns {
        if OUTCOME.contains(&column.as_str()) {
            continue;
        }
        let kind = "select format_type(atttypid, null) from pg_attribute where attrelid = 'tv_signals'::regclass and attname = $1";
        let kind: String = stage
            .db
            .query_one(kind, &[&column])
            .await
            .expect("a column has a type")
            .get(0);
        let other = match kind.as_str() {
            "uuid" => "gen_random_uuid()",
            "text" => "'other'",
            "numeric" => "7",
            "timestamp with time zone" => "'2001-01-01'",
            "jsonb" => "'{\"other\": 1}'",
            kind => panic!("tv_signals.{column} is a {kind}: write here what another value of that type is"),
        };
        let sql = format!("update tv_signals set {column} = {other} where id = '{owner}'");
        let what = format!(
            "tv_signals.{column} (if it tells what became of the signal, add it to OUTCOME here; else to forexelite.guard_signal)"
        );
        assert_refused(
            &what,
            "tv_signals_received_is_immutable",
            Actor::service().tries(&stage.db, &sql).await,
        );
    }
    let resolve =
        "update tv_signals set status = 'executed', fill_price = 1.1, broker_order_id = '1', claimed_at = now(),
        sent_at = now(), filled_at = now(), resolved_at = now(), job_id = null";
    let outcome = Actor::service()
        .tries(&stage.db, &format!("{resolve} where id = '{owner}'"))
        .await;
    assert_eq!(outcome, Ok(1), "what became of a signal can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolved_signal_is_never_pending_again() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    for resolved in schema::words(&stage.db, "tv_signals_status_check").await {
        let status = |status: &str| {
            format!("update tv_signals set status = '{status}', reason_code = 'why' where id = '{owner}'")
        };
        let outcome = Actor::service()
            .tries(&stage.db, &format!("{}; {}", status(&resolved), status("pending")))
            .await;
        if resolved == "pending" {
            assert_eq!(outcome, Ok(1), "a pending signal may be written again");
        } else {
            assert_refused(&format!("{resolved} → pending"), "tv_signals_status_move", outcome);
        }
    }
}

/// Every move of a version.
const MOVES: &[(&str, &str)] = &[
    ("draft", "compiling"),
    ("compiling", "compiled"),
    ("compiling", "failed"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_version_moves_only_as_drawn_and_only_drafts_change() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    let states = schema::words(&stage.db, "ea_versions_status_check").await;
    assert_eq!(
        states.len(),
        4,
        "a state more or less: draw its moves in MOVES and in forexelite.guard_version"
    );
    for from in &states {
        let change = async |change: &str| {
            let sql = format!(
                "insert into ea_versions (ea_project_id, version_number, source_code, status)
                    values ('{owner}', 2, '// mine', '{from}');
                 update ea_versions set {change} where ea_project_id = '{owner}' and version_number = 2"
            );
            Actor::service().tries(&stage.db, &sql).await
        };
        for to in &states {
            let outcome = change(&format!("status = '{to}'")).await;
            if from == to || MOVES.contains(&(from, to)) {
                assert_eq!(outcome, Ok(1), "{from} → {to} is a legal move");
            } else {
                assert_refused(&format!("{from} → {to}"), "ea_versions_status_move", outcome);
            }
        }
        for edit in ["source_code = '// other'", "config = '{\"other\": 1}'"] {
            let outcome = change(edit).await;
            if from == "draft" {
                assert_eq!(outcome, Ok(1), "a draft can be edited: {edit}");
            } else {
                assert_refused(
                    &format!("{edit} of a {from} version"),
                    "ea_versions_only_drafts_change",
                    outcome,
                );
            }
        }
        assert_refused(
            "another number",
            "ea_versions_number_is_final",
            change("version_number = 3").await,
        );
    }
    let own_source = format!("update ea_versions set source_code = '// edited' where id = '{owner}'");
    assert_eq!(
        Actor::user(owner).tries(&stage.db, &own_source).await,
        Ok(1),
        "an owner edits their own draft"
    );
    let own_status = format!("update ea_versions set status = 'compiled' where id = '{owner}'");
    let outcome = Actor::user(owner).tries(&stage.db, &own_status).await;
    assert!(
        matches!(&outcome, Err(refusal) if refusal.code == DENIED),
        "only the compiler says compiled: {outcome:?}"
    );
}

/// Every move of a deployment.
const DEPLOYMENT_MOVES: &[(&str, &str)] = &[
    ("pending", "deploying"),
    ("pending", "stopped"),
    ("deploying", "running"),
    ("deploying", "failed"),
    ("running", "stopped"),
    ("failed", "stopped"),
    ("stopped", "pending"),
    ("failed", "pending"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_moves_only_as_drawn_and_keeps_what_it_was_ordered_with() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    let states = schema::words(&stage.db, "ea_deployments_status_check").await;
    assert_eq!(
        states.len(),
        5,
        "a state more or less: draw its moves in DEPLOYMENT_MOVES and in forexelite.guard_deployment_move"
    );
    stage
        .sql(&format!(
            "insert into ea_versions (id, ea_project_id, version_number, source_code)
                values ('00000000-0000-4000-8000-000000000002', '{owner}', 2, '// newer')"
        ))
        .await;
    for from in &states {
        let change = async |change: &str| {
            let sql = format!(
                "insert into ea_deployments (user_id, ea_version_id, status, symbol, timeframe, magic_number, file_name)
                    values ('{owner}', '{owner}', '{from}', 'GBPUSD', 'H1', 1, 'EA.ex5');
                 update ea_deployments set {change} where user_id = '{owner}' and symbol = 'GBPUSD'"
            );
            Actor::service().tries(&stage.db, &sql).await
        };
        for to in &states {
            let outcome = change(&format!("status = '{to}'")).await;
            if from == to || DEPLOYMENT_MOVES.contains(&(from, to)) {
                assert_eq!(outcome, Ok(1), "{from} → {to} is a legal move");
            } else {
                assert_refused(&format!("{from} → {to}"), "ea_deployments_status_move", outcome);
            }
        }
        for order in [
            "ea_version_id = '00000000-0000-4000-8000-000000000002'",
            "symbol = 'EURUSD'",
            "timeframe = 'M1'",
            "magic_number = 2",
            "runtime_config = '{\"Lots\": 100}'",
            "file_name = 'Other.ex5'",
        ] {
            assert_refused(
                &format!("{order} of a {from} deployment"),
                "ea_deployments_order_is_final",
                change(order).await,
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_states_of_a_row_have_the_same_time() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    // In one transaction, whose clock stands still.
    stage
        .sql(&format!(
            "do $$ declare times timestamptz[]; begin
                for n in 1..3 loop
                    update ea_versions set source_code = '// ' || n where id = '{owner}';
                    times := times || (select updated_at from ea_versions where id = '{owner}');
                end loop;
                assert times[1] < times[2] and times[2] < times[3], format('a save on the first would undo the third: %s', times);
                update ea_versions set source_code = '// 3' where id = '{owner}';
                assert times[3] = (select updated_at from ea_versions where id = '{owner}'), 'what changes nothing is no new state';
            end $$"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_feeds_are_agents_of_one_user() {
    let stage = Stage::new().await;
    let (first, second) = (stage.trader().await, stage.trader().await);
    let spare = stage.agent_of(&stage.as_user(&first), first.connection).await;
    let serve = |agent: &AgentKey| format!("update mt5_agents set is_public_feed = true where id = '{}'", agent.id);
    // A second machine of the operator's may be one, too.
    stage.sql(&serve(&first.agent)).await;
    stage.sql(&serve(&spare)).await;
    let refused = Actor::service().tries(&stage.db, &serve(&second.agent)).await;
    assert_refused("another user's feed", "mt5_agents_one_public_feed", refused);
}
