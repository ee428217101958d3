//! Reads a `TradingView` alert: canonical JSON and the dialects traders already use.
//!
//! An alert moves real money, so the reader never guesses a side or a symbol, and never drops a field whose loss would
//! make the order riskier than its sender meant: whatever is not certain is refused with a sentence saying what to send.
//!
//! bytes → `json` or `text` → named entries (`entry`, `keys`) → `assemble` (`action`, `position`, `volume`, `stops`, …).

mod action;
mod assemble;
mod entry;
mod error;
mod json;
mod keys;
mod number;
mod position;
mod redact;
mod stops;
mod symbol;
pub mod template;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod volume;

use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::serde::arbitrary_precision_option as number_option;
use serde::Serialize;

pub use super::signal::Action;
pub use error::{Unreadable, UnreadableCode};
pub use redact::redact;
pub use symbol::Symbol;

/// One order, as its sender meant it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    pub symbol: Symbol,
    pub action: Action,
    /// Which side [`Action::Close`] closes; `None` closes whatever the strategy holds in the symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_side: Option<PositionSide>,
    #[serde(with = "number_option", skip_serializing_if = "Option::is_none")]
    pub price: Option<Decimal>,
    /// Lots. Beside [`Action::Close`] the part to close; `None` closes everything.
    #[serde(with = "number_option", skip_serializing_if = "Option::is_none")]
    pub volume: Option<Decimal>,
    #[serde(with = "number_option", skip_serializing_if = "Option::is_none")]
    pub risk_pct: Option<Decimal>,
    #[serde(with = "number_option", skip_serializing_if = "Option::is_none")]
    pub sl: Option<Decimal>,
    #[serde(with = "number_option", skip_serializing_if = "Option::is_none")]
    pub tp: Option<Decimal>,
    #[serde(with = "number_option", skip_serializing_if = "Option::is_none")]
    pub sl_pips: Option<Decimal>,
    #[serde(with = "number_option", skip_serializing_if = "Option::is_none")]
    pub tp_pips: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// The strategy's position after this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<MarketPosition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionSide {
    Long,
    Short,
}

impl PositionSide {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Short => "short",
        }
    }

    fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketPosition {
    Long,
    Short,
    Flat,
}

impl MarketPosition {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Short => "short",
            Self::Flat => "flat",
        }
    }

    fn side(self) -> Option<PositionSide> {
        match self {
            Self::Long => Some(PositionSide::Long),
            Self::Short => Some(PositionSide::Short),
            Self::Flat => None,
        }
    }
}

/// The form the alert was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    Json,
    /// Almost JSON: an unquoted ticker, a trailing comma, a literal `NaN`.
    LooseJson,
    /// `60123456789,buy,EURUSD,sl_pips=20`
    Command,
    /// `signal=long,symbol=EURUSD`
    Pairs,
    /// `BUY EURUSD 1.0850`
    Words,
}

impl Dialect {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::LooseJson => "loose_json",
            Self::Command => "command",
            Self::Pairs => "pairs",
            Self::Words => "words",
        }
    }

    /// In JSON `sl` is a price; in `PineConnector`'s family its unit is a setting of the sender's terminal.
    fn is_json(self) -> bool {
        match self {
            Self::Json | Self::LooseJson => true,
            Self::Command | Self::Pairs | Self::Words => false,
        }
    }
}

/// An alert, and how it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    pub alert: Alert,
    pub dialect: Dialect,
    /// English sentences: what was ignored, what was read as what.
    pub notes: Vec<String>,
}

/// Reads the body of a webhook, whatever its content type.
pub fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let (entries, dialect) = entry::collect(&text::decode(body))?;
    assemble::reading(&entries, dialect)
}
