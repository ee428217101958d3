use serde_json::{Value, json};

use super::agent::{Machine, resolved};
use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn no_line_of_a_whole_run_holds_a_secret() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let agent = machine.bring_up().await;
    let answer = stage
        .alert(
            &trader,
            r#"{"symbol":"EURUSD","action":"buy","volume":0.1,"secret":"hunter2hunter2"}"#,
            200,
        )
        .await;
    resolved(&stage, &trader, answer.text("/signal_id")).await;
    let ticket = stage.ticket(&trader).await;
    let mut socket = stage.connect(&ticket).await.expect("a fresh ticket opens the socket");
    socket.ping().await;
    stage.connect(&ticket).await.err().expect("and no second one");
    // Refusals and mistakes of every kind, which is where logs talk most.
    let secrets = ["guessed-webhook-secret-of-somebody-else-00000"];
    stage
        .anybody()
        .send_text(reqwest::Method::POST, &format!("/webhooks/tv/{}", secrets[0]), "x", 404)
        .await;
    stage.alert(&trader, "unreadable hunter2hunter2", 422).await;
    let agent_path = format!("/agents/{}/jobs/{}/result", trader.agent.id, uuid::Uuid::new_v4());
    stage
        .as_agent(&trader.agent)
        .post(&agent_path, json!({"status": "completed"}), 404)
        .await;
    stage
        .anybody()
        .with("x-agent-key", format!("{}x", trader.agent.key))
        .get("/agents/x/jobs/next", 401)
        .await;
    stage
        .as_user(&trader)
        .post("/agents", json!({"agent_name": ""}), 422)
        .await;
    let rotated = stage
        .as_user(&trader)
        .post(&format!("/agents/{}/rotate-key", trader.agent.id), json!({}), 200)
        .await;
    stage
        .sql("alter table mt5_agents rename column agent_name to hidden")
        .await;
    stage.as_user(&trader).get("/agents", 500).await;
    drop(agent);

    let lines = stage.log();
    let requests: Vec<Value> = lines
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["message"] == "request")
        .collect();
    assert!(requests.len() >= 10, "the run was logged: {} requests", requests.len());
    for line in &requests {
        let whole = ["request_id", "route", "status", "ms", "_aws"]
            .iter()
            .all(|field| !line[*field].is_null());
        assert!(
            whole,
            "a request's line has id, route, status, milliseconds and the metric: {line}"
        );
    }
    assert!(
        lines.iter().any(|line| line.contains("request failed by our mistake")),
        "our own mistake is logged with its cause"
    );
    let all = lines.join("\n") + &machine.log();
    for (what, secret) in [
        ("a webhook secret", trader.webhook_secret.as_str()),
        ("an unknown webhook secret", secrets[0]),
        ("a pairing key", trader.agent.key.as_str()),
        ("a rotated pairing key", rotated.text("/agent_key")),
        ("a socket ticket", &ticket),
        ("an access token", trader.token.as_str()),
        ("a body", "hunter2hunter2"),
        ("the database password", stage.secrets.database_password.as_str()),
        ("the JWT secret", stage.secrets.jwt_secret.as_str()),
    ] {
        assert!(!all.contains(secret), "{what} is in a log line");
    }
}
