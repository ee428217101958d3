use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{hold, setting};
use crate::support::{Reply, Stage, Trader};

const ORDERS: &str = "/trading/orders";

fn buy(trader: &Trader) -> Value {
    json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "volume": 0.1})
}

fn with(order: &Value, terms: Value) -> Value {
    let mut order = order.clone();
    let Value::Object(terms) = terms else {
        panic!("terms by field")
    };
    order.as_object_mut().expect("an order").extend(terms);
    order
}

async fn refused(stage: &Stage, trader: &Trader, order: Value) -> String {
    let problem = stage.as_user(trader).post(ORDERS, order, 409).await;
    let sentence = problem.text("/detail");
    assert!(
        sentence.len() > 20 && sentence.ends_with('.'),
        "a trader reads a sentence: {sentence}"
    );
    problem.text("/code").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_a_job_that_the_agent_claims_within_a_minute() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    setting(&stage, &trader, json!({"max_lot_size": 5})).await;
    let order = json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "sell", "volume": "0.25",
        "sl_pips": 20, "tp": 1.07, "price": 1.08512, "deviation_points": 7});
    let placed = stage.as_user(&trader).post(ORDERS, order, 201).await;
    assert_eq!(
        (placed.text("/job_type"), placed.text("/status"), placed.at("/attempts")),
        ("trade", "pending", &json!(0))
    );
    assert_eq!(placed.at("/broker_connection_id"), &json!(trader.connection));
    let time = |field: &str| -> Timestamp { placed.text(field).parse().expect("a time") };
    assert_eq!(time("/not_after").duration_since(time("/created_at")).as_secs(), 60);

    let job = stage.claim(&trader.agent, 200).await;
    assert_eq!(job.at("/job/id"), placed.at("/id"));
    let input = job.at("/job/input");
    let comment = input["comment"].as_str().expect("a comment").to_owned();
    assert!(comment.len() == 22 && comment.starts_with("FE"), "{comment}");
    let told: Value = input
        .as_object()
        .expect("an object")
        .iter()
        .map(|(name, value)| (name.clone(), json!(value.to_string())))
        .collect();
    assert_eq!(
        told,
        json!({"symbol": "\"EURUSD\"", "side": "\"sell\"", "price": "1.08512", "volume": "0.25", "max_volume": "5.00",
            "sl_pips": "20", "tp": "1.07", "magic_number": "0", "comment": format!("\"{comment}\""), "deviation_points": "7"})
    );
    assert_eq!(job.at("/job/entity_type"), &Value::Null);
    stage.fill(&trader.agent, job.text("/job/id"), 1, 200).await;
    assert_eq!(
        stage
            .count("select count(*) from trade_events where event_type = 'order_placed' and direction = 'SHORT'")
            .await,
        1
    );
    stage.anybody().post(ORDERS, buy(&trader), 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_nobody_claims_is_not_executed_an_hour_later() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let placed = stage.as_user(&trader).post(ORDERS, buy(&trader), 201).await;
    stage
        .sql("alter table jobs disable trigger jobs_guard; update jobs set not_after = now() - interval '1 second'")
        .await;
    stage.claim(&trader.agent, 204).await;
    stage
        .cloud
        .invoke("sweep", json!({"source": "aws.events"}))
        .await
        .expect("the sweep");
    let job = stage
        .as_user(&trader)
        .get(&format!("/jobs/{}", placed.text("/id")), 200)
        .await;
    assert_eq!(
        (job.text("/status"), job.text("/reason_code")),
        ("cancelled", "expired")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_risk_is_the_orders_or_else_the_settings() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    setting(&stage, &trader, json!({"risk_percent": 0.75})).await;
    let order = json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "sl": 1.08});
    for (terms, volume, risk_pct) in [
        (json!({}), "null", "0.75"),
        (json!({"risk_pct": 2.5}), "null", "2.5"),
        (json!({"volume": 0.3}), "0.3", "null"),
    ] {
        let placed = stage.as_user(&trader).post(ORDERS, with(&order, terms), 201).await;
        let sizing = ["volume", "risk_pct"].map(|field| placed.at(&format!("/input/{field}")).to_string());
        assert_eq!(sizing, [volume, risk_pct]);
        assert_eq!(placed.at("/input/deviation_points"), &json!(20), "unless sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_gate_forbids_is_a_conflict_with_its_reason() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (settings, connection) = ("update user_settings set", "update broker_connections set");
    let lose = format!(
        "update user_settings set daily_loss_limit_pct = 1, account_balance = 100;
         insert into trade_events (user_id, broker_connection_id, event_type, profit_loss)
         values ('{}', '{}', 'position_closed', -1)",
        trader.id, trader.connection
    );
    let rules = [
        (
            format!("{settings} trading_mode = 'halted'"),
            "halted",
            format!("{settings} trading_mode = 'active'"),
        ),
        (
            format!("{settings} trading_mode = 'reducing'"),
            "reducing",
            format!("{settings} trading_mode = 'active'"),
        ),
        (
            format!("{connection} is_active = false"),
            "broker_connection_inactive",
            format!("{connection} is_active = true"),
        ),
        (
            format!("{settings} disclaimer_accepted = false"),
            "disclaimer_not_accepted",
            format!("{settings} disclaimer_accepted = true"),
        ),
        (
            format!("{settings} max_lot_size = 0.09"),
            "max_lot_size",
            format!("{settings} max_lot_size = 0.1"),
        ),
        (
            format!("{settings} max_open_positions = 0"),
            "max_open_positions",
            format!("{settings} max_open_positions = null"),
        ),
        (
            lose,
            "daily_loss_limit",
            format!("{settings} daily_loss_limit_pct = null"),
        ),
        (
            "update mt5_agents set broker_connection_id = null".to_owned(),
            "no_agent",
            format!("update mt5_agents set broker_connection_id = '{}'", trader.connection),
        ),
    ];
    for (situation, reason, undo) in rules {
        stage.sql(&situation).await;
        let before = stage.count("select count(*) from jobs").await;
        assert_eq!(
            refused(&stage, &trader, buy(&trader)).await,
            reason,
            "after: {situation}"
        );
        assert_eq!(
            stage.count("select count(*) from jobs").await,
            before,
            "nothing is stored"
        );
        stage.sql(&undo).await;
        stage.as_user(&trader).post(ORDERS, buy(&trader), 201).await;
    }
    let mut by_risk = buy(&trader);
    by_risk.as_object_mut().expect("an order").remove("volume");
    let problem = stage.as_user(&trader).post(ORDERS, by_risk, 409).await;
    assert_eq!(problem.text("/code"), "no_stop_for_risk");
    assert!(
        !problem.text("/detail").contains("strategy"),
        "nobody has a strategy to give a default here: {}",
        problem.json
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_and_orders_by_hand_share_the_last_position() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    setting(&stage, &trader, json!({"max_open_positions": 3})).await;
    hold(&stage, &trader, [1]).await;
    let order = buy(&trader);
    let user = stage.as_user(&trader);
    let orders = join_all((0..6).map(async |_| {
        let response = stage.http.post(format!("{}{ORDERS}", stage.cloud.http_url()));
        let response = response.bearer_auth(&trader.token).json(&order).send().await;
        response.expect("the gateway answers").status().as_u16() == 201
    }));
    let alerts = join_all((0..6).map(async |id| {
        let alert = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "id": id.to_string()}).to_string();
        stage.alert(&trader, &alert, 200).await.text("/status") == "pending"
    }));
    let (orders, alerts) = tokio::join!(orders, alerts);
    let passed = orders.iter().chain(&alerts).filter(|passed| **passed).count();
    assert_eq!(passed, 2, "one is open and three may be: {orders:?} {alerts:?}");
    user.post(ORDERS, order, 409).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_places_one_order_whatever_the_gate_says_later() {
    let stage = Stage::new().await;
    let (trader, other) = (stage.trader().await, stage.trader().await);
    // The order itself is what closes the gate behind it.
    setting(&stage, &trader, json!({"max_open_positions": 1})).await;
    let order = buy(&trader);
    let at_once = join_all((0..6).map(async |_| {
        let request = stage.http.post(format!("{}{ORDERS}", stage.cloud.http_url()));
        let request = request.bearer_auth(&trader.token).header("idempotency-key", "click");
        let response = request.json(&order).send().await.expect("the gateway answers");
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.expect("JSON")["id"].clone())
    }))
    .await;
    let made = at_once.iter().filter(|(status, _)| *status == 201).count();
    assert!(
        made == 1
            && at_once
                .iter()
                .all(|(status, id)| [200, 201].contains(status) && *id == at_once[0].1),
        "one order, and the others are told of it: {at_once:?}"
    );
    setting(&stage, &trader, json!({"trading_mode": "halted"})).await;
    let key = |trader: &Trader| stage.as_user(trader).with("idempotency-key", "click");
    let again: Reply = key(&trader).post(ORDERS, with(&order, json!({"volume": 9})), 200).await;
    assert_eq!(again.at("/id"), &at_once[0].1);
    assert_eq!(
        again.at("/input/volume").to_string(),
        "0.1",
        "the first is returned as it is"
    );
    assert_eq!(stage.count("select count(*) from jobs").await, 1);
    let theirs = key(&other).post(ORDERS, buy(&other), 201).await;
    assert_ne!(theirs.at("/id"), &at_once[0].1, "keys are each user's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    for (terms, field) in [
        (
            json!({"broker_connection_id": stranger.connection}),
            "broker_connection_id",
        ),
        (json!({"broker_connection_id": Uuid::new_v4()}), "broker_connection_id"),
        (json!({"broker_connection_id": null}), "broker_connection_id"),
        (json!({"symbol": "EUR USD"}), "symbol"),
        (json!({"symbol": ""}), "symbol"),
        (json!({"symbol": "\u{0}"}), "symbol"),
        (json!({"side": "close"}), "side"),
        (json!({"volume": 0}), "volume"),
        (json!({"volume": "a lot"}), "volume"),
        (json!({"volume": 10_001}), "volume"),
        (json!({"risk_pct": 1}), "risk_pct"),
        (json!({"sl": 1.08, "sl_pips": 20}), "sl_pips"),
        (json!({"tp": 1.09, "tp_pips": 20}), "tp_pips"),
        (json!({"sl": 1.09, "price": 1.08}), "sl"),
        (json!({"tp": 1.07, "price": 1.08}), "tp"),
        (json!({"deviation_points": -1}), "deviation_points"),
        (json!({"price": 0}), "price"),
        (json!({"magic_number": 7}), "magic_number"),
        (json!({"not_after": "2030-01-01T00:00:00Z"}), "not_after"),
    ] {
        let problem = user.post(ORDERS, with(&buy(&trader), terms.clone()), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{terms}");
    }
    user.send_text(reqwest::Method::POST, ORDERS, "[]", 422).await;
    user.send_text(reqwest::Method::POST, ORDERS, &"x".repeat(256 * 1024 + 1), 413)
        .await;
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_order_rings_the_agent_and_shows_on_dashboards_once() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let mut elsewhere = stage.dashboard(&stranger, &[]).await;
    let mut doorbell = stage.doorbell(&trader.agent).await.expect("the key opens it");
    doorbell.ping().await;
    let user = stage.as_user(&trader).with("idempotency-key", "click");
    let placed = user.post(ORDERS, buy(&trader), 201).await;
    assert_eq!(doorbell.next().await, json!({"type": "jobs_waiting"}));
    let told = dashboard.next_of("job").await;
    assert_eq!(
        told["job"],
        json!({"id": placed.at("/id"), "job_type": "trade", "status": "pending"})
    );
    let sent = || stage.cloud.queue("NewsQueue").expect("the queue").sent_total;
    let before = sent();
    user.post(ORDERS, buy(&trader), 200).await;
    assert_eq!(sent(), before, "sent again it is no news");
    assert!(elsewhere.ping().await.is_empty());
}
