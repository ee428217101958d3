//! The contract's schemas, made as strict as the handlers' types are.

use serde_json::{Map, Value, json};

/// Requests may be written by newer clients: only what refuses unknown fields itself is closed, as the contract says.
pub(super) const REQUESTS: &str = "https://contract.test/requests";
/// Answers are written by us: a field that is not described is a mistake.
pub(super) const ANSWERS: &str = "https://contract.test/answers";

/// The formats of integers as bounds, since JSON Schema knows formats of text only.
pub(super) fn with_ranges(openapi: &Value) -> Value {
    let mut openapi = openapi.clone();
    bound_integers(&mut openapi);
    openapi
}

/// Every object of known properties has these and no others.
///
/// Where several are put together by `allOf`, as serde's `flatten` does, only the whole can be closed. So there are two of
/// each component: one closed, and below `/open` one for being a part.
pub(super) fn closed(openapi: &Value) -> Value {
    let mut closed = with_ranges(openapi);
    let mut parts = closed["components"]["schemas"].clone();
    for part in parts.as_object_mut().into_iter().flat_map(Map::values_mut) {
        close(part, true);
    }
    close_every_schema(&mut closed);
    closed["open"] = parts;
    closed
}

/// Where a rule of [`closed`] stands in `openapi.json`.
pub(super) fn as_committed(rule: &str) -> String {
    match rule.strip_prefix("/open/") {
        Some(part) => format!("/components/schemas/{part}"),
        None => rule.to_owned(),
    }
}

/// What stands at `schema` anywhere, and each component.
fn close_every_schema(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "schema" => close(member, false),
                    "schemas" => member
                        .as_object_mut()
                        .into_iter()
                        .flat_map(Map::values_mut)
                        .for_each(|schema| close(schema, false)),
                    _ => close_every_schema(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close_every_schema),
        _ => {}
    }
}

fn close(schema: &mut Value, is_part: bool) {
    let Some(members) = schema.as_object_mut() else { return };
    let mut is_closed = members.contains_key("properties") && !members.contains_key("additionalProperties");
    for (keyword, member) in members.iter_mut() {
        match keyword.as_str() {
            "$ref" if is_part => {
                let name = member
                    .as_str()
                    .and_then(|place| place.rsplit('/').next())
                    .unwrap_or_default();
                *member = Value::from(format!("#/open/{name}"));
            }
            "allOf" => {
                // A part without properties of its own stands for whatever else there is.
                is_closed = !list(member)
                    .iter()
                    .any(|part| part["type"] == "object" && part.get("properties").is_none());
                for part in list(member) {
                    close(part, true);
                }
            }
            "oneOf" | "anyOf" => list(member).iter_mut().for_each(|choice| close(choice, is_part)),
            "items" | "additionalProperties" => close(member, false),
            "properties" => {
                member
                    .as_object_mut()
                    .into_iter()
                    .flat_map(Map::values_mut)
                    .for_each(|property| close(property, false));
            }
            _ => {}
        }
    }
    if is_closed && !is_part {
        members.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
}

fn list(value: &mut Value) -> &mut [Value] {
    value.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default()
}

fn bound_integers(value: &mut Value) {
    if let Value::Object(members) = value {
        let (least, most) = match members.get("format").and_then(Value::as_str) {
            Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
            Some("int64") => (json!(i64::MIN), json!(i64::MAX)),
            _ => (Value::Null, Value::Null),
        };
        for (keyword, bound) in [("minimum", least), ("maximum", most)] {
            if !bound.is_null() {
                members.entry(keyword).or_insert(bound);
            }
        }
        members.values_mut().for_each(bound_integers);
    } else {
        list(value).iter_mut().for_each(bound_integers);
    }
}

/// A name as a step of a JSON pointer in a URI.
pub(super) fn escaped(name: &str) -> String {
    [("~", "~0"), ("/", "~1"), ("{", "%7B"), ("}", "%7D")]
        .iter()
        .fold(name.to_owned(), |name, (from, to)| name.replace(from, to))
}
