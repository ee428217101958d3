//! The agent dies by SIGKILL at each station. The broker lives on: one order, and it is reported.

use super::agent::{Machine, resolved, until};
use crate::support::{Proxy, Setting, Stage};

const BUY: &str = r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#;

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_order_the_agent_places_it_once_after_its_restart() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let agent = machine.bring_up().await;
    // Without its broker the agent holds the job it claimed.
    machine.broker("insert into faults (kind, standing) values ('disconnected', 1)");
    let signal = stage.alert(&trader, BUY, 200).await.text("/signal_id").to_owned();
    until("the job is in the journal", async || {
        (machine.journal() == ["claimed"]).then_some(())
    })
    .await;
    drop(agent);
    machine.broker("delete from faults");
    let _agent = machine.start();
    let signal = resolved(&stage, &trader, &signal).await;
    assert_eq!(signal["status"], "executed", "{signal}\n{}", machine.log());
    assert_eq!(machine.broker("select count(*) from orders")[0][0], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_order_the_agent_finds_it_and_reports_it() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let agent = machine.bring_up().await;
    machine.broker("insert into faults (kind, value) values ('stall_after_ms', 60000)");
    let signal = stage.alert(&trader, BUY, 200).await.text("/signal_id").to_owned();
    until("the broker has the order", async || {
        (machine.broker("select count(*) from orders")[0][0] == 1).then_some(())
    })
    .await;
    drop(agent);
    machine.broker("delete from faults");
    let _agent = machine.start();
    let signal = resolved(&stage, &trader, &signal).await;
    assert_eq!(signal["status"], "executed", "{signal}\n{}", machine.log());
    assert_eq!(machine.broker("select count(*) from orders")[0][0], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_result_arrived_the_agent_sends_it_again() {
    let first = Stage::new().await;
    let wire = Proxy::to(&first.admin_url).await;
    let setting = Setting {
        database_port: Some(wire.port),
        ..Setting::default()
    };
    let stage = Stage::on(first.database(), setting).await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let agent = machine.bring_up().await;
    machine.broker("insert into faults (kind, value) values ('stall_after_ms', 2000)");
    let signal = stage.alert(&trader, BUY, 200).await.text("/signal_id").to_owned();
    until("the broker has the order", async || {
        (machine.broker("select count(*) from orders")[0][0] == 1).then_some(())
    })
    .await;
    wire.cut(true);
    until("the agent has a result nobody takes", async || {
        (machine.journal() == ["done"]).then_some(())
    })
    .await;
    drop(agent);
    wire.cut(false);
    let _agent = machine.start();
    let signal = resolved(&stage, &trader, &signal).await;
    assert_eq!(signal["status"], "executed", "{signal}\n{}", machine.log());
    assert_eq!(machine.broker("select count(*) from orders")[0][0], 1);
    until("the result is acknowledged", async || {
        (machine.journal() == ["acknowledged"]).then_some(())
    })
    .await;
}
