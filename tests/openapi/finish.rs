//! What the contract says of every operation alike, so that no handler has to repeat it.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::Value;
use utoipa::openapi::{
    KnownFormat, OpenApi, RefOr, Schema, SchemaFormat,
    path::Operation,
    schema::{AdditionalProperties, ArrayItems, SchemaType, Type},
};

pub(super) fn finish(contract: &mut OpenApi) {
    for (path, item) in &mut contract.paths.paths {
        let verbs = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (verb, operation) in verbs {
            if let Some(operation) = operation {
                operation.operation_id = Some(operation_id(verb, path));
                describe_answers(operation);
            }
        }
    }
    let described = serde_json::to_value(&*contract).expect("a contract is JSON");
    let answered = reached(&described, "responses");
    let components = contract.components.as_mut().expect("a contract has schemas");
    for name in reached(&described, "requestBody").difference(&answered) {
        let schema = components.schemas.get_mut(name).expect("a reference leads to a schema");
        take_decimals_as_text(schema);
    }
}

/// Unique, which the names of handlers are only within their module: `post_agents_id_rotate_key`.
fn operation_id(verb: &str, path: &str) -> String {
    let words = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    std::iter::once(verb).chain(words).collect::<Vec<_>>().join("_")
}

/// Version 3.1 requires a description of every answer; where there is nothing to say it is what the status says.
fn describe_answers(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        let status = StatusCode::from_bytes(status.as_bytes()).expect("a status is a number");
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            status
                .canonical_reason()
                .unwrap_or_default()
                .clone_into(&mut answer.description);
        }
    }
}

/// A decimal may be sent as text, which no JSON library rounds; in answers it is always a number.
fn take_decimals_as_text(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            if object.format == Some(SchemaFormat::KnownFormat(KnownFormat::Double)) {
                let mut types = match &object.schema_type {
                    SchemaType::Type(one) => vec![one.clone()],
                    SchemaType::Array(several) => several.clone(),
                    SchemaType::AnyValue => return,
                };
                types.push(Type::String);
                object.schema_type = SchemaType::Array(types);
                object.pattern = Some(r"^-?[0-9]+(\.[0-9]+)?$".to_owned());
            }
            object.properties.values_mut().for_each(take_decimals_as_text);
            if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
                take_decimals_as_text(values);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                take_decimals_as_text(items);
            }
        }
        Schema::OneOf(choices) => choices.items.iter_mut().for_each(take_decimals_as_text),
        Schema::AnyOf(choices) => choices.items.iter_mut().for_each(take_decimals_as_text),
        Schema::AllOf(parts) => parts.items.iter_mut().for_each(take_decimals_as_text),
        _ => panic!("a new kind of schema, which nobody has looked through for decimals yet: do it here"),
    }
}

/// The names of all schemas that this part of the operations leads to.
fn reached(contract: &Value, part: &str) -> BTreeSet<String> {
    let (mut names, mut ahead) = (BTreeSet::new(), Vec::new());
    let operations = contract["paths"]
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::values);
    for operation in operations
        .filter_map(Value::as_object)
        .flat_map(serde_json::Map::values)
    {
        references(&operation[part], &mut ahead);
    }
    while let Some(name) = ahead.pop() {
        if names.insert(name.clone()) {
            references(&contract["components"]["schemas"][&name], &mut ahead);
        }
    }
    names
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some((_, name)) = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|place| place.rsplit_once('/'))
            {
                found.push(name.to_owned());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
