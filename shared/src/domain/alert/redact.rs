//! What of a body may be stored: no secret, and nothing Postgres' jsonb refuses.

use serde_json::{Map, Number, Value};

use super::action;
use super::json::{self, Node};
use super::keys;
use super::text;

const HIDDEN: &str = "***";
const LONGEST_TEXT: usize = 8 * 1024;

/// The body as `tv_signals.raw_payload`: JSON as it is, anything else as `{"text": …}`.
///
/// Where a value could be a secret it is hidden, even at the price of hiding too much.
pub fn redact(body: &[u8]) -> Value {
    let decoded = text::decode(body);
    let body = text::trim(&decoded);
    match json::quoted(body) {
        Some(inner) => redacted(text::trim(&inner)),
        None => redacted(body),
    }
}

fn redacted(body: &str) -> Value {
    match json::parse(body) {
        Ok(document) if document.strict && is_container(&document.root) && !has_repeated_key(&document.root) => {
            value(document.root)
        }
        _ => {
            let text = harmless(&hide_in_text(body, Whole::Body));
            Value::Object(Map::from_iter([("text".to_owned(), Value::String(text))]))
        }
    }
}

/// A body that is no JSON may be a command with a licence in front; a JSON value is one only if it has an action.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    Body,
    Value,
}

fn is_container(node: &Node) -> bool {
    matches!(node, Node::Object(_) | Node::List(_))
}

/// jsonb keeps one of two equal keys, and the log must show both.
fn has_repeated_key(node: &Node) -> bool {
    match node {
        Node::Object(members) => {
            let mut seen = std::collections::HashSet::new();
            members
                .iter()
                .any(|(key, node)| !seen.insert(harmless(key)) || has_repeated_key(node))
        }
        Node::List(items) => items.iter().any(has_repeated_key),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) => false,
    }
}

fn value(node: Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(value),
        Node::Number(text) => number(&text),
        Node::Text(text) => Value::String(harmless(&hide_in_text(&text, Whole::Value))),
        Node::List(items) => items.into_iter().map(value).collect(),
        Node::Object(members) => Value::Object(members.into_iter().map(member).collect()),
    }
}

fn member((key, node): (String, Node)) -> (String, Value) {
    let hidden = keys::is_secret(&key) && node != Node::Null;
    let value = if hidden {
        Value::String(HIDDEN.to_owned())
    } else {
        value(node)
    };
    (harmless(&key), value)
}

/// A number beyond what `numeric` takes is stored as its text.
fn number(text: &str) -> Value {
    const LONGEST: usize = 64;
    let exponent = text.split_once(['e', 'E']).map_or("0", |(_, exponent)| exponent);
    let fits = text.len() <= LONGEST && exponent.parse::<i32>().is_ok_and(|exponent| exponent.abs() <= 300);
    match text.parse::<Number>() {
        Ok(number) if fits => Value::Number(number),
        _ => Value::String(harmless(text)),
    }
}

/// jsonb refuses U+0000; the rest is for size.
fn harmless(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(LONGEST_TEXT)
        .map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if text.chars().nth(LONGEST_TEXT).is_some() {
        out.push('…');
    }
    out
}

fn hide_in_text(text: &str, whole: Whole) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        match licence(line, whole) {
            Some((before, after)) => {
                out.push_str(before);
                out.push_str(HIDDEN);
                hide_values(after, &mut out);
            }
            None => hide_values(line, &mut out),
        }
    }
    out
}

/// The leading words of `LICENCE,buy,EURUSD` and `key|strategy|buy|EURUSD`: what is around the first.
fn licence(line: &str, whole: Whole) -> Option<(&str, &str)> {
    let end = line.find([',', '|', ';'])?;
    let first = line[..end].trim();
    let is_licence_like = !first.is_empty()
        && !first.contains(|c: char| c.is_whitespace() || "=:{}\"'".contains(c))
        && action::word(first).is_none();
    let has_action = || {
        line[end..]
            .split([',', '|', ';'])
            .skip(1)
            .take(2)
            .any(|word| action::word(word).is_some())
    };
    let before = line.len() - line.trim_start().len();
    (is_licence_like && (whole == Whole::Body || has_action())).then(|| (&line[..before], &line[end..]))
}

/// Hides what follows `secret=`, `"key": `, `api token:`.
fn hide_values(text: &str, out: &mut String) {
    let mut from = 0;
    while let Some(found) = text[from..].find(['=', ':']) {
        let after = from + found + 1;
        out.push_str(&text[from..after]);
        let end = if is_secret_name(name_before(&text[from..after - 1])) {
            after + hidden_length(&text[after..])
        } else {
            after
        };
        if end > after {
            let value = &text[after..end];
            let space = value.len() - value.trim_start().len();
            out.push_str(&value[..space]);
            out.push_str(HIDDEN);
        }
        from = end;
    }
    out.push_str(&text[from..]);
}

/// The text since the last separator: a name, perhaps in quotes, perhaps after other words. Longer than 64 bytes it is
/// no name, and looking further back would cost a square of the body.
fn name_before(text: &str) -> &str {
    let text = &text[text.floor_char_boundary(text.len().saturating_sub(64))..];
    let start = text.rfind([',', ';', '|', '&', '{', '?', '\n']).map_or(0, |at| at + 1);
    &text[start..]
}

fn is_secret_name(name: &str) -> bool {
    keys::is_secret(name) || name.split_whitespace().next_back().is_some_and(keys::is_secret)
}

/// How far the value reaches: to its closing quote, or to the next separator.
fn hidden_length(text: &str) -> usize {
    let space = text.len() - text.trim_start().len();
    let value = &text[space..];
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let length = match quote {
        Some(quote) => quoted_length(value, quote).unwrap_or(value.len()),
        None => value.find([',', ';', '|', '&', '}', '\n', '\r']).unwrap_or(value.len()),
    };
    if length == 0 { 0 } else { space + length }
}

fn quoted_length(value: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in value.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}
