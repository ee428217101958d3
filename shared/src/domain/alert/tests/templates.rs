//! What we give to paste is read as it was meant, once TradingView has filled it in.

use proptest::prelude::*;

use super::super::{
    Action, MarketPosition, PositionSide, read,
    template::{AlertKind, TextDialect, text},
};

const DIALECTS: [TextDialect; 4] = [
    TextDialect::Json,
    TextDialect::PineConnector,
    TextDialect::TradersPost,
    TextDialect::Plain,
];
const SYMBOLS: [&str; 6] = ["EURUSD", "XAUUSD", "US100", "ES1!", "BTCUSDT.P", "BRK.B"];
const PRICES: [&str; 4] = ["1.08512", "2950", "0.00001234", "67123.5"];
const TIMES: [&str; 2] = ["2026-01-31T09:30:00Z", "2028-02-29T23:59:59Z"];
/// A strategy's order, the position it leaves, and what is meant.
const ORDERS: [(&str, &str, Action, Option<PositionSide>); 4] = [
    ("buy", "long", Action::Buy, None),
    ("sell", "short", Action::Sell, None),
    ("sell", "flat", Action::Close, Some(PositionSide::Long)),
    ("buy", "flat", Action::Close, Some(PositionSide::Short)),
];
/// As strategies name their orders, TradingView's own among them.
const ORDER_IDS: [&str; 5] = [
    "Long",
    "RSI LE, 2nd",
    "Close entry(s) order Long",
    "TP/SL (50%",
    "Stop-loss",
];

/// A placeholder and what TradingView puts there.
type Filled = (&'static str, &'static str);

/// As TradingView does: every placeholder it knows for this kind of alert, and nothing else.
fn fill(text: &str, placeholders: &[Filled]) -> String {
    let filled = placeholders.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{{{name}}}}}"), value)
    });
    assert!(
        !filled.contains("{{"),
        "TradingView knows no such placeholder: {filled}"
    );
    filled
}

fn any_of<T: Clone + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_strategys_order_is_read_as_it_was_placed(
        dialect in any_of(&DIALECTS),
        (action, position, meant, close_side) in any_of(&ORDERS),
        symbol in any_of(&SYMBOLS),
        price in any_of(&PRICES),
        id in any_of(&ORDER_IDS),
        time in any_of(&TIMES),
    ) {
        let filled = fill(&text(dialect, AlertKind::Strategy), &[
            ("ticker", symbol),
            ("timenow", time),
            ("strategy.order.action", action),
            ("strategy.order.price", price),
            ("strategy.order.id", id),
            ("strategy.market_position", position),
        ]);
        let alert = read(filled.as_bytes()).map(|reading| reading.alert).map_err(|unreadable| {
            TestCaseError::fail(format!("{filled}: {}", unreadable.detail))
        })?;
        prop_assert_eq!((alert.action, alert.symbol.as_str(), alert.close_side), (meant, symbol, close_side), "{}", filled);
        prop_assert_eq!(alert.position.map(MarketPosition::as_str), Some(position));
        prop_assert_eq!(alert.time, time.parse().ok());
        prop_assert_eq!((alert.volume, alert.risk_pct, alert.sl, alert.tp, alert.sl_pips), (None, None, None, None, None));
    }

    #[test]
    fn an_indicators_alert_is_read_as_its_kind(
        dialect in any_of(&DIALECTS),
        (kind, meant) in any_of(&[
            (AlertKind::Buy, Action::Buy),
            (AlertKind::Sell, Action::Sell),
            (AlertKind::Close, Action::Close),
        ]),
        symbol in any_of(&SYMBOLS),
        price in any_of(&PRICES),
        time in any_of(&TIMES),
    ) {
        let filled = fill(&text(dialect, kind), &[("ticker", symbol), ("timenow", time), ("close", price)]);
        let alert = read(filled.as_bytes()).map(|reading| reading.alert).map_err(|unreadable| {
            TestCaseError::fail(format!("{filled}: {}", unreadable.detail))
        })?;
        prop_assert_eq!((alert.action, alert.symbol.as_str(), alert.close_side), (meant, symbol, None), "{}", filled);
        prop_assert_eq!(alert.time, time.parse().ok());
        prop_assert_eq!((alert.volume, alert.risk_pct, alert.sl, alert.tp, alert.sl_pips), (None, None, None, None, None));
    }
}

/// Every text loses its meaning without its placeholders, and says so instead of trading.
#[test]
fn left_unfilled_no_text_is_an_order() {
    for dialect in DIALECTS {
        for kind in [AlertKind::Strategy, AlertKind::Buy, AlertKind::Sell, AlertKind::Close] {
            let text = text(dialect, kind);
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
