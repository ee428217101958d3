//! The committed contract, held against every request and answer that a test's caller sees.
//!
//! Nobody may learn from an answer what the contract does not say: its status, content type, headers and fields must all be
//! there. Of requests only those that a test wants to succeed are checked, since the others are wrong on purpose.

mod operation;
mod schema;
mod strict;

use std::{collections::BTreeMap, sync::LazyLock};

use jsonschema::{Draft, Registry};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::Value;

pub(crate) use self::operation::Operation;

const REMEDY: &str =
    "change the handler's type or its utoipa attributes to what is true, then run `cargo xtask openapi`";

pub(crate) struct Contract {
    operations: Vec<Operation>,
    registry: Registry<'static>,
}

/// What was asked and what was answered.
pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a Method,
    /// With its query.
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a str,
}

pub(crate) fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let file = xtask::root().join("openapi.json");
        let text = std::fs::read_to_string(file).expect("openapi.json is committed");
        Contract::new(&serde_json::from_str(&text).expect("openapi.json is JSON"))
    });
    &CONTRACT
}

impl Contract {
    pub(crate) fn new(openapi: &Value) -> Self {
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(strict::REQUESTS, strict::with_ranges(openapi))
            .and_then(|registry| registry.add(strict::ANSWERS, strict::closed(openapi)))
            .and_then(jsonschema::RegistryBuilder::prepare)
            .expect("the contract refers to nothing outside");
        Self {
            operations: operation::all(openapi),
            registry,
        }
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    pub(crate) fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// As the gateway chooses: a word before a parameter.
    fn find(&self, method: &Method, path: &str) -> Option<&Operation> {
        let path = path.split('?').next().unwrap_or_default();
        let asked: Vec<&str> = path.split('/').collect();
        self.operations
            .iter()
            .filter(|operation| operation.method == *method && operation.fits(&asked))
            .min_by_key(|operation| operation.generality())
    }

    /// What of the answer the contract does not allow, a sentence each.
    pub(crate) fn complaints(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let Exchange {
            method, path, status, ..
        } = exchange;
        match (self.find(method, path), exchange.is_the_gateways()) {
            // That there is no route is true only of what the contract does not describe.
            (Some(operation), true) if *status == 404 => vec![format!(
                "{operation} is in openapi.json, and the gateway has no route for it: declare it in template.yaml"
            )],
            (_, true) => Vec::new(),
            (Some(operation), false) => operation.complaints_of_the_answer(&self.registry, exchange),
            (None, false) => vec![format!(
                "{method} {path} was answered {status} by a function, and openapi.json has no such operation: {REMEDY}"
            )],
        }
    }

    /// What of a request that ought to be taken the contract does not allow.
    pub(crate) fn complaints_of_request(&self, method: &Method, path: &str, sent: &[u8]) -> Vec<String> {
        let operation = self.find(method, path);
        operation.map_or_else(Vec::new, |operation| {
            operation.complaints_of_the_request(&self.registry, sent)
        })
    }
}

impl Exchange<'_> {
    /// The gateway refuses in its own words before a function is asked: no route, too long for an event, too busy. They are
    /// the same for every API behind it, so they are no part of ours. Nothing else has this shape: our refusals are problems,
    /// and a 500 of the gateway means that a function died, which the contract never allows.
    fn is_the_gateways(&self) -> bool {
        const STATUSES: [u16; 4] = [404, 413, 431, 503];
        let message: Option<BTreeMap<String, String>> = serde_json::from_str(self.body).ok();
        STATUSES.contains(&self.status)
            && media_type(self.headers) == "application/json"
            && message.is_some_and(|message| message.keys().eq(["message"]))
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
