//! A market order by hand, and what every order carries so that it can be recognised.

use data_encoding::BASE32_NOPAD;
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{BrokerConnectionId, JobId, broker_account::Side, price::Instrument, strategy::fits};
use crate::error::{FieldError, FieldErrors};

/// How far, in points, the fill may be from the price the agent saw.
pub const DEVIATION_POINTS: i32 = 20;
const MOST_DEVIATION: i32 = 1_000;
/// Beyond any price, as for ticks.
const MOST_PRICE: i64 = 1_000_000_000_000;

/// The order's comment: `FE` and the base32 of the job id's first 12 bytes, 22 characters. Brokers keep 26 or fewer.
pub fn comment(job: JobId) -> String {
    format!("FE{}", BASE32_NOPAD.encode(&job.0.as_bytes()[..12]))
}

/// A market order by hand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    #[schema(value_type = Uuid)]
    pub broker_connection_id: BrokerConnectionId,
    #[schema(value_type = String)]
    pub symbol: Instrument,
    pub side: Side,
    /// Lots. Without it the risk decides.
    #[serde(default)]
    pub volume: Option<Decimal>,
    /// Percent of equity to lose at the stop; without volume and this it is the one of your settings.
    #[serde(default)]
    pub risk_pct: Option<Decimal>,
    /// A price; or else `sl_pips`.
    #[serde(default)]
    pub sl: Option<Decimal>,
    /// Distance from the price of the fill.
    #[serde(default)]
    pub sl_pips: Option<Decimal>,
    /// A price; or else `tp_pips`.
    #[serde(default)]
    pub tp: Option<Decimal>,
    /// Distance from the price of the fill.
    #[serde(default)]
    pub tp_pips: Option<Decimal>,
    /// How far the fill may be from the price the agent sees; 20 unless sent.
    #[serde(default)]
    pub deviation_points: Option<i32>,
    /// What you saw. It is kept, and the stops are checked against it; the order goes at the market's price.
    #[serde(default)]
    pub price: Option<Decimal>,
}

impl NewOrder {
    /// What is not allowed, by field.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            broker_connection_id: _,
            symbol: _,
            side,
            volume,
            risk_pct,
            sl,
            sl_pips,
            tp,
            tp_pips,
            deviation_points,
            price,
        } = self;
        let mut wrong = FieldErrors::default();
        wrong.require(
            volume.is_none_or(is_lots),
            "volume",
            "lots: above 0, at most 10000, eight decimals",
        );
        wrong.require(
            fits(Some(*risk_pct), 100, 2),
            "risk_pct",
            "above 0, at most 100, two decimals",
        );
        wrong.require(
            volume.is_none() || risk_pct.is_none(),
            "risk_pct",
            "not beside volume: one of them decides how much",
        );
        for (value, field) in [(sl, "sl"), (tp, "tp"), (price, "price")] {
            wrong.require(value.is_none_or(is_price), field, "a price: above 0, eight decimals");
        }
        for (value, field) in [(sl_pips, "sl_pips"), (tp_pips, "tp_pips")] {
            wrong.require(
                fits(Some(*value), 1_000_000, 1),
                field,
                "above 0, at most 1000000, one decimal",
            );
        }
        wrong.require(sl.is_none() || sl_pips.is_none(), "sl_pips", "not beside sl: send one");
        wrong.require(tp.is_none() || tp_pips.is_none(), "tp_pips", "not beside tp: send one");
        wrong.require(
            deviation_points.is_none_or(|points| (0..=MOST_DEVIATION).contains(&points)),
            "deviation_points",
            "0 to 1000",
        );
        // In the order in which a price that gains passes them.
        let gains = |low: Option<Decimal>, high: Option<Decimal>| match (side, low, high) {
            (Side::Buy, Some(low), Some(high)) => low < high,
            (Side::Sell, Some(low), Some(high)) => low > high,
            _ => true,
        };
        wrong.require(gains(*sl, *price), "sl", "a price at which this side loses");
        wrong.require(gains(price.or(*sl), *tp), "tp", "a price at which this side gains");
        wrong.0
    }
}

/// Whether it can be the volume of an order: no more decimals than a position's volume has.
pub(super) fn is_lots(lots: Decimal) -> bool {
    fits(Some(Some(lots)), 10_000, 8)
}

fn is_price(price: Decimal) -> bool {
    fits(Some(Some(price)), MOST_PRICE, 8)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_comment_fits_what_brokers_keep() {
        let text = comment(JobId(Uuid::from_u128(u128::MAX)));
        assert_eq!((text.len(), text.starts_with("FE7777")), (22, true), "{text}");
    }

    fn fields(side: &str, terms: &Value) -> Vec<String> {
        let mut order = json!({"broker_connection_id": Uuid::nil(), "symbol": "EURUSD", "side": side});
        for (field, value) in terms.as_object().expect("terms by field") {
            order[field] = value.clone();
        }
        let order: NewOrder = serde_json::from_value(order).expect("readable");
        order.problems().into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn each_term_out_of_range_is_named() {
        let none: [&str; 0] = [];
        assert_eq!(fields("buy", &json!({})), none);
        for (field, values) in [
            (
                "volume",
                vec![json!(0), json!(-1), json!(10_000.01), json!("0.000000001")],
            ),
            ("risk_pct", vec![json!(0), json!(100.01), json!(0.001)]),
            ("sl", vec![json!(0), json!("0.000000001"), json!("1000000000000.1")]),
            ("tp", vec![json!(-1.1)]),
            ("price", vec![json!(0)]),
            ("sl_pips", vec![json!(0), json!(0.05), json!(1_000_001)]),
            ("tp_pips", vec![json!(0)]),
            ("deviation_points", vec![json!(-1), json!(1001)]),
        ] {
            for value in values {
                assert_eq!(fields("buy", &json!({field: value})), [field], "{field} = {value}");
            }
        }
    }

    #[test]
    fn of_two_ways_to_say_the_same_one_is_sent() {
        for (terms, field) in [
            (json!({"volume": 0.1, "risk_pct": 1}), "risk_pct"),
            (json!({"sl": 1.08, "sl_pips": 20}), "sl_pips"),
            (json!({"tp": 1.09, "tp_pips": 20}), "tp_pips"),
        ] {
            assert_eq!(fields("buy", &terms), [field], "{terms}");
        }
    }

    #[test]
    fn a_stop_on_the_wrong_side_of_the_price_is_named() {
        let none: [&str; 0] = [];
        let around = |sl: f64, tp: f64| json!({"price": 1.085, "sl": sl, "tp": tp});
        assert_eq!(fields("buy", &around(1.08, 1.09)), none);
        assert_eq!(fields("sell", &around(1.09, 1.08)), none);
        assert_eq!(fields("buy", &around(1.09, 1.08)), ["sl", "tp"]);
        assert_eq!(fields("sell", &around(1.08, 1.07)), ["sl"]);
        assert_eq!(fields("buy", &around(1.08, 1.085)), ["tp"]);
        assert_eq!(
            fields("sell", &json!({"sl": 1.08, "tp": 1.09})),
            ["tp"],
            "without a price too"
        );
    }
}
