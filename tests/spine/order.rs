//! A user's own orders, by the agent to the broker and back to what the user sees.

use serde_json::{Value, json};

use super::{agent::Machine, until};
use crate::support::{Caller, Stage};

/// Waits until the job has ended well.
async fn done(user: &Caller<'_>, machine: &Machine, job: &str) -> Value {
    let job = until("the job ends", async || {
        let job = user.get(&format!("/jobs/{job}"), 200).await.json;
        (!["pending", "running"].contains(&job["status"].as_str()?)).then_some(job)
    })
    .await;
    assert_eq!(job["status"], "completed", "{job}\n{}", machine.log());
    job
}

/// Waits until so many positions are shown.
async fn positions(user: &Caller<'_>, count: usize) -> Vec<Value> {
    until("the positions are reported", async || {
        let listed = user.get("/trading/positions", 200).await.json;
        let open = listed["items"].as_array().expect("a list").clone();
        (open.len() == count).then_some(open)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_filled_shown_closed_and_accounted_for() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    let order = json!({"broker_connection_id": trader.connection, "symbol": "EURUSD", "side": "buy", "risk_pct": 1,
        "sl_pips": 20, "tp_pips": 40});
    let placed = user.post("/trading/orders", order, 201).await;
    let filled = done(&user, &machine, placed.text("/id")).await;

    let open = positions(&user, 1).await.remove(0);
    assert_eq!(filled["output"]["position"], open["ticket"], "{filled} {open}");
    assert_eq!(
        (
            &open["side"],
            &open["magic_number"],
            &open["strategy_id"],
            open["sl"].is_number()
        ),
        (&json!("buy"), &json!(0), &Value::Null, true),
        "{open}"
    );
    let account = user.get("/trading/account", 200).await;
    assert_eq!(account.at("/items/0/open_positions"), &json!(1));

    let close = user
        .post(&format!("/trading/positions/{}/close", open["ticket"]), json!({}), 201)
        .await;
    done(&user, &machine, close.text("/id")).await;
    positions(&user, 0).await;
    let history = user.get("/trading/history?event_type=position_closed", 200).await;
    let closed = history.at("/items/0");
    assert_eq!(
        (&closed["external_position_id"], &closed["volume"], &closed["direction"]),
        (&json!(open["ticket"].to_string()), &open["volume"], &json!("LONG")),
        "{closed}"
    );
    assert!(closed["profit_loss"].is_number(), "{closed}");
    assert_eq!(
        history.at("/totals/0/profit_loss"),
        &closed["profit_loss"],
        "{}",
        history.json
    );
    assert_eq!(history.at("/totals/0/closed"), &json!(1));
    let day = user.get("/trading/account", 200).await;
    assert_eq!(
        day.at("/items/0/day/realised_profit"),
        &closed["profit_loss"],
        "{}",
        day.json
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn flatten_closes_everything_though_the_agent_heard_last_that_trading_is_halted() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    // A doorbell that is connected brings a heartbeat with it.
    let machine = Machine::configured(&stage, &trader, "doorbell = false");
    let agent = machine.bring_up().await;
    for symbol in ["EURUSD", "GBPUSD", "USDJPY"] {
        let order =
            json!({"broker_connection_id": trader.connection, "symbol": symbol, "side": "sell", "volume": 0.05});
        let placed = user.post("/trading/orders", order, 201).await;
        done(&user, &machine, placed.text("/id")).await;
    }
    positions(&user, 3).await;
    drop(agent);
    user.patch("/settings", json!({"trading_mode": "halted"}), 200).await;
    let _agent = machine.start();
    until("the agent hears that trading is halted", async || {
        machine.log().contains("trading mode halted").then_some(())
    })
    .await;

    let flattened = user.post("/trading/flatten", Value::Null, 200).await;
    let jobs = flattened.at("/created").as_array().expect("jobs");
    assert_eq!(jobs.len(), 3, "{}", flattened.json);
    for job in jobs {
        done(&user, &machine, job["id"].as_str().expect("an id")).await;
    }
    positions(&user, 0).await;
    assert_eq!(machine.broker("select count(*) from positions")[0][0], 0);
}
