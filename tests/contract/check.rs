//! That an answer which is not as the contract says is noticed, and how it is told.

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Value, json};

use crate::support::contract::{Contract, Exchange};

fn contract() -> Contract {
    Contract::new(&json!({
        "openapi": "3.1.0",
        "paths": {"/things/{id}": {
            "get": {"responses": {"200": {
                "headers": {"X-Count": {"schema": {"type": "integer"}}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
            }}},
            "patch": {
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
                "responses": {"204": {}},
            },
        }, "/things/newest": {"get": {"responses": {"204": {}}}}},
        "components": {"schemas": {
            "Thing": {"allOf": [
                {"$ref": "#/components/schemas/Named"},
                {"type": "object", "required": ["count"], "properties": {
                    "count": {"type": "integer", "format": "int32"},
                    "made_at": {"type": ["string", "null"], "format": "date-time"},
                    "part": {"$ref": "#/components/schemas/Named"},
                }},
            ]},
            "Named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            "Change": {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": false},
        }},
    }))
}

const GOOD: &str = r#"{"name":"one","count":1,"made_at":"2026-01-01T00:00:00Z","part":{"name":"two"}}"#;

fn headers(of: &[(&'static str, &'static str)]) -> HeaderMap {
    let header = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    of.iter().map(header).collect()
}

/// What is said of `GET /things/1`, answered so.
fn said(status: u16, of_headers: &[(&'static str, &'static str)], body: &str) -> String {
    said_of("/things/1?q=1", status, of_headers, body)
}

fn said_of(path: &str, status: u16, of_headers: &[(&'static str, &'static str)], body: &str) -> String {
    let exchange = Exchange {
        method: &Method::GET,
        path,
        status,
        headers: &headers(of_headers),
        body,
    };
    contract().complaints(&exchange).join("\n")
}

const JSON: [(&str, &str); 2] = [("content-type", "application/json; charset=utf-8"), ("x-count", "3")];

#[test]
fn an_answer_as_described_is_fine() {
    assert_eq!(said(200, &JSON, GOOD), "");
}

#[test]
fn an_answer_that_is_not_as_described_says_where_and_by_which_rule() {
    let change = |pointer: &str, value: Value| {
        let mut body: Value = serde_json::from_str(GOOD).expect("JSON");
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        body.pointer_mut(parent).expect("a parent")[name] = value;
        said(200, &JSON, &body.to_string())
    };
    for (pointer, value, words) in [
        (
            "/count",
            json!("1"),
            ["/count", "/components/schemas/Thing/allOf/1/properties/count/type"],
        ),
        ("/count", json!(1.5), ["/count", "integer"]),
        ("/count", json!(2_147_483_648_u32), ["/count", "maximum"]),
        ("/made_at", json!("yesterday"), ["/made_at", "date-time"]),
        (
            "/name",
            json!(null),
            ["/name", "/components/schemas/Named/properties/name/type"],
        ),
        ("/more", json!(1), ["more", "unevaluatedProperties"]),
        ("/part/more", json!(1), ["/part", "unevaluatedProperties"]),
    ] {
        let said = change(pointer, value);
        for word in ["GET /things/{id}", "200", "cargo xtask openapi"]
            .into_iter()
            .chain(words)
        {
            assert!(said.contains(word), "{word} is not in: {said}");
        }
    }
    assert!(said(200, &JSON, r#"{"name":"one"}"#).contains("\"count\" is a required property"));
}

#[test]
fn an_answer_of_another_status_type_or_header_is_not_as_described() {
    assert!(said(500, &JSON, GOOD).contains("answered 500, and openapi.json knows 200"));
    assert!(said(200, &[("content-type", "text/html"), ("x-count", "3")], GOOD).contains("text/html"));
    assert!(said(200, &JSON[..1], GOOD).contains("no header x-count"));
    assert!(said(200, &[JSON[0], ("x-count", "many")], GOOD).contains("\"many\" is not of type"));
    assert!(said(200, &[JSON[0], JSON[1], ("x-more", "1")], GOOD).contains("x-more"));
    assert!(said(200, &JSON, "<html>").contains("no JSON"));
}

#[test]
fn the_gateways_own_refusals_are_no_part_of_the_contract_but_its_500_is() {
    let plain = [("content-type", "application/json")];
    for status in [413, 431, 503] {
        assert_eq!(said(status, &plain, r#"{"message":"Words"}"#), "");
    }
    let no_route = r#"{"message":"Not Found"}"#;
    assert_eq!(said_of("/nothing", 404, &plain, no_route), "");
    assert!(
        said(404, &plain, no_route).contains("template.yaml"),
        "a route of the contract must be there"
    );
    assert_ne!(said(500, &plain, r#"{"message":"Internal Server Error"}"#), "");
    assert_ne!(said(413, &plain, r#"{"message":"Words","more":"1"}"#), "");
    assert_ne!(
        said(
            413,
            &[("content-type", "application/problem+json")],
            r#"{"message":"Words"}"#
        ),
        ""
    );
}

#[test]
fn a_request_that_is_not_as_described_is_told() {
    let said = |sent: &str| {
        let complaints = contract().complaints_of_request(&Method::PATCH, "/things/1", sent.as_bytes());
        complaints.join("\n")
    };
    assert_eq!(said(r#"{"name":"two"}"#), "");
    for sent in [r#"{"name":2}"#, r#"{"more":2}"#, "[]", ""] {
        assert!(
            said(sent).contains("PATCH /things/{id}: the request"),
            "{sent}: {}",
            said(sent)
        );
    }
}

#[test]
fn a_word_in_a_path_goes_before_a_parameter() {
    assert_eq!(said_of("/things/newest", 204, &[], ""), "");
}
