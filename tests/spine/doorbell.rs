//! How soon an alert becomes an order: by the doorbell, without it by the answers to price pushes, without both by polling.

use std::time::Duration;

use jiff::Timestamp;

use super::agent::{Machine, resolved, until};
use crate::support::{Setting, Stage, Trader};

/// From the alert's reception to the order's sending, sorted.
async fn delays(stage: &Stage, trader: &Trader, alerts: usize) -> Vec<Duration> {
    let mut delays = Vec::new();
    for number in 0..alerts {
        let alert = format!(r#"{{"symbol":"EURUSD","action":"buy","volume":0.01,"id":"{number}"}}"#);
        let answer = stage.alert(trader, &alert, 200).await;
        let signal = resolved(stage, trader, answer.text("/signal_id")).await;
        let at = |station: &str| -> Timestamp {
            let time = signal["latency"][station].as_str();
            time.unwrap_or_else(|| panic!("{station} of {signal}"))
                .parse()
                .expect("a time")
        };
        let delay = at("sent_at").duration_since(at("received_at"));
        delays.push(Duration::try_from(delay).expect("sent after it was received"));
    }
    delays.sort();
    delays
}

async fn quiet_stage(poll_seconds: &'static str) -> Stage {
    Stage::with(Setting {
        poll_seconds: Some(poll_seconds),
        ..Setting::default()
    })
    .await
}

/// Until the agent's doorbell hangs.
async fn hung(stage: &Stage) {
    let doorbells = "select count(*) from ws_connections where kind = 'agent'";
    until("the doorbell hangs", async || {
        (stage.count(doorbells).await == 1).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_doorbell_an_order_is_sent_within_a_third_of_a_second() {
    let stage = quiet_stage("30").await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    hung(&stage).await;
    // The slowest of them starts every function on the way.
    let delays = delays(&stage, &trader, 9).await;
    assert!(
        delays[4] < Duration::from_millis(300),
        "p50 of {delays:?}; the agent said:\n{}",
        machine.log()
    );
    println!("alert to order by the doorbell: {delays:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_doorbell_cut_the_answers_to_prices_ring() {
    let stage = quiet_stage("30").await;
    let trader = stage.trader().await;
    let _watcher = stage.dashboard(&trader, &["EURUSD"]).await;
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    hung(&stage).await;
    until("prices flow", async || {
        (stage.count("select count(*) from latest_prices").await == 1).then_some(())
    })
    .await;
    stage.cloud.set_queue_down(true);
    let delays = delays(&stage, &trader, 5).await;
    assert!(
        delays[2] < Duration::from_millis(1500),
        "p50 of {delays:?}; the agent said:\n{}",
        machine.log()
    );
    println!("alert to order by price answers: {delays:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_doorbell_and_prices_cut_polling_finds_the_job() {
    let stage = quiet_stage("2").await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    hung(&stage).await;
    stage.cloud.set_queue_down(true);
    let delays = delays(&stage, &trader, 3).await;
    assert!(
        delays[2] < Duration::from_secs(4),
        "a poll every 2 s, but {delays:?}; the agent said:\n{}",
        machine.log()
    );
    println!("alert to order by polling: {delays:?}");
}
