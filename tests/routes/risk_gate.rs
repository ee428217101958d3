//! Every rule of the risk gate: the refusal is a logged signal with its reason, and exits pass where they must.

use serde_json::json;

use crate::support::{Stage, Trader};

const BUY: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;
const CLOSE: &str = r#"{"symbol":"EURUSD","action":"close"}"#;

/// Sends an alert and says how it was judged: the status, or the reason of the refusal.
async fn judged(stage: &Stage, trader: &Trader, alert: &str) -> String {
    // The same text twice would be a resend.
    stage
        .sql("alter table tv_signals disable trigger tv_signals_guard")
        .await;
    stage
        .sql("update tv_signals set received_at = received_at - interval '1 hour'")
        .await;
    let answer = stage.alert(trader, alert, 200).await;
    if answer.text("/status") == "pending" {
        return "pending".to_owned();
    }
    let signal = stage
        .as_user(trader)
        .get(&format!("/signals/{}", answer.text("/signal_id")), 200)
        .await;
    assert_eq!(signal.text("/status"), "discarded");
    assert_eq!(
        signal.text("/reason_code"),
        answer.text("/reason_code"),
        "the log says what the answer said"
    );
    let sentence = signal.text("/error_message");
    assert!(
        sentence.len() > 20 && sentence.ends_with('.'),
        "a trader reads a sentence: {sentence}"
    );
    answer.text("/reason_code").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_settings_forbid_is_discarded_with_its_reason() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    // SQL that lays the situation, what an entry is told, what an exit is told, SQL that undoes it.
    let rules = [
        (
            "update tv_strategies set is_enabled = false",
            "strategy_disabled",
            "strategy_disabled",
            "update tv_strategies set is_enabled = true",
        ),
        (
            "update user_settings set trading_mode = 'halted'",
            "halted",
            "halted",
            "update user_settings set trading_mode = 'active'",
        ),
        (
            "update user_settings set trading_mode = 'reducing'",
            "reducing",
            "pending",
            "update user_settings set trading_mode = 'active'",
        ),
        (
            "update broker_connections set is_active = false",
            "broker_connection_inactive",
            "broker_connection_inactive",
            "update broker_connections set is_active = true",
        ),
        (
            "update user_settings set disclaimer_accepted = false",
            "disclaimer_not_accepted",
            "pending",
            "update user_settings set disclaimer_accepted = true",
        ),
        (
            "update tv_strategies set allowed_pairs = '{GBPUSD}'",
            "pair_not_allowed",
            "pending",
            "update tv_strategies set allowed_pairs = '{GBPUSD,eurusd}'",
        ),
        (
            "update user_settings set max_lot_size = 0.05",
            "max_lot_size",
            "pending",
            "update user_settings set max_lot_size = 0.1",
        ),
        (
            "update user_settings set max_open_positions = 0",
            "max_open_positions",
            "pending",
            "update user_settings set max_open_positions = null",
        ),
    ];
    for (situation, entry, exit, undo) in rules {
        stage.sql(situation).await;
        assert_eq!(judged(&stage, &trader, BUY).await, entry, "an entry after: {situation}");
        assert_eq!(judged(&stage, &trader, CLOSE).await, exit, "an exit after: {situation}");
        stage.sql(undo).await;
        assert_eq!(judged(&stage, &trader, BUY).await, "pending", "an entry after: {undo}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_entry_is_stale_and_an_old_exit_is_not() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(61);
    let entry = json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "time": old.to_string()}).to_string();
    let exit = json!({"symbol": "EURUSD", "action": "close", "time": old.to_string()}).to_string();
    assert_eq!(judged(&stage, &trader, &entry).await, "stale");
    assert_eq!(judged(&stage, &trader, &exit).await, "pending");
    stage
        .sql("update tv_strategies set max_signal_age_seconds = null")
        .await;
    let entry = entry.replace("0.1", "0.2");
    assert_eq!(
        judged(&stage, &trader, &entry).await,
        "pending",
        "null waits for ever, as in the tech plan"
    );
    assert_eq!(
        stage
            .count("select count(*) from jobs where not_after is not null")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_from_risk_needs_a_stop() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    assert_eq!(
        judged(&stage, &trader, r#"{"symbol":"EURUSD","action":"buy"}"#).await,
        "no_stop_for_risk"
    );
    assert_eq!(
        judged(&stage, &trader, r#"{"symbol":"EURUSD","action":"buy","sl_pips":20}"#).await,
        "pending"
    );
    stage.sql("update tv_strategies set default_sl_pips = 15").await;
    assert_eq!(
        judged(&stage, &trader, r#"{"symbol":"EURUSD","action":"sell"}"#).await,
        "pending"
    );
    stage.claim(&trader.agent, 200).await;
    let job = stage.claim(&trader.agent, 200).await;
    assert_eq!(job.at("/job/input/sl_pips").to_string(), "15.0");
    assert_eq!(
        job.at("/job/input/risk_pct").to_string(),
        "1.00",
        "the risk of the user's settings"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strategys_volume_stands_in_for_the_alerts() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage
        .sql("update tv_strategies set default_volume = 0.3; update user_settings set max_lot_size = 5")
        .await;
    assert_eq!(
        judged(&stage, &trader, r#"{"symbol":"EURUSD","action":"buy"}"#).await,
        "pending"
    );
    let job = stage.claim(&trader.agent, 200).await;
    assert_eq!(job.at("/job/input/volume").to_string(), "0.30");
    assert_eq!(job.at("/job/input/max_volume").to_string(), "5.00");
    assert_eq!(job.at("/job/input/risk_pct"), &serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_entries_at_once_do_not_both_take_the_last_position() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.sql("update user_settings set max_open_positions = 3").await;
    let alerts: Vec<_> = (0..12)
        .map(|id| json!({"symbol": "EURUSD", "action": "buy", "volume": 0.1, "id": id.to_string()}).to_string())
        .collect();
    let answers = futures_util::future::join_all(alerts.iter().map(|alert| stage.alert(&trader, alert, 200))).await;
    let passed = answers
        .iter()
        .filter(|answer| answer.text("/status") == "pending")
        .count();
    assert_eq!(passed, 3, "three may be open or on their way");
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_of_the_account_count_towards_the_limit() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    stage.sql("update user_settings set max_open_positions = 1").await;
    stage
        .sql(&format!(
            "insert into positions (broker_connection_id, ticket, user_id, symbol, side, volume, open_price, opened_at)
             values ('{}', 1, '{}', 'GBPUSD', 'buy', 0.1, 1.25, now())",
            trader.connection, trader.id
        ))
        .await;
    assert_eq!(judged(&stage, &trader, BUY).await, "max_open_positions");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_loss_closes_the_gate_for_entries_at_the_limit() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let (user, account) = (trader.id, trader.connection);
    let closed = |profit: i32, at: &str| {
        format!(
            "insert into trade_events (user_id, broker_connection_id, event_type, profit_loss, created_at)
             values ('{user}', '{account}', 'position_closed', {profit}, {at})"
        )
    };
    stage
        .sql("update user_settings set daily_loss_limit_pct = 2, timezone = 'Pacific/Kiritimati'")
        .await;
    assert_eq!(
        judged(&stage, &trader, BUY).await,
        "pending",
        "no loss, whatever the equity"
    );

    stage
        .sql(&format!(
            "insert into account_snapshots (broker_connection_id, user_id, balance, equity, currency, day_start_equity)
             values ('{account}', '{user}', 10000, 10000, 'USD', 10000)"
        ))
        .await;
    stage
        .sql(&closed(
            -900,
            "date_trunc('day', now(), 'Pacific/Kiritimati') - interval '1 second'",
        ))
        .await;
    assert_eq!(
        judged(&stage, &trader, BUY).await,
        "pending",
        "yesterday's loss, by the user's own midnight"
    );
    stage.sql(&closed(-150, "now()")).await;
    assert_eq!(judged(&stage, &trader, BUY).await, "pending", "150 of 200 lost");
    stage
        .sql(&format!(
            "insert into positions (broker_connection_id, ticket, user_id, symbol, side, volume, open_price, profit, swap, opened_at)
             values ('{account}', 1, '{user}', 'GBPUSD', 'buy', 0.1, 1.25, -49, -1, now())"
        ))
        .await;
    assert_eq!(
        judged(&stage, &trader, BUY).await,
        "daily_loss_limit",
        "floating losses count"
    );
    assert_eq!(judged(&stage, &trader, CLOSE).await, "pending", "exits pass");
    stage.sql(&closed(30, "now()")).await;
    assert_eq!(judged(&stage, &trader, BUY).await, "pending", "a win gives room again");
}
