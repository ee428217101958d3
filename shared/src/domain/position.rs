//! An open position as its owner sees it, and how they close it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    BrokerConnectionId, JobId, StrategyId,
    broker_account::{SYMBOL_RULE, Side, is_symbol},
    job::Job,
    order::is_lots,
    settings::TradingMode,
};
use crate::error::{Error, FieldError};

#[derive(Debug, Serialize, ToSchema)]
pub struct Position {
    #[schema(value_type = Uuid)]
    pub broker_connection_id: BrokerConnectionId,
    /// Unique on its account.
    pub ticket: i64,
    /// As the broker spells it.
    pub symbol: String,
    pub side: Side,
    /// Lots.
    pub volume: Decimal,
    pub open_price: Decimal,
    pub sl: Option<Decimal>,
    pub tp: Option<Decimal>,
    pub profit: Decimal,
    pub swap: Decimal,
    /// 0 for orders by hand.
    pub magic_number: i64,
    pub opened_at: Timestamp,
    /// When an agent last said so.
    pub reported_at: Timestamp,
    /// The strategy of this magic number.
    #[schema(value_type = Option<Uuid>)]
    pub strategy_id: Option<StrategyId>,
    pub strategy_name: Option<String>,
    /// The job that is on its way to close it, or a part of it.
    #[schema(value_type = Option<Uuid>)]
    pub closing_job_id: Option<JobId>,
}

/// Which positions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PositionFilter {
    /// Only in this symbol, as the broker spells it.
    pub symbol: Option<String>,
    /// Only on this account.
    #[param(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
}

impl PositionFilter {
    pub fn check(&self) -> Result<(), Error> {
        if self.symbol.as_deref().is_none_or(is_symbol) {
            Ok(())
        } else {
            Err(Error::invalid("symbol", SYMBOL_RULE))
        }
    }
}

/// What of a position is closed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosePosition {
    /// Whose position it is; needed only where the ticket is open on two of your accounts.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    pub broker_connection_id: Option<BrokerConnectionId>,
    /// Lots; all of it unless sent.
    #[serde(default)]
    pub volume: Option<Decimal>,
}

impl ClosePosition {
    /// What is not allowed, by field. How much there is to close, the database knows.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            broker_connection_id: _,
            volume,
        } = self;
        if volume.is_none_or(is_lots) {
            return Vec::new();
        }
        vec![FieldError {
            field: "volume".to_owned(),
            message: "lots: above 0, at most 10000, eight decimals".to_owned(),
        }]
    }
}

/// What flatten did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Flattened {
    pub trading_mode: TradingMode,
    /// One for each position that nothing was closing yet.
    pub created: Vec<Job>,
    /// Those that were closing a position already.
    pub underway: Vec<Job>,
    /// Entries that no agent had taken; their signals are discarded.
    pub entries_cancelled: i64,
    /// Entries that an agent has already, or that were filled a moment ago: once their positions show, flatten again.
    pub entries_on_their_way: i64,
    /// Positions on broker connections that are switched off, where nothing is traded: these stay open.
    pub left_open: i64,
}
