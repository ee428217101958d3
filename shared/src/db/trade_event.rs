//! The audit log of trading.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{Session, statement};
use crate::{
    domain::trade_event::{TradeEvent, TradeEventFilter, TradeEventType, TradeTotals},
    error::Error,
    http::Cursor,
};

/// Events, newest first, one more than `limit` when there are more; and what all of the filter come to, by account.
pub async fn list(
    session: Session<'_>,
    filter: &TradeEventFilter,
    after: Option<Cursor>,
    limit: i64,
) -> Result<(Vec<TradeEvent>, Vec<TradeTotals>), Error> {
    let (from, to) = filter.bounds(Timestamp::now());
    let event_type = filter.event_type.map(TradeEventType::as_str);
    let filtered = [
        (&filter.symbol as _, Type::TEXT),
        (&filter.broker_connection_id as _, Type::UUID),
        (&event_type as _, Type::TEXT),
        (&from as _, Type::TIMESTAMPTZ),
        (&to as _, Type::TIMESTAMPTZ),
    ];
    let mut paged = filtered.to_vec();
    let (at, id, most) = (after.map(|cursor| cursor.at), after.map(|cursor| cursor.id), limit + 1);
    paged.extend([
        (&at as _, Type::TIMESTAMPTZ),
        (&id as _, Type::UUID),
        (&most as _, Type::INT8),
    ]);
    let [events, totals] = session
        .query_each([
            (statement!("trade_event/list"), &paged),
            (statement!("trade_event/totals"), &filtered),
        ])
        .await?;
    Ok((
        events.iter().map(read).collect(),
        totals.iter().map(read_totals).collect(),
    ))
}

fn read(row: &Row) -> TradeEvent {
    TradeEvent {
        id: row.get("id"),
        broker_connection_id: row.get("broker_connection_id"),
        event_type: row.get("event_type"),
        symbol: row.get("symbol"),
        direction: row.get("direction"),
        volume: row.get("volume"),
        entry_price: row.get("entry_price"),
        exit_price: row.get("exit_price"),
        sl: row.get("sl"),
        tp: row.get("tp"),
        profit_loss: row.get("profit_loss"),
        external_order_id: row.get("external_order_id"),
        external_position_id: row.get("external_position_id"),
        external_deal_id: row.get("external_deal_id"),
        magic_number: row.get("magic_number"),
        comment: row.get("comment"),
        job_id: row.get("job_id"),
        signal_id: row.get("signal_id"),
        reason_code: row.get("reason_code"),
        notes: row.get("notes"),
        created_at: row.get("created_at"),
    }
}

fn read_totals(row: &Row) -> TradeTotals {
    TradeTotals {
        broker_connection_id: row.get("broker_connection_id"),
        name: row.get("name"),
        currency: row.get("currency"),
        profit_loss: row.get("profit_loss"),
        closed: row.get("closed"),
        won: row.get("won"),
        lost: row.get("lost"),
    }
}
