use std::time::{Duration, Instant};

use super::agent::{Machine, resolved};
use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_filled_within_two_seconds_and_leaves_its_latency_trail() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;

    let began = Instant::now();
    let answer = stage
        .alert(&trader, r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#, 200)
        .await;
    let signal = resolved(&stage, &trader, answer.text("/signal_id")).await;
    let took = began.elapsed();
    assert!(
        took < Duration::from_secs(2),
        "{took:?}; the agent said:\n{}",
        machine.log()
    );
    assert_eq!(signal["status"], "executed", "{signal}");
    for proof in ["fill_price", "broker_order_id"] {
        assert!(!signal[proof].is_null(), "{proof} of {signal}");
    }
    let times: Vec<&str> = ["received_at", "claimed_at", "sent_at", "filled_at", "resolved_at"]
        .map(|station| {
            signal["latency"][station]
                .as_str()
                .unwrap_or_else(|| panic!("{station} of {signal}"))
        })
        .to_vec();
    assert!(
        times.is_sorted_by_key(|time| time.parse::<jiff::Timestamp>().expect("a time")),
        "in order: {times:?}"
    );
    let orders = machine.broker("select ticket, symbol, side, volume from orders");
    assert_eq!(orders.len(), 1);
    assert_eq!(
        signal["broker_order_id"].as_str(),
        Some(orders[0][0].to_string().as_str())
    );

    let close = stage
        .alert(&trader, r#"{"symbol":"EURUSD","action":"close"}"#, 200)
        .await;
    let signal = resolved(&stage, &trader, close.text("/signal_id")).await;
    assert_eq!(signal["status"], "executed", "{signal}");
    assert_eq!(
        machine.broker("select count(*) from positions")[0][0],
        0,
        "the exit closed what the entry opened"
    );
    let events = "select count(*) from trade_events where event_type in ('order_placed', 'order_closed')";
    assert_eq!(stage.count(events).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_refuses_is_a_failed_signal_with_a_sentence() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    machine.broker("insert into faults (kind, value) values ('retcode', 10019)");
    let answer = stage
        .alert(&trader, r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#, 200)
        .await;
    let signal = resolved(&stage, &trader, answer.text("/signal_id")).await;
    assert_eq!(
        (signal["status"].as_str(), signal["reason_code"].as_str()),
        (Some("failed"), Some("no_money")),
        "{signal}"
    );
    assert!(
        signal["error_message"]
            .as_str()
            .is_some_and(|sentence| sentence.len() > 20),
        "{signal}"
    );
}
