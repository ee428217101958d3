//! A signal: a TradingView alert as it was received, judged and executed.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{JobId, SignalId, StrategyId, word::words};

words! {
    /// Where a signal stands. Only `pending` moves on.
    SignalStatus {
        Pending = "pending",
        Executed = "executed",
        Failed = "failed",
        Discarded = "discarded",
    }
}

words! {
    /// What an alert asks for.
    Action {
        Buy = "buy",
        Sell = "sell",
        Close = "close",
    }
}

/// The same text is the same alert: what TradingView resends is equal to the byte.
pub fn body_digest(body: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(body))
}

/// A signal as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Signal {
    #[schema(value_type = Uuid)]
    pub id: SignalId,
    #[schema(value_type = Uuid)]
    pub strategy_id: StrategyId,
    pub symbol: Option<String>,
    pub action: Option<Action>,
    pub price: Option<Decimal>,
    /// Lots.
    pub volume: Option<Decimal>,
    pub sl: Option<Decimal>,
    pub tp: Option<Decimal>,
    pub status: SignalStatus,
    /// A machine word for every discard or failure.
    pub reason_code: Option<String>,
    pub error_message: Option<String>,
    pub fill_price: Option<Decimal>,
    pub broker_order_id: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    pub job_id: Option<JobId>,
    /// What TradingView sent, secrets blanked: its JSON, or its text.
    #[schema(value_type = Value)]
    pub raw_payload: serde_json::Value,
    pub latency: LatencyTrail,
}

/// When the signal passed each station.
#[derive(Debug, Serialize, ToSchema)]
pub struct LatencyTrail {
    /// The alert's own time.
    pub tv_time: Option<Timestamp>,
    pub received_at: Timestamp,
    pub claimed_at: Option<Timestamp>,
    /// The agent handed the order to the terminal.
    pub sent_at: Option<Timestamp>,
    pub filled_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    /// From reception to fill, in milliseconds of the clocks of server and agent.
    pub total_ms: Option<i64>,
}
