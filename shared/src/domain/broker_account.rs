//! A broker account as its agent reports it: the money, the open positions, and deals since the last report.

use jiff::Timestamp;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{
    ToSchema,
    openapi::{
        KnownFormat, Object, ObjectBuilder, SchemaFormat,
        schema::{SchemaType, Type},
    },
};

use super::word::words;
use crate::error::FieldError;

pub const MOST_POSITIONS: usize = 1000;
pub const MOST_DEALS: usize = 200;
/// What `numeric(20, 2)` holds.
const MOST_MONEY: i64 = 1_000_000_000_000_000_000;
/// Four of them fit into `numeric(14, 2)`: profit, swap, commission and fee.
const MOST_RESULT: i64 = 100_000_000_000;
/// What `numeric(20, 8)` holds.
const MOST_PRICE: i64 = 1_000_000_000_000;

words! {
    /// Of a position: what it is. Of a deal: what it did.
    Side {
        Buy = "buy",
        Sell = "sell",
    }
}

words! {
    /// What a deal did to its position.
    DealEntry {
        /// Opened it, or made it larger.
        In = "in",
        /// Closed it, or a part of it.
        Out = "out",
        /// Closed it and opened one in the other direction, where an account nets.
        InOut = "inout",
        /// Closed it by an opposite one.
        OutBy = "out_by",
    }
}

/// Everything there is to know of the account now. What a newer agent says besides is ignored.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AccountReport {
    pub balance: Decimal,
    pub equity: Decimal,
    pub margin: Decimal,
    pub free_margin: Decimal,
    /// Three to eight characters.
    pub currency: String,
    /// Zero, which some exchanges say, is none.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(schema_with = maybe_whole_schema)]
    pub leverage: Option<i64>,
    /// All that are open, at most 1000. One that is not named is closed.
    pub positions: Vec<Position>,
    /// At most 200, in any order. Told twice, a deal counts once.
    #[serde(default)]
    pub deals: Vec<Deal>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportedPosition)]
pub struct Position {
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = whole_schema)]
    pub ticket: i64,
    pub symbol: String,
    pub side: Side,
    /// Lots.
    pub volume: Decimal,
    pub open_price: Decimal,
    /// Zero is none.
    #[serde(default)]
    pub sl: Option<Decimal>,
    /// Zero is none.
    #[serde(default)]
    pub tp: Option<Decimal>,
    pub profit: Decimal,
    pub swap: Decimal,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = whole_schema)]
    pub magic_number: i64,
    pub opened_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportedDeal)]
pub struct Deal {
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = whole_schema)]
    pub ticket: i64,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = whole_schema)]
    pub order_ticket: i64,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = whole_schema)]
    pub position_ticket: i64,
    pub symbol: String,
    pub side: Side,
    pub entry: DealEntry,
    /// Lots.
    pub volume: Decimal,
    pub price: Decimal,
    pub profit: Decimal,
    pub swap: Decimal,
    /// What the broker took is below zero, as in MetaTrader.
    pub commission: Decimal,
    pub fee: Decimal,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = whole_schema)]
    pub magic_number: i64,
    pub comment: String,
    /// UTC; one that is ahead of the server's clock counts as now.
    pub time: Timestamp,
}

/// A ticket or magic number, as a number or as text.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = <Decimal as Deserialize>::deserialize(deserializer)?;
    let whole = number.is_integer().then(|| number.to_i64()).flatten();
    whole.ok_or_else(|| de::Error::custom("a whole number below 2^63"))
}

fn maybe_whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Whole(#[serde(deserialize_with = "whole")] i64);
    Ok(Option::<Whole>::deserialize(deserializer)?.map(|Whole(number)| number))
}

fn whole_schema() -> Object {
    whole_number([Type::Integer, Type::String])
}

fn maybe_whole_schema() -> Object {
    whole_number([Type::Integer, Type::String, Type::Null])
}

fn whole_number(types: impl IntoIterator<Item = Type>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter(types))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .pattern(Some("^-?[0-9]+$"))
        .build()
}

pub const SYMBOL_RULE: &str = "1 to 64 characters";

/// Whether it can be a symbol as a broker spells it.
pub fn is_symbol(symbol: &str) -> bool {
    (1..=64).contains(&symbol.chars().count()) && !symbol.chars().any(char::is_control)
}

/// Collects what is wrong, by field.
struct Faults {
    found: Vec<FieldError>,
    prefix: String,
}

impl Faults {
    fn require(&mut self, fine: bool, field: &str, message: &str) {
        // A thousand positions with the same mistake need not be named each.
        if !fine && self.found.len() < 20 {
            self.found.push(FieldError {
                field: format!("{}{field}", self.prefix),
                message: message.to_owned(),
            });
        }
    }

    fn money(&mut self, amount: Decimal, most: i64, field: &str) {
        self.require(amount.abs() < most.into(), field, "an amount the account can have");
    }

    fn price(&mut self, price: Decimal, field: &str) {
        self.require(price.abs() < MOST_PRICE.into(), field, "a price");
    }

    fn lots(&mut self, lots: Decimal) {
        // What the column would round to zero is none.
        let fine = lots.round_dp(8) > Decimal::ZERO && lots < MOST_PRICE.into();
        self.require(fine, "volume", "lots, above zero");
    }

    fn ticket(&mut self, ticket: i64, field: &str) {
        self.require(ticket > 0, field, "above zero");
    }

    fn symbol(&mut self, symbol: &str) {
        self.require(is_symbol(symbol), "symbol", SYMBOL_RULE);
    }
}

impl AccountReport {
    /// What cannot be stored, by field.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            balance,
            equity,
            margin,
            free_margin,
            currency,
            leverage,
            positions,
            deals,
        } = self;
        let mut faults = Faults {
            found: Vec::new(),
            prefix: String::new(),
        };
        for (amount, field) in [
            (balance, "balance"),
            (equity, "equity"),
            (margin, "margin"),
            (free_margin, "free_margin"),
        ] {
            faults.money(*amount, MOST_MONEY, field);
        }
        let named = (3..=8).contains(&currency.chars().count()) && !currency.chars().any(char::is_control);
        faults.require(named, "currency", "3 to 8 characters");
        let whole = leverage.is_none_or(|leverage| (0..=i64::from(i32::MAX)).contains(&leverage));
        faults.require(whole, "leverage", "a whole number above zero, or null");
        faults.require(positions.len() <= MOST_POSITIONS, "positions", "at most 1000");
        faults.require(deals.len() <= MOST_DEALS, "deals", "at most 200");

        let mut seen = std::collections::HashSet::new();
        for (index, position) in positions.iter().take(MOST_POSITIONS).enumerate() {
            faults.prefix = format!("positions[{index}].");
            position.check(&mut faults);
            faults.require(seen.insert(position.ticket), "ticket", "each position once");
        }
        for (index, deal) in deals.iter().take(MOST_DEALS).enumerate() {
            faults.prefix = format!("deals[{index}].");
            deal.check(&mut faults);
        }
        faults.found
    }

    /// As it is stored: MetaTrader says zero where there is none.
    #[must_use]
    pub fn without_zeros(mut self) -> Self {
        self.leverage = self.leverage.filter(|leverage| *leverage != 0);
        for position in &mut self.positions {
            position.sl = position.sl.filter(|price| !price.is_zero());
            position.tp = position.tp.filter(|price| !price.is_zero());
        }
        self
    }
}

impl Position {
    fn check(&self, faults: &mut Faults) {
        let Self {
            ticket,
            symbol,
            side: _,
            volume,
            open_price,
            sl,
            tp,
            profit,
            swap,
            magic_number: _,
            opened_at,
        } = self;
        faults.ticket(*ticket, "ticket");
        faults.symbol(symbol);
        faults.lots(*volume);
        faults.price(*open_price, "open_price");
        faults.price(sl.unwrap_or_default(), "sl");
        faults.price(tp.unwrap_or_default(), "tp");
        faults.money(*profit, MOST_RESULT, "profit");
        faults.money(*swap, MOST_RESULT, "swap");
        faults.require(
            *opened_at >= Timestamp::UNIX_EPOCH,
            "opened_at",
            "a time since 1970, UTC",
        );
    }
}

impl Deal {
    fn check(&self, faults: &mut Faults) {
        let Self {
            ticket,
            order_ticket,
            position_ticket,
            symbol,
            side: _,
            entry: _,
            volume,
            price,
            profit,
            swap,
            commission,
            fee,
            magic_number: _,
            comment,
            time,
        } = self;
        faults.ticket(*ticket, "ticket");
        faults.require(*order_ticket >= 0, "order_ticket", "zero or above");
        faults.require(*position_ticket >= 0, "position_ticket", "zero or above");
        faults.symbol(symbol);
        faults.lots(*volume);
        faults.price(*price, "price");
        for (amount, field) in [
            (profit, "profit"),
            (swap, "swap"),
            (commission, "commission"),
            (fee, "fee"),
        ] {
            faults.money(*amount, MOST_RESULT, field);
        }
        let fits = comment.chars().count() <= 255 && !comment.contains('\0');
        faults.require(fits, "comment", "at most 255 characters");
        faults.require(*time >= Timestamp::UNIX_EPOCH, "time", "a time since 1970, UTC");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn report(change: impl FnOnce(&mut Value)) -> Result<AccountReport, serde_json::Error> {
        let mut body = json!({"balance": 1000, "equity": "990.5", "margin": 0, "free_margin": 990.5, "currency": "USD",
            "leverage": 100,
            "positions": [{"ticket": 1, "symbol": "EURUSD", "side": "buy", "volume": 0.1, "open_price": 1.085, "sl": 0,
                "profit": -9.5, "swap": 0, "magic_number": 7, "opened_at": "2026-11-22T11:00:00Z"}],
            "deals": [{"ticket": "2", "order_ticket": 3, "position_ticket": 1, "symbol": "EURUSD", "side": "buy", "entry": "in",
                "volume": 0.1, "price": 1.085, "profit": 0, "swap": 0, "commission": -0.35, "fee": 0, "magic_number": 7,
                "comment": "", "time": "2026-11-22T11:00:00Z"}]});
        change(&mut body);
        serde_json::from_str(&body.to_string())
    }

    fn fields(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let report = report(change).expect("readable");
        report.problems().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn numbers_and_texts_are_read_alike_and_zero_is_no_stop() {
        let report = report(|body| body["newer"] = json!({"agents": "say more"})).expect("readable");
        assert_eq!(report.problems(), []);
        assert_eq!((report.equity, report.deals[0].ticket), (Decimal::new(9905, 1), 2));
        assert_eq!(report.positions[0].sl, Some(Decimal::ZERO));
        assert_eq!(report.without_zeros().positions[0].sl, None);
    }

    #[test]
    fn what_no_account_can_have_is_named() {
        assert_eq!(fields(|body| body["balance"] = json!(1e18)), ["balance"]);
        assert_eq!(fields(|body| body["currency"] = json!("US")), ["currency"]);
        assert_eq!(fields(|body| body["leverage"] = json!(-1)), ["leverage"]);
        assert_eq!(
            fields(|body| body["positions"][0]["volume"] = json!(0.000_000_001)),
            ["positions[0].volume"]
        );
        assert_eq!(
            fields(|body| body["positions"][0]["profit"] = json!(1e11)),
            ["positions[0].profit"]
        );
        assert_eq!(
            fields(|body| body["deals"][0]["symbol"] = json!("EUR\u{0}USD")),
            ["deals[0].symbol"]
        );
        let twice = |body: &mut Value| {
            let position = body["positions"][0].clone();
            body["positions"].as_array_mut().expect("a list").push(position);
        };
        assert_eq!(fields(twice), ["positions[1].ticket"]);
    }

    #[test]
    fn a_deal_ahead_of_the_clock_is_no_reason_to_refuse_the_account() {
        // An agent that is an hour wrong about its broker's time would otherwise leave the risk gate without a report.
        assert_eq!(
            fields(|body| body["deals"][0]["time"] = json!("2026-11-22T13:00:00Z")),
            [""; 0]
        );
    }

    #[test]
    fn what_is_no_number_is_unreadable() {
        for (field, value) in [
            ("ticket", json!(1.5)),
            ("ticket", json!(u64::MAX)),
            ("profit", json!("NaN")),
            ("side", json!("long")),
        ] {
            report(|body| body["positions"][0][field] = value).expect_err(field);
        }
        report(|body| body["positions"] = json!(null)).expect_err("no positions are an empty list");
    }
}
