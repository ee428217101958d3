use proptest::prelude::*;
use serde_json::Value;

use super::super::json::{self, Node};
use super::super::{Alert, read, redact};
use super::shapes::SHAPES;

const ACTIONS: &[&str] = &[
    "buy",
    "sell",
    "close",
    "exit_long",
    "ENTER SHORT",
    "POSITION_TYPE_BUY",
    "Bullish",
];
const ACTION_KEYS: &[&str] = &[
    "action",
    "side",
    "order_action",
    "signal",
    "cmd",
    "Strategy.Order.Action",
];
const SYMBOLS: &[&str] = &[
    "EURUSD",
    "OANDA:GBPUSD",
    "US100.cash",
    "ES1!",
    "BTCUSDT.P",
    "BCH/EUR",
    "eurusd",
];
const SYMBOL_KEYS: &[&str] = &["symbol", "ticker", "tv_instrument", "pair", "Instrument"];
const EXTRAS: &[&str] = &[
    r#""price":"1.0850""#,
    r#""volume":0.25"#,
    r#""sl_pips":20"#,
    r#""tp_pips":"40.5""#,
    r#""id":"a-7""#,
    r#""time":"2026-01-31T09:30:00Z""#,
    r#""interval":"15""#,
    r#""strategy":{"order_id":"Long"}"#,
    r#""comment":"hello, world""#,
];

#[derive(Clone, Debug)]
struct Sent {
    action: String,
    symbol: String,
    extras: Vec<&'static str>,
}

fn pair(key: &str, value: &str) -> String {
    format!("{}:{}", Value::from(key), Value::from(value))
}

fn sent() -> impl Strategy<Value = Sent> {
    let of = |words: &'static [&'static str]| proptest::sample::select(words);
    (
        of(ACTION_KEYS),
        of(ACTIONS),
        of(SYMBOL_KEYS),
        of(SYMBOLS),
        proptest::sample::subsequence(EXTRAS, 0..=EXTRAS.len()),
    )
        .prop_map(|(action_key, action, symbol_key, symbol, extras)| Sent {
            action: pair(action_key, action),
            symbol: pair(symbol_key, symbol),
            extras,
        })
}

fn body(members: &[&str]) -> String {
    format!("{{{}}}", members.join(","))
}

impl Sent {
    fn members(&self) -> Vec<&str> {
        [self.action.as_str(), self.symbol.as_str()]
            .into_iter()
            .chain(self.extras.iter().copied())
            .collect()
    }

    fn read(&self) -> Alert {
        read(body(&self.members()).as_bytes())
            .expect("a valid alert is read")
            .alert
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn to_value(node: Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => value.into(),
        Node::Number(text) => Value::Number(text.parse().expect("a JSON number")),
        Node::Text(text) => text.into(),
        Node::List(items) => items.into_iter().map(to_value).collect(),
        Node::Object(members) => members.into_iter().map(|(key, node)| (key, to_value(node))).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn strict_json_is_parsed_as_serde_json_does(value in json_value()) {
        for text in [value.to_string(), format!("{value:#}")] {
            let document = json::parse(&text);
            prop_assert!(document.as_ref().is_ok_and(|document| document.strict), "{text}: {document:?}");
            prop_assert_eq!(document.map(|document| to_value(document.root)), Ok(value.clone()));
        }
    }

    #[test]
    fn what_serde_json_refuses_is_not_called_strict(text in r#"[\[\]{}",:0-9a-e.+\- \\tn]{0,12}"#) {
        let ours = json::parse(&text).is_ok_and(|document| document.strict);
        prop_assert_eq!(ours, serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        let _ = read(&bytes);
        let _ = redact(&bytes);
    }

    #[test]
    fn order_of_keys_and_white_space_do_not_change_the_reading(
        (sent, shuffled) in sent().prop_flat_map(|sent| {
            let members: Vec<String> = sent.members().into_iter().map(str::to_owned).collect();
            (Just(sent), Just(members).prop_shuffle())
        }),
        space in proptest::sample::select(vec!["", " ", "\n", "\r\n", "\t", " \r\n  "]),
    ) {
        let spaced = format!("\u{feff}{space}{{{space}{}{space}}}{space}", shuffled.join(&format!("{space},{space}")));
        prop_assert_eq!(read(spaced.as_bytes()).map(|reading| reading.alert), Ok(sent.read()), "{}", spaced);
    }

    #[test]
    fn without_its_action_or_its_symbol_an_alert_is_no_order(sent in sent()) {
        for left_out in [&sent.action, &sent.symbol] {
            let rest: Vec<&str> = sent.members().into_iter().filter(|member| member != left_out).collect();
            prop_assert!(read(body(&rest).as_bytes()).is_err(), "{}", body(&rest));
        }
    }

    #[test]
    fn a_contradiction_is_refused_wherever_it_stands(
        sent in sent(), at in any::<proptest::sample::Index>(), key in proptest::sample::select(SYMBOL_KEYS),
    ) {
        let opposite = match sent.read().action.as_str() {
            "buy" => "sell",
            _ => "buy",
        };
        for contradiction in [pair("type", opposite), pair("action", opposite), pair(key, "XAGUSD")] {
            let mut members = sent.members();
            members.insert(at.index(members.len() + 1), &contradiction);
            let body = body(&members);
            // In words of a close, a side is the position's: that is an answer, not a contradiction.
            let refines = sent.action.starts_with("\"side\"") && sent.read().action.as_str() != "close";
            let code = read(body.as_bytes()).map_err(|unreadable| unreadable.code.as_str());
            prop_assert!(code.is_err() || refines && contradiction.contains("close"), "{body}: {code:?}");
        }
    }

    #[test]
    fn a_secret_is_never_stored_nor_told(
        sent in sent(),
        secret in "[A-Za-z0-9]{12,24}",
        key in proptest::sample::select(vec!["secret", "key", "passphrase", "token", "apiKey", "bot_token", "license_id"]),
    ) {
        let secret_member = pair(key, &secret);
        let mut members = sent.members();
        members.push(&secret_member);
        let json = body(&members);
        let bodies = [
            json.clone(),
            json.replace(r#""EURUSD""#, "EURUSD"),
            json[..json.len() - 1].to_owned(),
            format!("{secret},buy,EURUSD,{key}={secret}"),
            format!("{secret},nonsense,EURUSD,{key}: {secret}"),
            format!("action=buy&symbol=EURUSD&{key}={secret}"),
        ];
        for body in bodies {
            let stored = redact(body.as_bytes()).to_string();
            prop_assert!(!stored.contains(&secret), "{body} is stored as {stored}");
            let told = match read(body.as_bytes()) {
                Ok(reading) => serde_json::to_string(&reading).expect("serialisable"),
                Err(unreadable) => unreadable.detail,
            };
            prop_assert!(!told.contains(&secret), "{body} is told as {told}");
        }
    }
}

#[test]
fn a_shape_without_its_symbol_is_no_order() {
    for (shape, expected) in SHAPES.iter().filter(|(_, expected)| !expected.starts_with('!')) {
        let symbol = expected.split(' ').nth(1).expect("a symbol");
        let body = shape.replace(symbol, "").replace("BCH/EUR", "");
        let reading = read(body.as_bytes());
        assert!(reading.is_err(), "{body}\nis read as {reading:?}");
    }
}

#[test]
fn line_ends_and_space_around_do_not_change_a_shape() {
    for (shape, expected) in SHAPES {
        let spaced = format!(
            "\u{feff} \r\n{}\r\n ",
            shape.replace("\r\n", "\n").replace('\n', "\r\n")
        );
        assert_eq!(super::line(&spaced), *expected, "{spaced}");
    }
}
