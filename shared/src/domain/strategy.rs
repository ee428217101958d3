//! A TradingView strategy: which alerts it takes and how they become orders.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{BrokerConnectionId, StrategyId};
use crate::error::{FieldError, FieldErrors};

/// A strategy as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Strategy {
    #[schema(value_type = Uuid)]
    pub id: StrategyId,
    #[schema(value_type = Uuid)]
    pub broker_connection_id: BrokerConnectionId,
    pub name: String,
    pub webhook_secret: String,
    /// The address to paste into TradingView.
    pub webhook_url: String,
    /// Until then the secret before this one works too.
    pub previous_secret_expires_at: Option<Timestamp>,
    pub risk_override_pct: Option<Decimal>,
    /// `null` lets every pair through.
    pub allowed_pairs: Option<Vec<String>>,
    pub is_enabled: bool,
    /// Older entries are discarded; `null` lets them wait for ever. Exits never expire.
    pub max_signal_age_seconds: Option<i32>,
    pub magic_number: i64,
    /// Lots, where the alert says neither volume nor risk.
    pub default_volume: Option<Decimal>,
    pub default_sl_pips: Option<Decimal>,
    pub default_tp_pips: Option<Decimal>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a user may set; `None` leaves it, `Some(None)` clears it.
#[derive(Debug, Default)]
pub struct StrategyTerms {
    pub name: Option<String>,
    pub risk_override_pct: Option<Option<Decimal>>,
    pub allowed_pairs: Option<Option<Vec<String>>>,
    pub is_enabled: Option<bool>,
    pub max_signal_age_seconds: Option<Option<i32>>,
    pub default_volume: Option<Option<Decimal>>,
    pub default_sl_pips: Option<Option<Decimal>>,
    pub default_tp_pips: Option<Option<Decimal>>,
}

/// MetaTrader's are u64; above 2^53 JavaScript would round.
pub const MAGIC_NUMBERS: std::ops::RangeInclusive<i64> = 1..=(1 << 53) - 1;

/// A magic number where the user chose none: nine digits of its id, readable in the terminal.
pub fn magic_number_of(id: Uuid) -> i64 {
    let (_, low) = id.as_u64_pair();
    100_000_000 + i64::try_from(low % 900_000_000).expect("below nine digits")
}

/// Names up to this many characters.
const NAME_CHARS: usize = 80;
const MOST_PAIRS: usize = 200;

impl StrategyTerms {
    /// What is not allowed, by field.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            name,
            risk_override_pct,
            allowed_pairs,
            is_enabled: _,
            max_signal_age_seconds,
            default_volume,
            default_sl_pips,
            default_tp_pips,
        } = self;
        let mut wrong = FieldErrors::default();
        wrong.require(name.as_deref().is_none_or(is_name), "name", "1 to 80 characters");
        wrong.require(
            fits(*risk_override_pct, 100, 2),
            "risk_override_pct",
            "above 0, at most 100, two decimals",
        );
        wrong.require(
            max_signal_age_seconds
                .flatten()
                .is_none_or(|age| (1..=86_400 * 30).contains(&age)),
            "max_signal_age_seconds",
            "1 to 2592000, or null for no limit",
        );
        wrong.require(
            fits(*default_volume, 10_000, 2),
            "default_volume",
            "lots: above 0, at most 10000, two decimals",
        );
        wrong.require(
            fits(*default_sl_pips, 1_000_000, 1),
            "default_sl_pips",
            "above 0, at most 1000000, one decimal",
        );
        wrong.require(
            fits(*default_tp_pips, 1_000_000, 1),
            "default_tp_pips",
            "above 0, at most 1000000, one decimal",
        );
        let pairs = allowed_pairs.as_ref().and_then(Option::as_ref);
        wrong.require(
            pairs.is_none_or(|pairs| pairs.len() <= MOST_PAIRS && pairs.iter().all(|pair| is_symbol(pair))),
            "allowed_pairs",
            "at most 200 symbols of up to 32 characters, or null for all",
        );
        wrong.0
    }
}

/// Whether it can be the name of something a user made.
pub fn is_name(name: &str) -> bool {
    (1..=NAME_CHARS).contains(&name.chars().count()) && !name.trim().is_empty() && !name.chars().any(char::is_control)
}

/// Whether it can be a symbol, as the user's alerts and charts call it.
pub fn is_symbol(symbol: &str) -> bool {
    (1..=32).contains(&symbol.len())
        && symbol
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._#!+&-".contains(&b))
}

/// More decimals would be rounded by the column, and the user would see another number than they sent.
pub(super) fn fits(value: Option<Option<Decimal>>, most: i64, decimals: u32) -> bool {
    value.flatten().is_none_or(|value| {
        value > Decimal::ZERO && value <= Decimal::from(most) && value.normalize().scale() <= decimals
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_term_out_of_range_is_named() {
        let terms = StrategyTerms {
            name: Some(" ".to_owned()),
            risk_override_pct: Some(Some(Decimal::new(10_001, 2))),
            allowed_pairs: Some(Some(vec!["EUR USD".to_owned()])),
            is_enabled: None,
            max_signal_age_seconds: Some(Some(0)),
            default_volume: Some(Some(Decimal::new(1, 3))),
            default_sl_pips: Some(Some(Decimal::ZERO)),
            default_tp_pips: Some(Some(Decimal::NEGATIVE_ONE)),
        };
        let fields: Vec<_> = terms.problems().into_iter().map(|problem| problem.field).collect();
        let all = [
            "name",
            "risk_override_pct",
            "max_signal_age_seconds",
            "default_volume",
            "default_sl_pips",
            "default_tp_pips",
            "allowed_pairs",
        ];
        assert_eq!(fields, all);
    }

    #[test]
    fn terms_not_sent_or_cleared_are_fine() {
        let cleared = StrategyTerms {
            risk_override_pct: Some(None),
            allowed_pairs: Some(None),
            ..StrategyTerms::default()
        };
        assert_eq!(cleared.problems(), []);
    }
}
