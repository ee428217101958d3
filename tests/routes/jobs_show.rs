use serde_json::{Value, json};

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_tells_what_it_orders_and_what_came_of_it() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let alert = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;
    let signal = stage.alert(&trader, alert, 200).await;
    let shown = user.get(&format!("/signals/{}", signal.text("/signal_id")), 200).await;
    let path = format!("/jobs/{}", shown.text("/job_id"));

    let waiting = user.get(&path, 200).await;
    assert_eq!(
        (waiting.text("/id"), waiting.text("/job_type"), waiting.text("/status")),
        (shown.text("/job_id"), "trade", "pending")
    );
    assert_eq!(
        (waiting.text("/entity_type"), waiting.at("/entity_id")),
        ("tv_signal", signal.at("/signal_id"))
    );
    assert_eq!(
        (waiting.text("/input/side"), waiting.at("/attempts")),
        ("buy", &json!(0))
    );
    assert!(waiting.at("/not_after").is_string() && waiting.at("/created_at").is_string());
    for empty in [
        "output",
        "error_message",
        "reason_code",
        "agent_id",
        "claimed_at",
        "completed_at",
    ] {
        assert_eq!(waiting.json.get(empty), Some(&Value::Null), "{empty}: {}", waiting.json);
    }

    let job = stage.claim(&trader.agent, 200).await;
    let running = user.get(&path, 200).await;
    assert_eq!(
        (
            running.text("/status"),
            running.text("/agent_id"),
            running.at("/attempts")
        ),
        ("running", trader.agent.id.as_str(), &json!(1))
    );
    assert!(running.at("/claimed_at").is_string());
    let failed = json!({"status": "failed", "attempt": 1, "reason_code": "no_money", "error_message": "Not enough free margin.",
        "output": {"retcode": 10019}});
    let result = format!("/agents/{}/jobs/{}/result", trader.agent.id, job.text("/job/id"));
    stage.as_agent(&trader.agent).post(&result, failed, 200).await;
    let ended = user.get(&path, 200).await;
    assert_eq!(
        (
            ended.text("/status"),
            ended.text("/reason_code"),
            ended.text("/error_message")
        ),
        ("failed", "no_money", "Not enough free margin.")
    );
    assert_eq!(ended.at("/output"), &json!({"retcode": 10019}));
    assert!(ended.at("/completed_at").is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_ones_own_is_not_found() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let order = json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1});
    let job = stage.as_user(&trader).post("/trading/orders", order, 201).await;
    let path = format!("/jobs/{}", job.text("/id"));
    assert_eq!(stage.as_user(&trader).get(&path, 200).await.json, job.json);
    stage.as_user(&stranger).get(&path, 404).await;
    stage.as_user(&trader).get("/jobs/no-uuid", 404).await;
    stage.anybody().get(&path, 401).await;
}
