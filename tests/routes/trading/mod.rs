//! The trading router: what a user sees of their accounts, and orders by hand.

mod account;
mod close;
mod flatten;
mod flatten_races;
mod history;
mod orders;
mod positions;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{AgentKey, Stage, Trader};

/// Reports an account as its agent does.
async fn report(stage: &Stage, agent: &AgentKey, equity: &str, positions: Value, deals: Value) {
    let mut body = json!({"balance": "10000", "equity": equity, "margin": "12.50", "free_margin": "9987.50", "currency": "USD",
        "leverage": 100});
    body["positions"] = positions;
    body["deals"] = deals;
    stage
        .as_agent(agent)
        .post(&format!("/agents/{}/account", agent.id), body, 200)
        .await;
}

fn position(ticket: i64) -> Value {
    json!({"ticket": ticket, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.08512, "sl": 1.08, "tp": null,
        "profit": 0, "swap": 0, "magic_number": 0, "opened_at": "2026-01-01T10:00:00Z"})
}

/// A deal of today without costs but its profit.
fn deal(ticket: i64, entry: &str, profit: &str) -> Value {
    json!({"ticket": ticket, "order_ticket": ticket + 1_000, "position_ticket": 77, "symbol": "EURUSD", "side": "sell",
        "entry": entry, "volume": 0.1, "price": 1.08512, "profit": profit, "swap": 0, "commission": 0, "fee": 0,
        "magic_number": 7, "comment": "", "time": Timestamp::now().to_string()})
}

/// The trader's open positions, these and no other.
async fn hold(stage: &Stage, trader: &Trader, tickets: impl IntoIterator<Item = i64>) {
    let positions = tickets.into_iter().map(position).collect();
    report(stage, &trader.agent, "10000", positions, json!([])).await;
}

/// Another account of the trader, with an agent of its own.
async fn second_account(stage: &Stage, trader: &Trader) -> (Uuid, AgentKey) {
    let connection = stage.connection_of(trader.id).await;
    (connection, stage.agent_of(&stage.as_user(trader), connection).await)
}

async fn setting(stage: &Stage, trader: &Trader, change: Value) {
    stage.as_user(trader).patch("/settings", change, 200).await;
}

fn items(answer: &Value) -> &Vec<Value> {
    answer["items"].as_array().unwrap_or_else(|| panic!("a list: {answer}"))
}

/// Waits until so many functions wait for locks of these kinds.
async fn functions_wait(stage: &Stage, locks: &str, count: i64) {
    let waits = format!(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and wait_event = any ('{{{locks}}}')
            and application_name = 'forexelite' and datname = current_database()"
    );
    crate::spine::until(&format!("{count} wait for locks ({locks})"), async || {
        (stage.count(&waits).await == count).then_some(())
    })
    .await;
}
