//! What the agent tells of its account, as the risk gate and the dashboard read it.

use super::{
    agent::{Machine, resolved},
    until,
};
use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_order_becomes_a_position_and_its_close_a_result() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let machine = Machine::new(&stage, &trader);
    let _agent = machine.bring_up().await;
    let send = async |alert: &str| {
        let signal = stage.alert(&trader, alert, 200).await.text("/signal_id").to_owned();
        let signal = resolved(&stage, &trader, &signal).await;
        assert_eq!(signal["status"], "executed", "{signal}\n{}", machine.log());
    };
    let reported = async |what: &str, sql: &str| {
        until(what, async || (stage.count(sql).await == 1).then_some(())).await;
    };
    send(r#"{"symbol":"EURUSD","action":"buy","volume":0.1}"#).await;
    // The order, its position and its deal are found by each other's tickets.
    let open = "select count(*) from positions p
        join trade_events opened on opened.event_type = 'position_opened' and opened.external_position_id = p.ticket::text
        join trade_events placed on placed.event_type = 'order_placed' and placed.external_order_id = opened.external_order_id
        join account_snapshots s on s.broker_connection_id = p.broker_connection_id and s.margin > 0
       where p.symbol = 'EURUSD' and p.side = 'buy' and p.volume = 0.1 and opened.direction = 'LONG'";
    reported("the position is reported", open).await;
    send(r#"{"symbol":"EURUSD","action":"close"}"#).await;
    let closed = "select count(*) from trade_events closed
        join trade_events opened on opened.external_position_id = closed.external_position_id and opened.event_type = 'position_opened'
       where closed.event_type = 'position_closed' and closed.direction = 'LONG' and closed.profit_loss is not null
         and not exists (select from positions)";
    reported("the result is reported, and the position is no more", closed).await;
}
