//! JSON objects that users let us keep: settings, configurations, inputs of an expert advisor.

use serde_json::{Map, Number, Value};

pub type Object = Map<String, Value>;

const MOST_BYTES: usize = 64 * 1024;
const LONGEST_NUMBER: usize = 40;
const LARGEST_EXPONENT: u32 = 300;

/// What an object must be to be kept.
pub const RULE: &str = "a JSON object of at most 65536 bytes, without NUL characters and absurd numbers";

/// Whether the object is of a bearable size and of what Postgres can store: it knows no NUL, and no number of a million
/// digits, which a few letters can make.
pub fn is_bearable(object: &Object) -> bool {
    let bytes = serde_json::to_vec(object).expect("an object is JSON").len();
    bytes <= MOST_BYTES && object.iter().all(|(key, value)| is_text(key) && is_storable(value))
}

/// Whether Postgres can store it as text.
pub fn is_text(text: &str) -> bool {
    !text.contains('\0')
}

fn is_storable(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => is_number(number),
        Value::String(text) => is_text(text),
        Value::Array(values) => values.iter().all(is_storable),
        Value::Object(object) => object.iter().all(|(key, value)| is_text(key) && is_storable(value)),
    }
}

pub(super) fn is_number(number: &Number) -> bool {
    let text = number.to_string();
    let exponent = text.split(['e', 'E']).nth(1).map_or(Ok(0), str::parse::<i32>);
    text.len() <= LONGEST_NUMBER && exponent.is_ok_and(|exponent| exponent.unsigned_abs() <= LARGEST_EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearable(text: &str) -> bool {
        is_bearable(&serde_json::from_str(text).expect("an object"))
    }

    #[test]
    fn an_object_is_of_bearable_size_and_storable() {
        assert!(bearable(
            r#"{"lots":0.10,"deep":[{"x":null,"y":-1.5e-7}],"name":"Тренд"}"#
        ));
        for bad in [
            r#"{"a":"\u0000"}"#,
            r#"{"a\u0000":1}"#,
            r#"{"a":[{"b\u0000":1}]}"#,
            r#"{"a":1e400000}"#,
            r#"{"a":1E-400000}"#,
            r#"{"a":1e99999999999999999999}"#,
            r#"{"a":11111111111111111111111111111111111111111}"#,
        ] {
            assert!(!bearable(bad), "{bad}");
        }
        let long = |bytes: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - r#"{"a":""}"#.len()));
        assert!(bearable(&long(MOST_BYTES)));
        assert!(!bearable(&long(MOST_BYTES + 1)));
    }
}
