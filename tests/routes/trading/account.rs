use serde_json::{Value, json};

use super::{deal, items, position, report, second_account, setting};
use crate::support::{Stage, Trader};

async fn only(stage: &Stage, trader: &Trader) -> Value {
    let answer = stage.as_user(trader).get("/trading/account", 200).await.json;
    assert_eq!(answer["next_cursor"], Value::Null);
    match items(&answer).as_slice() {
        [account] => account.clone(),
        other => panic!("one account: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_its_last_report_and_its_day() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    assert_eq!(
        user.get("/trading/account", 200).await.json,
        json!({"items": [], "next_cursor": null}),
        "nothing was reported yet"
    );
    setting(&stage, &trader, json!({"daily_loss_limit_pct": 2})).await;
    let mut losing = position(5);
    losing["profit"] = json!(-9.5);
    losing["swap"] = json!(-0.5);
    let mut opened = deal(1, "in", "0");
    opened["commission"] = json!(-3.5);
    report(
        &stage,
        &trader.agent,
        "9990.25",
        json!([losing, position(6)]),
        json!([opened, deal(2, "out", "-40.25")]),
    )
    .await;
    // Known to us, and never reported.
    second_account(&stage, &trader).await;

    let account = only(&stage, &trader).await;
    let told: Value = [
        "name",
        "balance",
        "equity",
        "margin",
        "free_margin",
        "currency",
        "leverage",
        "open_positions",
        "floating_profit",
    ]
    .map(|field| (field.to_owned(), json!(account[field].to_string())))
    .into_iter()
    .collect();
    assert_eq!(
        told,
        json!({"name": "\"Broker\"", "balance": "10000.00", "equity": "9990.25", "margin": "12.50", "free_margin": "9987.50",
            "currency": "\"USD\"", "leverage": "100", "open_positions": "2", "floating_profit": "-10.00"})
    );
    assert_eq!(account["broker_connection_id"], json!(trader.connection));
    let fresh: jiff::Timestamp = account["reported_at"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time");
    assert!(jiff::Timestamp::now().duration_since(fresh).as_secs() < 60);
    let day = |field: &str| account["day"][field].to_string();
    assert_eq!(
        ["start_equity", "realised_profit", "result", "loss_allowance"].map(day),
        ["9990.25", "-43.75", "-53.75", "199.81"],
        "what opening cost and what floats count: {account}"
    );
    assert!(day("started_at").contains("T00:00:00Z"), "midnight in UTC: {account}");

    assert_eq!(
        stage.as_user(&stranger).get("/trading/account", 200).await.at("/items"),
        &json!([])
    );
    stage.anybody().get("/trading/account", 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_limit_nothing_is_allowed_or_forbidden() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    report(&stage, &trader.agent, "10000", json!([]), json!([])).await;
    let day = only(&stage, &trader).await["day"].clone();
    assert_eq!(day["loss_allowance"], Value::Null);
    assert_eq!(day["result"].to_string(), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_equity_is_known_the_balance_of_the_settings_stands_in() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    setting(
        &stage,
        &trader,
        json!({"daily_loss_limit_pct": 2, "account_balance": 500}),
    )
    .await;
    report(&stage, &trader.agent, "10000", json!([]), json!([])).await;
    for (start, allowance) in [("10000", "200.00"), ("null", "10.00")] {
        stage
            .sql(&format!("update account_snapshots set day_start_equity = {start}"))
            .await;
        let day = only(&stage, &trader).await["day"].clone();
        assert_eq!(day["loss_allowance"].to_string(), allowance, "{day}");
    }
    stage.sql("update user_settings set account_balance = null").await;
    assert_eq!(only(&stage, &trader).await["day"]["loss_allowance"].to_string(), "0.00");
}

/// Whether the gate lets an entry pass, asked without storing anything.
async fn passes(stage: &Stage, trader: &Trader) -> bool {
    let path = format!("/strategies/{}/explain", trader.strategy);
    let alert = json!({"alert": "BUY EURUSD 0.1 lots"});
    let explained = stage.as_user(trader).post(&path, alert, 200).await;
    match explained.at("/reason_code").as_str() {
        None => true,
        Some("daily_loss_limit") => false,
        Some(other) => panic!("another rule refuses it: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_shown_is_the_day_the_gate_counts() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let zone = "Pacific/Kiritimati";
    setting(&stage, &trader, json!({"daily_loss_limit_pct": 2, "timezone": zone})).await;
    report(&stage, &trader.agent, "10000", json!([]), json!([])).await;
    let event = async |kind: &str, profit: &str, at: &str| {
        let sql = format!(
            "insert into trade_events (user_id, broker_connection_id, event_type, profit_loss, created_at)
             values ('{}', '{}', '{kind}', {profit}, {at})",
            trader.id, trader.connection
        );
        stage.sql(&sql).await;
    };
    let midnight = format!("date_trunc('day', now(), '{zone}')");
    let situations = [
        (
            "position_closed",
            "-900",
            format!("{midnight} - interval '1 microsecond'"),
            "0",
            true,
        ),
        ("position_closed", "-150", midnight, "-150.00", true),
        ("order_closed", "-50", "now()".to_owned(), "-150.00", true),
        ("position_opened", "-49.99", "now()".to_owned(), "-199.99", true),
        ("position_closed", "-0.01", "now()".to_owned(), "-200.00", false),
        ("position_closed", "0.01", "now()".to_owned(), "-199.99", true),
    ];
    for (kind, profit, at, result, fine) in situations {
        event(kind, profit, &at).await;
        let day = only(&stage, &trader).await["day"].clone();
        assert_eq!(
            day["result"].to_string(),
            result,
            "after {kind} of {profit} at {at}: {day}"
        );
        assert_eq!(day["loss_allowance"].to_string(), "200.00");
        assert_eq!(passes(&stage, &trader).await, fine, "an entry at {result} of 200.00");
    }
    let mut losing = position(1);
    losing["profit"] = json!(-0.5);
    losing["swap"] = json!("0.48");
    report(&stage, &trader.agent, "9800", json!([losing]), json!([])).await;
    let account = only(&stage, &trader).await;
    assert_eq!(account["day"]["result"].to_string(), "-200.01", "{account}");
    assert!(!passes(&stage, &trader).await, "floating losses count");
}
