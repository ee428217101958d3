//! A broker account as its owner sees it: the last report, and the day as the risk gate counts it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::BrokerConnectionId;

/// A broker account; amounts are in its currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountState {
    #[schema(value_type = Uuid)]
    pub broker_connection_id: BrokerConnectionId,
    /// The broker connection's.
    pub name: String,
    pub balance: Decimal,
    pub equity: Decimal,
    pub margin: Decimal,
    pub free_margin: Decimal,
    pub currency: String,
    pub leverage: Option<i32>,
    /// When an agent last said so.
    pub reported_at: Timestamp,
    pub open_positions: i64,
    /// Profit and swap of the open positions.
    pub floating_profit: Decimal,
    pub day: AccountDay,
}

/// What became of an account since its user's midnight.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountDay {
    pub started_at: Timestamp,
    /// Of the day's first report.
    pub start_equity: Option<Decimal>,
    /// Of positions closed today, and what opening some cost.
    pub realised_profit: Decimal,
    /// Realised and floating.
    pub result: Decimal,
    /// The loss at which entries stop; `null` where no limit is set.
    pub loss_allowance: Option<Decimal>,
}
