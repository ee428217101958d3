//! A broker connection: one account at one broker, and how that broker spells its symbols.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BrokerConnectionId, price::Instrument, strategy::is_name, word::words};
use crate::error::{FieldError, FieldErrors};

words! {
    /// How the account is reached.
    BrokerType {
        Oanda = "OANDA",
        /// By an agent beside a MetaTrader 5 terminal.
        Mt5Agent = "MT5_AGENT",
        MetaApi = "METAAPI",
    }
}

/// A broker connection as its owner sees it. Its credentials are shown to nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokerConnection {
    #[schema(value_type = Uuid)]
    pub id: BrokerConnectionId,
    pub broker_type: BrokerType,
    pub name: String,
    /// The broker's own names, by the names of alerts.
    #[schema(value_type = BTreeMap<String, String>)]
    pub symbol_map: serde_json::Value,
    /// An inactive one gets no trades.
    pub is_active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

const MOST_SYMBOLS: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    pub broker_type: BrokerType,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The broker's own names, by the names of alerts, as `{"EURUSD": "EURUSD.i"}`; at most 500.
    #[serde(default)]
    pub symbol_map: BTreeMap<String, String>,
}

/// What changes; a field that is not sent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    /// Takes the place of the whole map.
    #[serde(default)]
    pub symbol_map: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub is_active: Option<bool>,
}

impl NewConnection {
    /// What is not allowed, by field.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            broker_type: _,
            name,
            symbol_map,
        } = self;
        problems(Some(name), Some(symbol_map))
    }
}

impl ConnectionChange {
    /// What is not allowed, by field.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            name,
            symbol_map,
            is_active: _,
        } = self;
        problems(name.as_deref(), symbol_map.as_ref())
    }
}

fn problems(name: Option<&str>, symbol_map: Option<&BTreeMap<String, String>>) -> Vec<FieldError> {
    let mut wrong = FieldErrors::default();
    wrong.require(name.is_none_or(is_name), "name", "1 to 80 characters");
    let is_symbol = |name: &str| Instrument::parse(name).is_some();
    wrong.require(
        symbol_map.is_none_or(|map| {
            map.len() <= MOST_SYMBOLS && map.iter().all(|(ours, theirs)| is_symbol(ours) && is_symbol(theirs))
        }),
        "symbol_map",
        format!("at most {MOST_SYMBOLS} symbols; each name {}", Instrument::RULE),
    );
    wrong.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(change: &ConnectionChange) -> Vec<String> {
        change.problems().into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_symbol_map_has_names_on_both_sides_and_an_end() {
        let of = |ours: &str, theirs: &str| ConnectionChange {
            symbol_map: Some(BTreeMap::from([(ours.to_owned(), theirs.to_owned())])),
            ..ConnectionChange::default()
        };
        assert_eq!(fields(&of("EURUSD", "EURUSD.i")), [""; 0]);
        assert_eq!(fields(&of("EUR USD", "EURUSD")), ["symbol_map"]);
        assert_eq!(fields(&of("EURUSD", "")), ["symbol_map"]);
        let numbered = |count: usize| ConnectionChange {
            symbol_map: Some((0..count).map(|n| (format!("S{n}"), "X".to_owned())).collect()),
            ..ConnectionChange::default()
        };
        assert_eq!(fields(&numbered(MOST_SYMBOLS)), [""; 0]);
        assert_eq!(fields(&numbered(MOST_SYMBOLS + 1)), ["symbol_map"]);
    }
}
