//! One schema of the contract.

use std::sync::OnceLock;

use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use super::{REMEDY, strict};

/// A schema of the contract by its place, compiled when it is first needed.
pub(super) struct Schema {
    place: String,
    compiled: OnceLock<Validator>,
}

impl Schema {
    pub(super) fn at(document: &str, pointer: &str) -> Self {
        Self {
            place: format!("{document}#{pointer}"),
            compiled: OnceLock::new(),
        }
    }

    pub(super) fn complaints(&self, registry: &Registry<'static>, value: &Value) -> Vec<String> {
        let compiled = self.compiled.get_or_init(|| {
            jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(registry)
                .should_validate_formats(true)
                .build(&json!({"$ref": self.place}))
                .unwrap_or_else(|error| panic!("{} is no JSON Schema: {error}", self.place))
        });
        let complaint = |error: ValidationError<'_>| {
            let rule = error.absolute_keyword_location().map_or_else(
                || error.schema_path().to_string(),
                |location| location.fragment().map(ToString::to_string).unwrap_or_default(),
            );
            let rule = strict::as_committed(&rule);
            format!(
                "is not as described at {:?}: {error} (the rule is {rule}): {REMEDY}",
                error.instance_path().as_str()
            )
        };
        compiled.iter_errors(value).map(complaint).collect()
    }
}
