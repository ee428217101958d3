use serde_json::{Value, json};

use super::super::redact;

#[test]
fn secrets_are_hidden_in_every_form() {
    for body in [
        r#"{"symbol":"EURUSD","secret":"S3CR3T"}"#,
        r#"{"symbol":"EURUSD","api_token":{"value":"S3CR3T"}}"#,
        r#"{"symbol":"EURUSD","webhookSecret":"S3CR3T","bot_token":["S3CR3T"]}"#,
        r#"{"symbol":"EURUSD","Pass Phrase":"S3CR3T"}"#,
        r#"{"symbol":EURUSD,"passphrase":"S3,CR3T"}"#,
        r#"{"symbol":EURUSD,"passphrase":"S3\"S3CR3T"}"#,
        r#""{\"symbol\":\"EURUSD\",\"key\":\"a,S3CR3T\"}""#,
        r#"{"key":"a","key":"S3CR3T"}"#,
        r#"{"message":"60123456789,buy,EURUSD,secret=S3CR3T"}"#,
        r#"{"message":"S3CR3T,buy,EURUSD"}"#,
        r#"{"message":"{\"apikey\":\"S3CR3T\"}"}"#,
        "S3CR3T,BUY,EURUSD",
        "S3CR3T,frobnicate,EURUSD",
        "S3CR3T|strategy name|buy|BTCUSDT",
        "60123456789,BUY,EURUSD,secret = S3CR3T , comment=x",
        "symbol: EURUSD\napi key: S3CR3T\naction: buy",
        "symbol=EURUSD&token=S3CR3T&action=buy",
        "BUY EURUSD pass=S3CR3T",
        "BUY EURUSD secret='S3CR3T'",
        "https://example.org/?apikey=S3CR3T",
    ] {
        let stored = redact(body.as_bytes()).to_string();
        assert!(!stored.contains("S3CR3T"), "{body}\nis stored as {stored}");
        assert!(stored.contains("***"), "{body}\nis stored as {stored}");
    }
}

#[test]
fn the_rest_is_kept_as_it_was_sent() {
    let kept = [
        (
            r#"{"b":1.10,"a":[null,true,"x"],"n":123456789012345678901234567890.5}"#,
            r#"{"a":[null,true,"x"],"b":1.10,"n":123456789012345678901234567890.5}"#,
        ),
        ("BUY EURUSD 1.0850", r#"{"text":"BUY EURUSD 1.0850"}"#),
        (r#"{"comment":"RSI,MACD"}"#, r#"{"comment":"RSI,MACD"}"#),
        ("60123456789,buy,EURUSD,sl=50", r#"{"text":"***,buy,EURUSD,sl=50"}"#),
        ("buy,EURUSD,secret=x,sl=50", r#"{"text":"buy,EURUSD,secret=***,sl=50"}"#),
        ("12", r#"{"text":"12"}"#),
        ("", r#"{"text":""}"#),
    ];
    for (body, expected) in kept {
        let expected: Value = expected.parse().expect("the table's JSON");
        assert_eq!(redact(body.as_bytes()), expected, "{body}");
    }
}

#[test]
fn nothing_is_left_that_jsonb_refuses() {
    let body = br#"{"a\u0000":"x\u0000y","b":"\ud800","c":1e400,"d":"\ud83d\ude00"}"#;
    let expected = json!({"a\u{fffd}": "x\u{fffd}y", "b": "\u{fffd}", "c": "1e400", "d": "😀"});
    assert_eq!(redact(body), expected);
    assert_eq!(redact(b"a\0b\xff"), json!({"text": "a\u{fffd}b\u{fffd}"}));
}

#[test]
fn long_texts_are_cut() {
    let stored = redact("x".repeat(100_000).as_bytes());
    assert_eq!(
        stored["text"].as_str().map(|text| text.chars().count()),
        Some(8 * 1024 + 1)
    );
}
