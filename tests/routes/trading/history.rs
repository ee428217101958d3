use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{deal, items, report, second_account};
use crate::support::{Stage, Trader};

async fn history(stage: &Stage, trader: &Trader, query: &str) -> Value {
    stage
        .as_user(trader)
        .get(&format!("/trading/history?{query}"), 200)
        .await
        .json
}

#[tokio::test(flavor = "multi_thread")]
async fn what_agents_and_brokers_told_is_listed_newest_first() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let alert = r#"{"symbol":"EURUSD","action":"buy","volume":0.1,"sl":1.08}"#;
    let signal = stage.alert(&trader, alert, 200).await;
    let job = stage.claim(&trader.agent, 200).await;
    stage.fill(&trader.agent, job.text("/job/id"), 1, 200).await;
    let mut closed = deal(1, "out", "12.345");
    closed["comment"] = json!("[tp 1.09]");
    closed["commission"] = json!(-3.5);
    closed["time"] = json!("2026-01-01T10:00:00Z");
    report(&stage, &trader.agent, "10000", json!([]), json!([closed])).await;

    let told = history(&stage, &trader, "").await;
    let [placed, closed] = items(&told).as_slice() else {
        panic!("two events: {told}")
    };
    let plain = |event: &Value| -> Value {
        let fields = event.as_object().expect("an object").iter();
        let given = fields.filter(|(name, value)| !value.is_null() && !["id", "created_at"].contains(&name.as_str()));
        given
            .map(|(name, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                (name.clone(), json!(text))
            })
            .collect()
    };
    assert_eq!(
        plain(placed),
        json!({"broker_connection_id": trader.connection, "event_type": "order_placed", "symbol": "EURUSD",
            "direction": "LONG", "volume": "0.1", "entry_price": "1.08521", "sl": "1.08", "external_order_id": "42",
            "job_id": job.text("/job/id"), "signal_id": signal.text("/signal_id")})
    );
    assert_eq!(
        plain(closed),
        json!({"broker_connection_id": trader.connection, "event_type": "position_closed", "symbol": "EURUSD",
            "direction": "LONG", "volume": "0.1", "exit_price": "1.08512", "profit_loss": "8.85", "external_order_id": "1001",
            "external_position_id": "77", "external_deal_id": "1", "magic_number": "7", "comment": "[tp 1.09]"})
    );
    assert_eq!(closed["created_at"], "2026-01-01T10:00:00Z");
    stage.anybody().get("/trading/history", 401).await;
}

/// Twelve minutes of events: each minute an opening that cost 1, and a close, by turns of 10, -4 and 0.
async fn lay_events(stage: &Stage, trader: &Trader) {
    let mut sql = String::new();
    for minute in 0..12 {
        let (symbol, profit) = (["EURUSD", "GBPUSD"][minute % 2], ["10", "-4", "0"][minute % 3]);
        for (kind, profit) in [("position_opened", "-1"), ("position_closed", profit)] {
            let _ = write!(
                sql,
                "insert into trade_events (user_id, broker_connection_id, event_type, pair, profit_loss, created_at)
                 values ('{}', '{}', '{kind}', '{symbol}', {profit}, '2026-01-01T00:{minute:02}:00Z');",
                trader.id, trader.connection
            );
        }
    }
    stage.sql(&sql).await;
}

/// Name, currency, result, closed, won and lost of each account.
fn totals(history: &Value) -> Vec<[String; 5]> {
    let totals = history["totals"].as_array().expect("totals").iter();
    totals
        .map(|total| ["currency", "profit_loss", "closed", "won", "lost"].map(|field| total[field].to_string()))
        .collect()
}

fn total(currency: &str, figures: [&str; 4]) -> [String; 5] {
    let [profit_loss, closed, won, lost] = figures;
    [&format!("\"{currency}\""), profit_loss, closed, won, lost].map(ToOwned::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_the_totals_are_of_all() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    report(&stage, &trader.agent, "10000", json!([]), json!([])).await;
    lay_events(&stage, &trader).await;
    lay_events(&stage, &stranger).await;
    let (mut seen, mut query) = (Vec::new(), "limit=7".to_owned());
    loop {
        let page = history(&stage, &trader, &query).await;
        assert_eq!(totals(&page), [total("USD", ["12.00", "12", "4", "4"])], "{query}");
        seen.extend(items(&page).clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("limit=7&cursor={cursor}");
    }
    let times: Vec<_> = seen
        .iter()
        .map(|event| event["created_at"].as_str().expect("a time"))
        .collect();
    assert!(times.iter().rev().is_sorted(), "{times:?}");
    let mut ids: Vec<_> = seen.iter().map(|event| event["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 24, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_the_events_and_the_totals_alike() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    lay_events(&stage, &trader).await;
    report(&stage, &trader.agent, "10000", json!([]), json!([])).await;
    let (second, agent) = second_account(&stage, &trader).await;
    let mut euros = deal(5, "out", "3");
    euros["time"] = json!("2026-01-02T00:00:00Z");
    report(&stage, &agent, "10000", json!([]), json!([euros])).await;
    stage
        .sql(&format!(
            "update account_snapshots set currency = 'EUR' where broker_connection_id = '{second}'"
        ))
        .await;
    let euros = total("EUR", ["3.00", "1", "1", "0"]);
    let (first, theirs) = (trader.connection, stranger.connection);
    for (query, count, expected) in [
        (format!("broker_connection_id={second}"), 1, vec![euros.clone()]),
        (format!("broker_connection_id={theirs}"), 0, vec![]),
        (
            format!("broker_connection_id={first}&symbol=EURUSD"),
            12,
            vec![total("USD", ["6.00", "6", "2", "2"])],
        ),
        (
            "symbol=GBPUSD".to_owned(),
            12,
            vec![total("USD", ["6.00", "6", "2", "2"])],
        ),
        ("symbol=XAUUSD".to_owned(), 0, vec![]),
        (
            format!("event_type=position_closed&broker_connection_id={first}"),
            12,
            vec![total("USD", ["24.00", "12", "4", "4"])],
        ),
        (
            "from=2026-01-01T00:03:00Z&to=2026-01-01T00:05:00Z".to_owned(),
            4,
            vec![total("USD", ["4.00", "2", "1", "1"])],
        ),
        ("from=2026-01-02T00:00:00Z".to_owned(), 1, vec![euros]),
        ("to=2026-01-01T00:00:00Z".to_owned(), 0, vec![]),
        (
            "from=-009999-01-03T00:00:00Z&to=9999-12-30T00:00:00Z&limit=200".to_owned(),
            25,
            vec![],
        ),
    ] {
        let found = history(&stage, &trader, &query).await;
        assert_eq!(items(&found).len(), count, "{query}");
        if count < 25 {
            assert_eq!(totals(&found), expected, "{query}");
        }
    }
    assert_eq!(
        totals(&history(&stage, &trader, "").await).len(),
        2,
        "one for each account"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_deleted_connection_stay_and_are_added_up_apart() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    lay_events(&stage, &trader).await;
    let user = stage.as_user(&trader);
    user.delete(&format!("/strategies/{}", trader.strategy), 204).await;
    user.delete(&format!("/broker-connections/{}", trader.connection), 204)
        .await;
    let found = history(&stage, &trader, "limit=200").await;
    assert_eq!(items(&found).len(), 24);
    let [total] = found["totals"].as_array().expect("totals").as_slice() else {
        panic!("one total: {found}")
    };
    for field in ["broker_connection_id", "name", "currency"] {
        assert_eq!(total[field], Value::Null, "{field}");
    }
    assert_eq!(total["profit_loss"].to_string(), "12.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=x", "cursor"),
        ("symbol=", "symbol"),
        ("symbol=%00", "symbol"),
        ("from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("from=yesterday", "query"),
        ("event_type=everything", "query"),
        ("broker_connection_id=x", "query"),
    ] {
        let problem = stage
            .as_user(&trader)
            .get(&format!("/trading/history?{query}"), 422)
            .await;
        assert_eq!(problem.text("/errors/0/field"), field, "{query}");
    }
}
