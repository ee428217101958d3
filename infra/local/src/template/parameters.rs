//! The template's parameters and the values given for them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::schema::Parameter;

/// The value of every declared parameter: given, or its default.
pub(super) fn given(
    declared: &BTreeMap<String, Parameter>,
    values: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    for name in values.keys() {
        ensure!(
            declared.contains_key(name),
            "Parameters.{name}: a value was given, but the template declares no such parameter"
        );
    }
    let mut given = BTreeMap::new();
    for (name, parameter) in declared {
        let value = values
            .get(name)
            .cloned()
            .or_else(|| parameter.default.as_ref().and_then(scalar))
            .with_context(|| format!("Parameters.{name}: no value was given and it has no default"))?;
        let allowed: Vec<_> = parameter.allowed_values.iter().filter_map(scalar).collect();
        ensure!(
            allowed.is_empty() || allowed.contains(&value),
            "Parameters.{name}: {value:?} is not one of {allowed:?}"
        );
        match parameter.kind.as_str() {
            "String" => {}
            "Number" => {
                let number: f64 = value
                    .parse()
                    .with_context(|| format!("Parameters.{name}: {value:?} is no number"))?;
                ensure!(
                    parameter.min_value.is_none_or(|least| number >= least),
                    "Parameters.{name}: {value} is below MinValue"
                );
            }
            other => bail!("Parameters.{name}.Type: {other} is not known to the local cloud"),
        }
        given.insert(name.clone(), value);
    }
    Ok(given)
}

/// As `CloudFormation` turns a value into text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
