use serde_json::{Value, json};

use super::{hold, items, position, report, second_account};
use crate::support::{Stage, Trader};

async fn tickets(stage: &Stage, trader: &Trader, query: &str) -> Vec<i64> {
    let answer = stage
        .as_user(trader)
        .get(&format!("/trading/positions{query}"), 200)
        .await
        .json;
    assert_eq!(answer["next_cursor"], Value::Null, "all at once");
    items(&answer)
        .iter()
        .map(|item| item["ticket"].as_i64().expect("a ticket"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_is_shown_with_its_strategy_and_when_it_was_reported() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let strategy = user.get(&format!("/strategies/{}", trader.strategy), 200).await;
    let mut automatic = position(7);
    automatic["magic_number"] = strategy.at("/magic_number").clone();
    automatic["profit"] = json!("-9.50");
    automatic["swap"] = json!("-0.25");
    automatic["opened_at"] = json!("2026-01-01T09:00:00Z");
    let report = async |positions| report(&stage, &trader.agent, "10000", positions, json!([])).await;
    report(json!([automatic, position(8)])).await;

    let listed = user.get("/trading/positions", 200).await;
    let mut first = listed.at("/items/1").clone();
    let reported_at = first["reported_at"].take();
    assert_eq!(
        first,
        json!({"broker_connection_id": trader.connection, "ticket": 7, "symbol": "EURUSD", "side": "buy",
            "volume": first["volume"], "open_price": first["open_price"], "sl": first["sl"], "tp": null,
            "profit": first["profit"], "swap": first["swap"], "magic_number": strategy.at("/magic_number"),
            "opened_at": "2026-01-01T09:00:00Z", "reported_at": null, "strategy_id": trader.strategy,
            "strategy_name": "Strategy", "closing_job_id": null})
    );
    let numbers = ["volume", "open_price", "sl", "profit", "swap"].map(|field| first[field].to_string());
    assert_eq!(numbers, ["0.1", "1.08512", "1.08", "-9.50", "-0.25"]);
    let by_hand = listed.at("/items/0");
    assert_eq!(
        (&by_hand["ticket"], &by_hand["strategy_id"], &by_hand["strategy_name"]),
        (&json!(8), &Value::Null, &Value::Null),
        "newest first; 0 is nobody's magic number"
    );

    // A position that did not change is not written again, and is reported all the same.
    report(json!([automatic, position(8)])).await;
    let again = user.get("/trading/positions", 200).await;
    let time = |value: &Value| -> jiff::Timestamp { value.as_str().expect("a time").parse().expect("a time") };
    assert!(time(again.at("/items/1/reported_at")) > time(&reported_at));
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_found_by_symbol_and_account_and_are_ones_own() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let (second, agent) = second_account(&stage, &trader).await;
    hold(&stage, &stranger, [9]).await;
    hold(&stage, &trader, [1]).await;
    let mut gold = position(2);
    gold["symbol"] = json!("Gold Spot");
    report(&stage, &agent, "10000", json!([gold, position(3)]), json!([])).await;

    assert_eq!(tickets(&stage, &trader, "").await, [3, 2, 1]);
    assert_eq!(tickets(&stage, &trader, "?symbol=EURUSD").await, [3, 1]);
    assert_eq!(tickets(&stage, &trader, "?symbol=Gold%20Spot").await, [2]);
    assert_eq!(
        tickets(&stage, &trader, "?symbol=eurusd").await,
        [0; 0],
        "as the broker spells it"
    );
    assert_eq!(
        tickets(&stage, &trader, &format!("?broker_connection_id={second}")).await,
        [3, 2]
    );
    let both = format!("?broker_connection_id={second}&symbol=EURUSD");
    assert_eq!(tickets(&stage, &trader, &both).await, [3]);
    let theirs = format!("?broker_connection_id={}", stranger.connection);
    assert_eq!(tickets(&stage, &trader, &theirs).await, [0; 0]);
    assert_eq!(tickets(&stage, &stranger, "").await, [9]);

    let user = stage.as_user(&trader);
    for (query, field) in [
        ("symbol=", "symbol"),
        ("symbol=%00", "symbol"),
        (&format!("symbol={}", "x".repeat(65)), "symbol"),
        ("broker_connection_id=x", "query"),
    ] {
        let problem = user.get(&format!("/trading/positions?{query}"), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{query}");
    }
    stage.anybody().get("/trading/positions", 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_tells_the_job_that_is_on_its_way_to_close_it() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    hold(&stage, &trader, [1, 2]).await;
    let closing = async || {
        let listed = user.get("/trading/positions", 200).await;
        assert_eq!(
            listed.at("/items/0/closing_job_id"),
            &Value::Null,
            "the other one stays: {}",
            listed.json
        );
        listed.at("/items/1/closing_job_id").clone()
    };
    assert_eq!(closing().await, Value::Null);
    let part = user
        .post("/trading/positions/1/close", json!({"volume": 0.04}), 201)
        .await;
    assert_eq!(&closing().await, part.at("/id"));
    let whole = user.post("/trading/positions/1/close", json!({}), 201).await;
    assert_eq!(&closing().await, whole.at("/id"), "the one that closes all of it");

    let claimed = [
        stage.claim(&trader.agent, 200).await,
        stage.claim(&trader.agent, 200).await,
    ];
    assert_eq!(&closing().await, whole.at("/id"), "while an agent has it");
    for job in claimed {
        let body =
            json!({"status": "failed", "attempt": 1, "reason_code": "market_closed", "error_message": "Closed."});
        let path = format!("/agents/{}/jobs/{}/result", trader.agent.id, job.text("/job/id"));
        stage.as_agent(&trader.agent).post(&path, body, 200).await;
    }
    assert_eq!(closing().await, Value::Null, "it failed and closes nothing any more");
}
