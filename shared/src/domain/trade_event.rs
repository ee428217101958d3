//! The audit log of trading, and what a part of it comes to.

use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    BrokerConnectionId, JobId, SignalId,
    broker_account::{SYMBOL_RULE, is_symbol},
    word::words,
};
use crate::error::Error;

words! {
    /// What happened.
    TradeEventType {
        /// An agent's order was filled.
        OrderPlaced = "order_placed",
        /// An agent's order closed something.
        OrderClosed = "order_closed",
        OrderRejected = "order_rejected",
        /// A deal of the account, whoever ordered it.
        PositionOpened = "position_opened",
        /// A deal of the account, whoever ordered it.
        PositionClosed = "position_closed",
        ManualTrade = "manual_trade",
    }
}

words! {
    Direction {
        Long = "LONG",
        Short = "SHORT",
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TradeEvent {
    pub id: Uuid,
    /// `null` once the broker connection is deleted.
    #[schema(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
    pub event_type: TradeEventType,
    pub symbol: Option<String>,
    /// Of the position.
    pub direction: Option<Direction>,
    /// Lots.
    pub volume: Option<Decimal>,
    pub entry_price: Option<Decimal>,
    pub exit_price: Option<Decimal>,
    pub sl: Option<Decimal>,
    pub tp: Option<Decimal>,
    /// With swap, commission and fee, in the account's currency. What opening cost is below zero.
    pub profit_loss: Option<Decimal>,
    pub external_order_id: Option<String>,
    pub external_position_id: Option<String>,
    pub external_deal_id: Option<String>,
    pub magic_number: Option<i64>,
    /// The broker's.
    pub comment: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    pub job_id: Option<JobId>,
    #[schema(value_type = Option<Uuid>)]
    pub signal_id: Option<SignalId>,
    /// Why an order was rejected.
    pub reason_code: Option<String>,
    pub notes: Option<String>,
    pub created_at: Timestamp,
}

/// What the events of an account come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TradeTotals {
    /// `null` for all accounts whose broker connection is deleted.
    #[schema(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
    pub name: Option<String>,
    /// `null` where no agent ever reported the account.
    pub currency: Option<String>,
    /// Of closed positions, and what opening some cost.
    pub profit_loss: Decimal,
    /// Deals that closed a position, or a part of one.
    pub closed: i64,
    pub won: i64,
    pub lost: i64,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TradeEventFilter {
    /// Only in this symbol, exactly so spelled.
    pub symbol: Option<String>,
    /// Only on this account.
    #[param(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
    /// Only of this kind.
    pub event_type: Option<TradeEventType>,
    /// Not before this time (RFC 3339, UTC).
    from: Option<Timestamp>,
    /// Before this time (RFC 3339, UTC).
    to: Option<Timestamp>,
}

impl TradeEventFilter {
    pub fn check(&self) -> Result<(), Error> {
        if !self.symbol.as_deref().is_none_or(is_symbol) {
            return Err(Error::invalid("symbol", SYMBOL_RULE));
        }
        match (self.from, self.to) {
            (Some(from), Some(to)) if from >= to => Err(Error::invalid("to", "a time after from")),
            _ => Ok(()),
        }
    }

    /// From and to, as far as the database can compute with them: nothing happened before 1970 or will before tomorrow.
    pub fn bounds(&self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let within = |time: Timestamp| time.clamp(Timestamp::UNIX_EPOCH, now + 24.hours());
        (self.from.map(within), self.to.map(within))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(from: Option<i64>, to: Option<i64>) -> TradeEventFilter {
        let at = |second: i64| Timestamp::from_second(second).expect("in range");
        TradeEventFilter {
            symbol: None,
            broker_connection_id: None,
            event_type: None,
            from: from.map(at),
            to: to.map(at),
        }
    }

    #[test]
    fn a_time_without_length_is_refused() {
        for (from, to, fine) in [
            (Some(5), Some(5), false),
            (Some(6), Some(5), false),
            (Some(5), Some(6), true),
        ] {
            assert_eq!(filter(from, to).check().is_ok(), fine, "{from:?} to {to:?}");
        }
        assert!(filter(None, Some(5)).check().is_ok());
    }

    #[test]
    fn times_out_of_the_databases_reach_are_brought_into_it() {
        let now = Timestamp::from_second(1_800_000_000).expect("in range");
        let wide = TradeEventFilter {
            from: Some(Timestamp::MIN),
            to: Some(Timestamp::MAX),
            ..filter(None, None)
        };
        assert_eq!(wide.bounds(now), (Some(Timestamp::UNIX_EPOCH), Some(now + 24.hours())));
    }
}
