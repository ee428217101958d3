//! What to paste into `TradingView`: messages whose placeholders, once filled, read as the order that was meant.
//!
//! No text has a size: `TradingView`'s contracts are units more often than lots, so the strategy's own settings size the order.
//! Order ids stand only where quotes enclose them; they are free text, as `Close entry(s) order Long`.

use super::super::word::words;

words! {
    /// How an alert's text is written.
    TextDialect {
        /// This service's own, and the fullest.
        Json = "json",
        PineConnector = "pineconnector",
        TradersPost = "traderspost",
        /// Words, as `buy EURUSD`.
        Plain = "plain",
    }
}

words! {
    /// What sets the alert off: a strategy's orders, or an indicator whose every alert asks for the same.
    AlertKind {
        Strategy = "strategy",
        Buy = "buy",
        Sell = "sell",
        Close = "close",
    }
}

/// The message to paste.
pub fn text(dialect: TextDialect, kind: AlertKind) -> String {
    let (of_strategy, of_indicator) = match dialect {
        TextDialect::Json => (
            r#"{"symbol":"{{ticker}}","action":"{{strategy.order.action}}","position":"{{strategy.market_position}}","price":"{{strategy.order.price}}","id":"{{strategy.order.id}}-{{timenow}}","time":"{{timenow}}"}"#,
            r#"{"symbol":"{{ticker}}","action":"ACTION","price":"{{close}}","time":"{{timenow}}"}"#,
        ),
        TextDialect::PineConnector => (
            "{{strategy.order.action}},{{ticker}},position={{strategy.market_position}},time={{timenow}}",
            "ACTION,{{ticker}},time={{timenow}}",
        ),
        TextDialect::TradersPost => (
            r#"{"ticker":"{{ticker}}","action":"{{strategy.order.action}}","sentiment":"{{strategy.market_position}}","price":"{{strategy.order.price}}","time":"{{timenow}}"}"#,
            r#"{"ticker":"{{ticker}}","action":"ACTION","price":"{{close}}","time":"{{timenow}}"}"#,
        ),
        TextDialect::Plain => (
            "{{strategy.order.action}} {{ticker}} position={{strategy.market_position}} time={{timenow}}",
            "ACTION {{ticker}} time={{timenow}}",
        ),
    };
    match (kind, dialect) {
        (AlertKind::Strategy, _) => of_strategy.to_owned(),
        (AlertKind::Close, TextDialect::TradersPost) => of_indicator.replace("ACTION", "exit"),
        (AlertKind::Buy | AlertKind::Sell | AlertKind::Close, _) => of_indicator.replace("ACTION", kind.as_str()),
    }
}

/// Where it goes, in the words of `TradingView`'s own dialog.
pub fn note(kind: AlertKind) -> String {
    let (condition, meaning) = match kind {
        AlertKind::Strategy => (
            "your strategy, Order fills only",
            "Every order of the strategy is sent: it opens, and closes what it leaves flat. An order that closes only part of a \
             position is refused unless you add the lots, as \"volume\".",
        ),
        AlertKind::Buy => ("your indicator's buy signal, Once per bar close", "Every alert buys."),
        AlertKind::Sell => ("your indicator's sell signal, Once per bar close", "Every alert sells."),
        AlertKind::Close => (
            "your indicator's exit signal, Once per bar close",
            "Every alert closes what this strategy holds in the symbol.",
        ),
    };
    format!(
        "In TradingView, create an alert on the chart of the symbol. Condition: {condition}. Message box: delete what is there \
         and paste the text. Notifications: tick Webhook URL and paste the webhook address there, never into the message. \
         TradingView sends webhooks only from a plan that has them and with two-factor authentication switched on in your \
         profile. {meaning} Size and stops come from this strategy's settings here."
    )
}
