//! A user's settings: what the risk gate goes by, and what the screens show first.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{price::Instrument, strategy::fits, word::words};
use crate::{
    error::{FieldError, FieldErrors},
    http::sent,
};

words! {
    /// Which orders pass.
    TradingMode {
        Active = "active",
        /// Only those that close.
        Reducing = "reducing",
        /// None.
        Halted = "halted",
    }
}

/// A user's settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    pub account_balance: Option<Decimal>,
    /// Of a trade, where neither alert nor strategy says.
    pub risk_percent: Decimal,
    pub account_currency: String,
    pub preferred_pairs: Vec<String>,
    /// `null` for no limit.
    pub daily_loss_limit_pct: Option<Decimal>,
    /// `null` for no limit.
    pub max_open_positions: Option<i32>,
    /// Lots; `null` for no limit.
    pub max_lot_size: Option<Decimal>,
    pub trading_mode: TradingMode,
    /// Whose midnight begins the day of the loss limit.
    pub timezone: String,
    pub disclaimer_accepted: bool,
    pub disclaimer_accepted_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// What changes; a field that is not sent stays, `null` clears one that may be empty.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<f64>)]
    pub account_balance: Option<Option<Decimal>>,
    #[serde(default)]
    pub risk_percent: Option<Decimal>,
    /// Three capital letters.
    #[serde(default)]
    pub account_currency: Option<String>,
    /// At most 100.
    #[serde(default)]
    pub preferred_pairs: Option<Vec<String>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<f64>)]
    pub daily_loss_limit_pct: Option<Option<Decimal>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<i32>)]
    pub max_open_positions: Option<Option<i32>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<f64>)]
    pub max_lot_size: Option<Option<Decimal>>,
    #[serde(default)]
    pub trading_mode: Option<TradingMode>,
    /// Of the time zone database, as `Europe/London`.
    #[serde(default)]
    pub timezone: Option<String>,
}

pub const TIMEZONE_RULE: &str = "a name of the time zone database, as Europe/London or UTC";

const MOST_PAIRS: usize = 100;

impl SettingsChange {
    /// What is not allowed, by field. Which time zones there are, the database knows.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            account_balance,
            risk_percent,
            account_currency,
            preferred_pairs,
            daily_loss_limit_pct,
            max_open_positions,
            max_lot_size,
            trading_mode: _,
            timezone,
        } = self;
        let mut wrong = FieldErrors::default();
        wrong.require(
            account_balance.flatten().is_none_or(is_balance),
            "account_balance",
            "0 to 999999999999.99, two decimals, or null",
        );
        wrong.require(
            fits(risk_percent.map(Some), 100, 2),
            "risk_percent",
            "above 0, at most 100, two decimals",
        );
        wrong.require(
            account_currency.as_deref().is_none_or(is_currency),
            "account_currency",
            "three capital letters, as USD",
        );
        wrong.require(
            preferred_pairs.as_deref().is_none_or(are_pairs),
            "preferred_pairs",
            format!("at most {MOST_PAIRS} symbols; each {}", Instrument::RULE),
        );
        wrong.require(
            fits(*daily_loss_limit_pct, 100, 2),
            "daily_loss_limit_pct",
            "above 0, at most 100, two decimals, or null for no limit",
        );
        wrong.require(
            max_open_positions.flatten().is_none_or(|most| most >= 0),
            "max_open_positions",
            "0 or more, or null for no limit",
        );
        wrong.require(
            fits(*max_lot_size, 10_000, 2),
            "max_lot_size",
            "lots: above 0, at most 10000, two decimals, or null for no limit",
        );
        wrong.require(
            timezone.as_deref().is_none_or(may_be_timezone),
            "timezone",
            TIMEZONE_RULE,
        );
        wrong.0
    }
}

/// What `numeric(14, 2)` holds; more decimals would be rounded.
fn is_balance(balance: Decimal) -> bool {
    balance >= Decimal::ZERO && balance < Decimal::from(1_000_000_000_000_i64) && balance.normalize().scale() <= 2
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn are_pairs(pairs: &[String]) -> bool {
    pairs.len() <= MOST_PAIRS && pairs.iter().all(|pair| Instrument::parse(pair).is_some())
}

/// Letters that the database can look for; it refuses a text with a zero byte altogether.
fn may_be_timezone(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_out_of_range_is_named() {
        let change = SettingsChange {
            account_balance: Some(Some(Decimal::NEGATIVE_ONE)),
            risk_percent: Some(Decimal::ZERO),
            account_currency: Some("usd".to_owned()),
            preferred_pairs: Some(vec!["EUR USD".to_owned()]),
            daily_loss_limit_pct: Some(Some(Decimal::from(101))),
            max_open_positions: Some(Some(-1)),
            max_lot_size: Some(Some(Decimal::new(1, 3))),
            trading_mode: Some(TradingMode::Halted),
            timezone: Some("\0".to_owned()),
        };
        let fields: Vec<_> = change.problems().into_iter().map(|problem| problem.field).collect();
        let all = [
            "account_balance",
            "risk_percent",
            "account_currency",
            "preferred_pairs",
            "daily_loss_limit_pct",
            "max_open_positions",
            "max_lot_size",
            "timezone",
        ];
        assert_eq!(fields, all);
    }

    #[test]
    fn the_edges_are_fine() {
        let change = SettingsChange {
            account_balance: Some(Some(Decimal::ZERO)),
            risk_percent: Some(Decimal::ONE_HUNDRED),
            preferred_pairs: Some(vec!["X".repeat(32); MOST_PAIRS]),
            daily_loss_limit_pct: Some(None),
            max_open_positions: Some(Some(0)),
            max_lot_size: Some(Some(Decimal::new(1, 2))),
            ..SettingsChange::default()
        };
        assert_eq!(change.problems(), []);
    }
}
