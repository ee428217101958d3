//! Flatten and an entry at the same moment: none slips past it, whichever comes first.

use serde_json::json;

use super::{
    flatten::{BUY, flatten},
    functions_wait,
};
use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_was_judged_before_flatten_and_is_committed_after_it_began_is_cancelled() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    // What makes a resent alert wait for the first holds this one up after it was judged, before it is stored.
    let lock = format!(
        "hashtextextended('{}' || encode(sha256(convert_to('{BUY}', 'UTF8')), 'hex'), 0)",
        trader.strategy
    );
    stage.sql(&format!("select pg_advisory_lock({lock})")).await;
    let alert = stage.alert(&trader, BUY, 200);
    let flattened = async {
        functions_wait(&stage, "advisory", 1).await;
        let flattened = flatten(&stage, &trader);
        let release = async {
            functions_wait(&stage, "advisory", 2).await;
            stage.sql(&format!("select pg_advisory_unlock({lock})")).await;
        };
        tokio::join!(flattened, release).0
    };
    let (alert, flattened) = tokio::join!(alert, flattened);
    assert_eq!(alert.text("/status"), "pending", "it came first");
    assert_eq!(
        flattened.at("/entries_cancelled"),
        &json!(1),
        "flatten waited for it, and found it"
    );
    let signal = format!("/signals/{}", alert.text("/signal_id"));
    assert_eq!(
        stage.as_user(&trader).get(&signal, 200).await.text("/reason_code"),
        "reducing"
    );
    stage.claim(&trader.agent, 204).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_or_order_that_comes_while_flatten_runs_finds_its_mode() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.alert(&trader, BUY, 200).await;
    // Somebody holds the waiting entry, as a claim does for a moment: flatten has set the mode by then, and waits.
    let holder = xtask::stage::connect(&stage.admin_url)
        .await
        .expect("the test database answers");
    holder
        .batch_execute("begin; select from jobs for no key update")
        .await
        .expect("the job can be held");
    let late = async {
        functions_wait(&stage, "transactionid", 1).await;
        let alert = stage.alert(&trader, r#"{"symbol":"EURUSD","action":"sell","volume":0.1}"#, 200);
        let order =
            json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1});
        let user = stage.as_user(&trader);
        let order = user.post("/trading/orders", order, 409);
        let release = async {
            functions_wait(&stage, "advisory", 2).await;
            holder.batch_execute("rollback").await.expect("the job can be let go");
        };
        let (alert, order, ()) = tokio::join!(alert, order, release);
        (alert, order)
    };
    let (flattened, (alert, order)) = tokio::join!(flatten(&stage, &trader), late);
    assert_eq!(flattened.at("/entries_cancelled"), &json!(1));
    assert_eq!(
        (alert.text("/status"), alert.text("/reason_code")),
        ("discarded", "reducing")
    );
    assert_eq!(order.text("/code"), "reducing");
    assert_eq!(
        stage
            .count("select count(*) from jobs where status <> 'cancelled'")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_claimed_at_that_moment_stays_with_its_agent_and_is_counted() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.alert(&trader, BUY, 200).await;
    let claimer = xtask::stage::connect(&stage.admin_url)
        .await
        .expect("the test database answers");
    let claim = format!(
        "begin; update jobs set status = 'running', attempts = 1, agent_id = '{}'",
        trader.agent.id
    );
    claimer.batch_execute(&claim).await.expect("the job can be claimed");
    let commit = async {
        functions_wait(&stage, "transactionid", 1).await;
        claimer
            .batch_execute("commit")
            .await
            .expect("the claim can be committed");
    };
    let (flattened, ()) = tokio::join!(flatten(&stage, &trader), commit);
    assert_eq!(
        [
            flattened.at("/entries_cancelled"),
            flattened.at("/entries_on_their_way")
        ],
        [&json!(0), &json!(1)]
    );
    assert_eq!(
        stage.count("select count(*) from jobs where status = 'running'").await,
        1
    );
}
