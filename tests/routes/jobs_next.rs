use serde_json::{Value, json};

use crate::support::{Stage, Trader};

async fn alerts(stage: &Stage, trader: &Trader, count: usize) {
    for id in 0..count {
        let alert = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "id": id.to_string()}).to_string();
        stage.alert(trader, &alert, 200).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_job_comes_first_and_the_answer_says_how_many_wait() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    alerts(&stage, &trader, 12).await;
    let first = stage.claim(&trader.agent, 200).await;
    assert_eq!(first.headers["x-jobs-waiting"], "10", "counted to ten");
    assert_eq!(first.at("/jobs_waiting"), 10);
    assert_eq!(first.at("/job/attempt"), 1);
    let mut claimed = vec![first];
    for _ in 1..12 {
        claimed.push(stage.claim(&trader.agent, 200).await);
    }
    let nothing = stage.claim(&trader.agent, 204).await;
    assert_eq!(nothing.headers["x-jobs-waiting"], "0");
    let signals = stage.as_user(&trader).get("/signals", 200).await;
    let newest_first: Vec<&Value> = signals.json["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| &item["id"])
        .collect();
    let oldest_first: Vec<&Value> = claimed.iter().map(|job| job.at("/job/entity_id")).collect();
    assert!(
        newest_first.iter().rev().eq(oldest_first.iter()),
        "{newest_first:?} {oldest_first:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_names_the_order_and_stamps_the_signal() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let alert = r#"{"symbol":"GBPUSD","action":"sell","volume":0.25,"price":1.25,"sl":1.26,"tp":1.23}"#;
    let signal = stage.alert(&trader, alert, 200).await.text("/signal_id").to_owned();
    let job = stage.claim(&trader.agent, 200).await;
    let input = job.at("/job/input");
    for (field, value) in [
        ("symbol", "\"GBPUSD\""),
        ("side", "\"sell\""),
        ("volume", "0.25"),
        ("price", "1.25"),
        ("sl", "1.26"),
        ("tp", "1.23"),
    ] {
        assert_eq!(input[field].to_string(), value, "{field} of {input}");
    }
    let comment = input["comment"].as_str().expect("a comment");
    assert!(comment.len() == 22 && comment.starts_with("FE"), "{comment}");
    let shown = stage.as_user(&trader).get(&format!("/signals/{signal}"), 200).await;
    assert!(shown.at("/latency/claimed_at").is_string());
    assert!(job.at("/job/not_after").is_string(), "entries have a deadline");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_past_its_deadline_is_not_given_out() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    alerts(&stage, &trader, 1).await;
    stage
        .sql("alter table jobs disable trigger jobs_guard; update jobs set not_after = now() - interval '1 second'")
        .await;
    stage.claim(&trader.agent, 204).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_another_user_or_another_account_is_nobody_elses() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let second_account = stage.connection_of(trader.id).await;
    let other_agent = stage.agent_of(&stage.as_user(&trader), second_account).await;
    alerts(&stage, &trader, 1).await;
    stage.claim(&stranger.agent, 204).await;
    let reply = stage.claim(&other_agent, 204).await;
    assert_eq!(reply.headers["x-jobs-waiting"], "0", "nor is it counted for it");
    stage.claim(&trader.agent, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_lease_expired_a_job_goes_back_to_the_same_agent_only() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let sibling = stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    alerts(&stage, &trader, 1).await;
    let first = stage.claim(&trader.agent, 200).await;
    stage.claim(&trader.agent, 204).await;
    stage
        .sql("update jobs set lease_expires_at = now() - interval '1 second'")
        .await;
    stage.claim(&sibling, 204).await;
    let again = stage.claim(&trader.agent, 200).await;
    assert_eq!(
        (again.at("/job/id"), again.at("/job/attempt")),
        (first.at("/job/id"), &json!(2))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_a_deleted_agent_had_claimed_is_given_to_no_other() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let sibling = stage.agent_of(&stage.as_user(&trader), trader.connection).await;
    alerts(&stage, &trader, 1).await;
    stage.claim(&trader.agent, 200).await;
    stage
        .as_user(&trader)
        .delete(&format!("/agents/{}", trader.agent.id), 204)
        .await;
    stage
        .sql("update jobs set lease_expires_at = now() - interval '1 second'")
        .await;
    stage.sql("update jobs set status = 'pending'").await;
    stage.claim(&sibling, 204).await;
}
