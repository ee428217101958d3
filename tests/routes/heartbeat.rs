use serde_json::json;

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_reports_the_agent_and_is_told_what_changed() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let path = format!("/agents/{}/heartbeat", trader.agent.id);
    assert_eq!(
        user.get(&format!("/agents/{}", trader.agent.id), 200)
            .await
            .text("/status"),
        "never_seen"
    );

    let body = json!({"version": "0.1.0", "cpu_pct": 3.5, "memory_mb": 40, "quote_age_ms": 120,
        "terminal": {"connected": true, "trade_allowed": true, "build": 5000},
        "account": {"login": 7_001, "server": "Broker-Demo", "trade_mode": "demo", "currency": "USD"}});
    let answer = stage.as_agent(&trader.agent).post(&path, body, 200).await;
    assert_eq!(answer.at("/config/poll_seconds").to_string(), "0.2");
    assert_eq!(
        (answer.text("/config/trading_mode"), answer.at("/config/instruments")),
        ("active", &json!([]))
    );
    assert!(answer.at("/server_time").is_string() && answer.at("/jobs_waiting") == 0);
    let agent = user.get(&format!("/agents/{}", trader.agent.id), 200).await;
    assert_eq!(
        (
            agent.text("/status"),
            agent.text("/login"),
            agent.text("/terminal_server")
        ),
        ("online", "7001", "Broker-Demo")
    );
    assert_eq!(agent.at("/status_reported/quote_age_ms"), 120);

    stage
        .sql(&format!(
            "update user_settings set trading_mode = 'reducing';
             update broker_connections set symbol_map = '{{\"EURUSD\":\"EURUSD.i\"}}';
             insert into ws_connections (connection_id, user_id, kind, instruments)
             values ('c', '{}', 'dashboard', '{{EURUSD,GBPUSD}}')",
            trader.id
        ))
        .await;
    let answer = stage
        .as_agent(&trader.agent)
        .post(&path, json!({"version": "0.1.0"}), 200)
        .await;
    assert_eq!(answer.text("/config/trading_mode"), "reducing");
    assert_eq!(answer.at("/config/instruments"), &json!(["EURUSD", "GBPUSD"]));
    assert_eq!(answer.text("/config/symbol_map/EURUSD"), "EURUSD.i");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_minutes_of_silence_are_offline() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let path = format!("/agents/{}/heartbeat", trader.agent.id);
    stage
        .as_agent(&trader.agent)
        .post(&path, json!({"version": "0.1.0"}), 200)
        .await;
    stage
        .sql("update mt5_agents set last_heartbeat = now() - interval '601 seconds'")
        .await;
    let agent = stage
        .as_user(&trader)
        .get(&format!("/agents/{}", trader.agent.id), 200)
        .await;
    assert_eq!(agent.text("/status"), "offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_that_cannot_be_read_changes_nothing() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let path = format!("/agents/{}/heartbeat", trader.agent.id);
    let problem = stage
        .as_agent(&trader.agent)
        .post(&path, json!({"cpu_pct": 1}), 422)
        .await;
    assert_eq!(problem.text("/code"), "invalid");
    assert_eq!(
        stage
            .count("select count(*) from mt5_agents where last_heartbeat is not null")
            .await,
        0
    );
}
