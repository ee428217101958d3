//! Alerts that are almost alerts: the known shapes cut, doubled, spliced and flipped.
//!
//! `ALERT_FUZZ_CASES=10000000 cargo test --release mutated` is the long run; `ALERT_FUZZ_SEED` repeats one.

use rust_decimal::Decimal;
use serde_json::Value;

use super::super::{Action, Reading, read, redact};
use super::shapes::SHAPES;

const DEFAULT_CASES: u64 = 100_000;

/// Pieces that mean something to the reader.
const TOKENS: &[&str] = &[
    "buy",
    "sell",
    "close",
    "long",
    "short",
    "flat",
    "exit",
    "{{ticker}}",
    "{{",
    "}}",
    "NaN",
    "null",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    "|",
    "&",
    "=",
    ":",
    "\n",
    "\r",
    "\\",
    "\\u0000",
    "\\ud800",
    "\0",
    "\u{feff}",
    "1e9",
    "-1",
    "0",
    "1,5",
    "0.1",
    "99999999999999999999",
    "1e-99",
    "sl",
    "tp=",
    "action",
    "symbol",
    "secret=",
    "position",
    "side",
    "type",
    "EURUSD",
    "OANDA:",
    "/",
    "@",
    "%",
    "é",
    "\u{202e}",
];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).expect("48 bits") % bound.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let (a, b) = (self.below(length + 1), self.below(length + 1));
        a.min(b)..a.max(b)
    }

    fn shape(&mut self) -> &'static str {
        SHAPES[self.below(SHAPES.len())].0
    }

    fn mutate(&mut self, body: &mut Vec<u8>) {
        let at = self.below(body.len() + 1);
        match self.below(8) {
            0 => body.truncate(at),
            1 => drop(body.drain(self.range(body.len()))),
            2 => {
                let copied = body[self.range(body.len())].to_vec();
                body.splice(at..at, copied);
            }
            3 => {
                let other = self.shape().as_bytes();
                let piece = other[self.range(other.len())].to_vec();
                body.splice(at..at, piece);
            }
            4 if at < body.len() => body[at] ^= 1 << self.below(8),
            5 => {
                let end = (at + self.below(6)).min(body.len());
                let token = self.pick(TOKENS);
                body.splice(at..end, token.bytes());
            }
            6 if at < body.len() => body[at] = b"0123456789,:\"{}= \n"[self.below(18)],
            _ => {
                let token = self.pick(TOKENS);
                body.splice(at..at, token.bytes());
            }
        }
    }
}

#[test]
fn mutated_shapes_never_panic_and_what_is_read_is_a_whole_order() {
    let setting = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().expect("a number"))
    };
    let cases = setting("ALERT_FUZZ_CASES").unwrap_or(DEFAULT_CASES);
    let seed = setting("ALERT_FUZZ_SEED").unwrap_or(0x9E37_79B9_7F4A_7C15);
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let started = std::time::Instant::now();
    let orders: u64 = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || run(seed.wrapping_add(thread + 1), cases.div_ceil(threads))))
            .collect();
        runs.into_iter().map(|run| run.join().expect("no panic")).sum()
    });
    println!(
        "{cases} inputs, {orders} of them orders, {:.1} s",
        started.elapsed().as_secs_f32()
    );
}

fn run(seed: u64, cases: u64) -> u64 {
    let mut random = Random(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) | 1);
    let mut orders = 0;
    for _ in 0..cases {
        let mut body = random.shape().as_bytes().to_vec();
        for _ in 0..=random.below(5) {
            random.mutate(&mut body);
        }
        assert!(
            is_storable(&redact(&body)),
            "jsonb refuses {}",
            String::from_utf8_lossy(&body)
        );
        match read(&body) {
            Ok(reading) => {
                orders += 1;
                assert_whole(&body, &reading);
            }
            Err(unreadable) => assert!((1..500).contains(&unreadable.detail.len()), "{unreadable:?}"),
        }
    }
    orders
}

fn is_storable(value: &Value) -> bool {
    let is_text = |text: &String| !text.contains('\0');
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.to_string().len() <= 64,
        Value::String(text) => is_text(text),
        Value::Array(items) => items.iter().all(is_storable),
        Value::Object(members) => members.iter().all(|(key, value)| is_text(key) && is_storable(value)),
    }
}

/// An order has its symbol from the body, and numbers a broker can take.
fn assert_whole(body: &[u8], reading: &Reading) {
    let alert = &reading.alert;
    let shown = String::from_utf8_lossy(body);
    let letters = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect()
    };
    let symbol = letters(alert.symbol.as_str());
    assert!(
        !symbol.is_empty() && alert.symbol.as_str().len() <= 32,
        "{shown}: {alert:?}"
    );
    assert!(
        body.contains(&0) || shown.contains("\\u") || letters(&shown).contains(&symbol),
        "{shown}: {alert:?}"
    );
    let limit = Decimal::from(10_000_000_000_u64);
    let numbers = [
        alert.price,
        alert.volume,
        alert.risk_pct,
        alert.sl,
        alert.tp,
        alert.sl_pips,
        alert.tp_pips,
    ];
    for number in numbers.into_iter().flatten() {
        assert!(
            number > Decimal::ZERO && number < limit && number.scale() <= 8,
            "{shown}: {alert:?}"
        );
    }
    assert!(
        alert.volume.is_none_or(|volume| volume < Decimal::ONE_THOUSAND),
        "{shown}: {alert:?}"
    );
    assert!(
        alert.risk_pct.is_none_or(|risk| risk <= Decimal::ONE_HUNDRED),
        "{shown}: {alert:?}"
    );
    assert!(alert.sl.is_none() || alert.sl_pips.is_none(), "{shown}: {alert:?}");
    assert!(alert.volume.is_none() || alert.risk_pct.is_none(), "{shown}: {alert:?}");
    let has_stops = [alert.sl, alert.tp, alert.sl_pips, alert.tp_pips]
        .iter()
        .any(Option::is_some);
    match alert.action {
        Action::Close => assert!(!has_stops && alert.risk_pct.is_none(), "{shown}: {alert:?}"),
        Action::Buy | Action::Sell => assert!(alert.close_side.is_none(), "{shown}: {alert:?}"),
    }
}
