//! A machine endpoint does its whole database work in one round trip, counted at the wire.

use serde_json::json;

use crate::support::{Proxy, Setting, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn each_machine_endpoint_makes_one_database_round_trip() {
    let first = Stage::new().await;
    let wire = Proxy::to(&first.admin_url).await;
    // One instance of each, so that the second call meets a warm one.
    let setting = Setting {
        database_port: Some(wire.port),
        max_instances: Some(1),
        ..Setting::default()
    };
    let stage = Stage::on(first.database(), setting).await;
    let trader = stage.trader().await;
    let alert = |id: u8| json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "id": id.to_string()}).to_string();
    let heartbeat = format!("/agents/{}/heartbeat", trader.agent.id);
    let prices = format!("/agents/{}/prices", trader.agent.id);
    let account = format!("/agents/{}/account", trader.agent.id);
    let report = |equity: u8| {
        json!({"balance": 1, "equity": equity, "margin": 0, "free_margin": 1, "currency": "USD",
            "positions": [{"ticket": 1, "symbol": "EURUSD", "side": "buy", "volume": 1, "open_price": 1, "profit": equity,
                "swap": 0, "magic_number": 0, "opened_at": "2026-01-01T00:00:00Z"}],
            "deals": [{"ticket": equity, "order_ticket": 1, "position_ticket": 1, "symbol": "EURUSD", "side": "buy",
                "entry": "in", "volume": 1, "price": 1, "profit": 0, "swap": 0, "commission": 0, "fee": 0, "magic_number": 0,
                "comment": "", "time": "2026-01-01T00:00:00Z"}]})
    };
    let tick = json!({"EURUSD": {"bid": 1.1, "ask": 1.2}});
    // The first call of an instance connects and proves the agent's key.
    stage.alert(&trader, &alert(1), 200).await;
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    stage.fill(&trader.agent, &job, 1, 200).await;
    stage
        .as_agent(&trader.agent)
        .post(&heartbeat, json!({"version": "1"}), 200)
        .await;
    stage.as_agent(&trader.agent).post(&prices, tick.clone(), 200).await;
    stage.as_agent(&trader.agent).post(&account, report(1), 200).await;

    wire.take_round_trips();
    stage.alert(&trader, &alert(2), 200).await;
    assert_eq!(wire.take_round_trips(), 1, "webhook");
    stage.alert(&trader, "hello", 422).await;
    assert_eq!(wire.take_round_trips(), 1, "webhook, unreadable");
    let job = stage.claim(&trader.agent, 200).await.text("/job/id").to_owned();
    assert_eq!(wire.take_round_trips(), 1, "job-claim");
    stage.claim(&trader.agent, 204).await;
    assert_eq!(wire.take_round_trips(), 1, "job-claim, nothing to do");
    stage.fill(&trader.agent, &job, 1, 200).await;
    assert_eq!(wire.take_round_trips(), 1, "job-result");
    stage
        .as_agent(&trader.agent)
        .post(&heartbeat, json!({"version": "1"}), 200)
        .await;
    assert_eq!(wire.take_round_trips(), 1, "heartbeat");
    stage.as_agent(&trader.agent).post(&prices, tick, 200).await;
    assert_eq!(wire.take_round_trips(), 1, "prices");
    stage.as_agent(&trader.agent).post(&account, report(2), 200).await;
    assert_eq!(wire.take_round_trips(), 1, "account");
    // What a user asks for in one statement costs one too.
    let user = stage.as_user(&trader);
    for path in [
        "/signals",
        "/prices",
        "/prices/EURUSD/candles?timeframe=H1",
        "/trading/account",
        "/trading/positions",
        "/trading/history",
        "/ea/projects",
        "/deployments",
    ] {
        user.get(path, 200).await;
        wire.take_round_trips();
        user.get(path, 200).await;
        assert_eq!(wire.take_round_trips(), 1, "{path}");
    }
    let order = json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1});
    for (path, body, expected) in [
        ("/trading/orders", order, 201),
        ("/trading/positions/1/close", json!({}), 201),
        ("/trading/flatten", json!(null), 200),
    ] {
        user.post(path, body, expected).await;
        assert_eq!(wire.take_round_trips(), 1, "{path}");
    }
}
