//! One rule a test, several alerts a rule.

use super::super::{UnreadableCode, read};
use super::{check, line};

#[test]
fn two_words_for_the_order_must_agree() {
    check(&[
        (
            r#"{"symbol":"EURUSD","action":"buy","side":"sell"}"#,
            "! ambiguous_action",
        ),
        (r#"{"symbol":"EURUSD","action":"buy","side":"long"}"#, "buy EURUSD"),
        (
            r#"{"symbol":"EURUSD","action":"buy","signal":"BUY","type":"buy"}"#,
            "buy EURUSD",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","action":"sell"}"#,
            "! ambiguous_action",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","type":"exit"}"#,
            "! ambiguous_action",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close","type":"close_long"}"#,
            "close EURUSD of=long",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close_long","type":"close_short"}"#,
            "! ambiguous_action",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close","side":"long"}"#,
            "close EURUSD of=long",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close","side":"sell"}"#,
            "! ambiguous_action",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close_long","side":"short"}"#,
            "! ambiguous_action",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","positionSide":"SHORT"}"#,
            "! ambiguous_action",
        ),
        (r#"{"symbol":"EURUSD","side":"sell"}"#, "sell EURUSD"),
        (r#"{"symbol":"EURUSD","action":"hodl"}"#, "! unknown_action"),
        (r#"{"symbol":"EURUSD","action":true}"#, "! unknown_action"),
        (r#"{"symbol":"EURUSD","action":null}"#, "! no_action"),
        (
            r#"{"symbol":"EURUSD","action":"buy","type":"update_stop"}"#,
            "! unsupported_command",
        ),
        (r#"{"symbol":"EURUSD","action":"hold"}"#, "! unsupported_command"),
    ]);
}

#[test]
fn a_symbol_is_one_instrument_without_its_exchange() {
    check(&[
        (r#"{"ticker":"BINANCE:BTCUSDT.P","action":"buy"}"#, "buy BTCUSDT.P"),
        (r#"{"ticker":"CME_MINI_DL:ES1!","action":"buy"}"#, "buy ES1!"),
        (r#"{"ticker":"eurusd","action":"buy"}"#, "buy EURUSD"),
        (r#"{"ticker":" EURUSDm ","action":"buy"}"#, "buy EURUSDm"),
        (
            r#"{"ticker":"EURUSD.i","symbol":"eurusd.I","action":"buy"}"#,
            "buy EURUSD.i",
        ),
        (
            r#"{"ticker":"EUR/USD","symbol":"OANDA:EURUSD","action":"buy"}"#,
            "buy EURUSD",
        ),
        (
            r#"{"ticker":"EURUSD","symbol":"EURUSD.i","action":"buy"}"#,
            "! ambiguous_symbol",
        ),
        (
            r#"{"ticker":"EURUSD","ticker":"GBPUSD","action":"buy"}"#,
            "! ambiguous_symbol",
        ),
        (r#"{"ticker":"EUR USD","action":"buy"}"#, "! bad_symbol"),
        (r#"{"ticker":"A:B:C","action":"buy"}"#, "! bad_symbol"),
        (r#"{"ticker":"ЕURUSD","action":"buy"}"#, "! bad_symbol"),
        (
            r#"{"ticker":"BINANCE:BTCUSDT/BINANCE:ETHUSDT","action":"buy"}"#,
            "! bad_symbol",
        ),
        (
            r#"{"ticker":"123456789012345678901234567890123","action":"buy"}"#,
            "! bad_symbol",
        ),
        (r#"{"ticker":"NaN","action":"buy"}"#, "! no_symbol"),
        (r#"{"token":"EURUSD","action":"buy"}"#, "! no_symbol"),
    ]);
}

#[test]
fn the_position_after_the_order_tells_entries_from_exits() {
    check(&[
        (
            r#"{"symbol":"EURUSD","action":"sell","position":"flat"}"#,
            "close EURUSD of=long position=flat",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","position":"flat"}"#,
            "close EURUSD of=short position=flat",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","position":"long","volume":1}"#,
            "close EURUSD of=long volume=1 position=long",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","position":"short","volume":1}"#,
            "close EURUSD of=short volume=1 position=short",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","position":"long"}"#,
            "! contradicts_position",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","position":"short"}"#,
            "sell EURUSD position=short",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close","position":"flat","prev_market_position":"short"}"#,
            "close EURUSD of=short position=flat",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","position":"flat","prev_market_position":"long"}"#,
            "! contradicts_position",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close","position":"long"}"#,
            "! contradicts_position",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close_short","position":"long","volume":1}"#,
            "! contradicts_position",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","position":"long","sentiment":"flat"}"#,
            "! contradicts_position",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","market_position_size":"0"}"#,
            "close EURUSD of=long position=flat",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","position_size":"-1"}"#,
            "! ambiguous_value",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","position":"up"}"#,
            "! unknown_position",
        ),
        (r#"{"symbol":"EURUSD","action":"buy","position":""}"#, "buy EURUSD"),
    ]);
}

#[test]
fn what_would_change_an_exit_is_refused_and_the_rest_does_not_keep_a_position_open() {
    check(&[
        (
            r#"{"symbol":"EURUSD","action":"close","sl":"abc","tp":-1,"risk":"x","price":"x"}"#,
            "close EURUSD",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close","trailing_stop":5}"#,
            "close EURUSD",
        ),
        (
            r#"{"symbol":"EURUSD","action":"close","percent":50}"#,
            "! unsupported_field",
        ),
        (r#"{"symbol":"EURUSD","action":"close","volume":0}"#, "! bad_number"),
        (
            r#"{"symbol":"EURUSD","action":"sell","position":"flat","dry_run":true}"#,
            "! unsupported_field",
        ),
    ]);
}

#[test]
fn a_field_whose_loss_makes_the_order_riskier_is_refused() {
    for field in [
        r#""sl_percent":1"#,
        r#""stop_loss_pct":"1""#,
        r#""trailing_stop":50"#,
        r#""reduceOnly":true"#,
        r#""limit_price":1.08"#,
        r#""stop_price":1.08"#,
        r#""sl":"1%""#,
        r#""tp2":1.2"#,
        r#""takeProfits":[1.1,1.2]"#,
        r#""slAtr":2"#,
        r#""max_loss_points":2"#,
        r#""usd":100"#,
        r#""order":{"percent":5}"#,
        r#""extra":{"sl":1.08}"#,
        r#""dry_run":true"#,
        r#""test":1"#,
        r#""delay":60"#,
        r#""breakeven":"on""#,
        r#""expires_at":"2026-01-01""#,
    ] {
        let body = format!(r#"{{"symbol":"EURUSD","action":"buy",{field}}}"#);
        assert_eq!(line(&body), "! unsupported_field", "{body}");
    }
    for idle in [
        r#""sl_percent":0"#,
        r#""trailing_stop":null"#,
        r#""reduceOnly":false"#,
        r#""breakeven":"off""#,
        r#""takeProfits":[]"#,
    ] {
        let body = format!(r#"{{"symbol":"EURUSD","action":"buy",{idle}}}"#);
        assert_eq!(line(&body), "buy EURUSD", "{body}");
    }
}

#[test]
fn numbers_are_decimals_and_never_guessed() {
    let volume = |sent: &str| line(&format!(r#"{{"symbol":"EURUSD","action":"buy","volume":{sent}}}"#));
    for (sent, expected) in [
        ("0.1", "buy EURUSD volume=0.1"),
        ("\"0.10\"", "buy EURUSD volume=0.1"),
        ("\"0,15\"", "buy EURUSD volume=0.15"),
        ("1e-2", "buy EURUSD volume=0.01"),
        ("\"+1\"", "buy EURUSD volume=1"),
        ("\"0,125\"", "buy EURUSD volume=0.125"),
        ("\"1,125\"", "! bad_number"),
        ("\"1,000.5\"", "! bad_number"),
        ("\"0.1 lots\"", "! bad_number"),
        ("\"١\"", "! bad_number"),
        ("-1", "! bad_number"),
        ("0", "! bad_number"),
        ("1e400", "! bad_number"),
        ("1e99", "! bad_number"),
        ("1e-20", "! bad_number"),
        ("true", "! bad_number"),
        ("[1]", "! bad_number"),
        ("NaN", "buy EURUSD"),
        ("\"\"", "buy EURUSD"),
        ("null", "buy EURUSD"),
        ("\"{{strategy.order.contracts}}\"", "buy EURUSD"),
        ("1000", "! volume_out_of_range"),
        ("12345678901", "! bad_number"),
        ("0.10000000000000001", "buy EURUSD volume=0.1"),
    ] {
        assert_eq!(volume(sent), expected, "volume {sent}");
    }
}

#[test]
fn two_values_for_one_number_are_refused() {
    check(&[
        (
            r#"{"symbol":"EURUSD","action":"buy","volume":0.1,"lots":"0.10"}"#,
            "buy EURUSD volume=0.1",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","volume":0.1,"lots":0.2}"#,
            "! ambiguous_value",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","volume":0.1,"risk_pct":1}"#,
            "! ambiguous_value",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","sl":1.08,"sl_pips":20}"#,
            "! ambiguous_value",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","sl":1.08,"stopLoss":1.07}"#,
            "! ambiguous_value",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","price":1.08,"close":1.0801}"#,
            "buy EURUSD price=1.08",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","open":1,"high":2,"low":1,"close":1.5,"volume":12}"#,
            "! ambiguous_value",
        ),
        (r#"{"symbol":"EURUSD","action":"buy","risk_pct":101}"#, "! bad_number"),
    ]);
}

#[test]
fn stops_stand_on_their_side_of_the_price() {
    check(&[
        (
            r#"{"symbol":"EURUSD","action":"buy","price":1.08,"sl":1.09}"#,
            "! bad_stops",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","price":1.08,"tp":1.09}"#,
            "! bad_stops",
        ),
        (
            r#"{"symbol":"EURUSD","action":"sell","price":1.08,"sl":50}"#,
            "! bad_stops",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","price":1.08,"tp":50}"#,
            "! bad_stops",
        ),
        (
            r#"{"symbol":"EURUSD","action":"buy","price":1.08,"sl":0,"tp":"0"}"#,
            "buy EURUSD price=1.08",
        ),
    ]);
}

#[test]
fn a_time_that_cannot_be_read_is_not_ignored() {
    let time = |sent: &str| line(&format!(r#"{{"symbol":"EURUSD","action":"buy","time":{sent}}}"#));
    for (sent, expected) in [
        ("\"2026-01-31T09:30:00Z\"", "buy EURUSD time=2026-01-31T09:30:00Z"),
        ("\"2026-01-31T10:30:00+01:00\"", "buy EURUSD time=2026-01-31T09:30:00Z"),
        ("1769851800", "buy EURUSD time=2026-01-31T09:30:00Z"),
        ("1769851800000", "buy EURUSD time=2026-01-31T09:30:00Z"),
        ("\"2026-01-31 09:30\"", "! bad_time"),
        ("\"yesterday\"", "! bad_time"),
        ("5", "! bad_time"),
        ("\"0001-01-01T00:00:00Z\"", "! bad_time"),
        ("\"{{timenow}}\"", "buy EURUSD"),
        ("\"\"", "buy EURUSD"),
    ] {
        assert_eq!(time(sent), expected, "time {sent}");
    }
}

#[test]
fn an_id_is_short_and_single() {
    let long = format!(r#"{{"symbol":"EURUSD","action":"buy","id":"{}"}}"#, "x".repeat(129));
    assert_eq!(line(&long), "! bad_id");
    assert_eq!(
        line(r#"{"symbol":"EURUSD","action":"buy","id":"a","alert_id":"b"}"#),
        "! bad_id"
    );
    assert_eq!(
        line(r#"{"symbol":"EURUSD","action":"buy","order_id":"Long"}"#),
        "buy EURUSD"
    );
}

#[test]
fn other_encodings_are_read() {
    let utf16: Vec<u8> = "\u{feff}BUY EURUSD".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        read(&utf16).map(|reading| reading.alert.symbol.into_string()),
        Ok("EURUSD".to_owned())
    );
    assert_eq!(
        read(b"BUY EUR\xffUSD").map_err(|unreadable| unreadable.code).err(),
        Some(UnreadableCode::BadSymbol)
    );
}

#[test]
fn nesting_is_bounded_and_long_bodies_are_read_in_linear_time() {
    let deep = "[".repeat(60_000);
    assert_eq!(line(&deep), "! bad_json");
    for unit in [
        "{{}}", "a=", "secret=", "data", "\"", "(", "x,", "sl:1 ", "\\u0000", "[[]],", "buy\n", "buy ", "order.",
        "{\"a\":",
    ] {
        let body = unit.repeat(65_536 / unit.len());
        for body in [
            body.clone(),
            format!("{{\"{body}\":1}}"),
            format!("{{\"a\":{body}}}"),
            format!("BUY EURUSD {body}=1"),
        ] {
            let started = std::time::Instant::now();
            let _ = read(body.as_bytes());
            let _ = super::super::redact(body.as_bytes());
            assert!(
                started.elapsed().as_secs() < 3,
                "64 KiB of {unit:?} took {:?}",
                started.elapsed()
            );
        }
    }
}

#[test]
fn a_reading_says_what_was_ignored_and_how_the_rest_was_understood() {
    let body = r#"{"ticker":"OANDA:EURUSD","action":"buy","qty":1,"interval":"15","secret":"s3cr3t","sl":""}"#;
    let reading = read(body.as_bytes()).expect("readable");
    assert_eq!(
        reading.notes,
        [
            "The symbol \"OANDA:EURUSD\" is read as EURUSD.",
            "\"sl\" is empty and was taken as absent.",
            "\"qty\" is read as 1 lots.",
            "Ignored: \"interval\", \"secret\".",
        ]
    );
    let json = serde_json::to_value(&reading).expect("serialisable");
    assert_eq!(
        json["alert"],
        serde_json::json!({"symbol": "EURUSD", "action": "buy", "volume": 1})
    );
}

#[test]
fn codes_are_distinct_words() {
    let words: std::collections::HashSet<_> = UnreadableCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), UnreadableCode::ALL.len());
}

#[test]
fn no_word_and_no_name_has_two_meanings() {
    for words in [super::super::action::listed_words(), super::super::keys::listed_names()] {
        let mut seen = std::collections::HashSet::new();
        let twice: Vec<_> = words.into_iter().filter(|word| !seen.insert(*word)).collect();
        assert!(
            twice.is_empty(),
            "listed twice, so only the last meaning counts: {twice:?}"
        );
    }
}
