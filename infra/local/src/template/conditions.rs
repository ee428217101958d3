//! The template's conditions: `Fn::Equals`, `Fn::Not`, `Fn::And`, `Fn::Or` over parameters and other conditions.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::intrinsics::Names;

pub(super) fn judge(written: &BTreeMap<String, Value>, names: &Names) -> Result<BTreeMap<String, bool>> {
    let judge = Judge { written, names };
    written
        .keys()
        .map(|name| Ok((name.clone(), judge.named(name, 0)?)))
        .collect()
}

struct Judge<'a> {
    written: &'a BTreeMap<String, Value>,
    names: &'a Names<'a>,
}

impl Judge<'_> {
    fn named(&self, name: &str, depth: usize) -> Result<bool> {
        let at = format!("Conditions.{name}");
        let condition = self
            .written
            .get(name)
            .with_context(|| format!("{at}: there is no such condition"))?;
        if depth > self.written.len() {
            bail!("{at}: is defined by itself");
        }
        self.holds(condition, &at, depth)
    }

    fn holds(&self, condition: &Value, at: &str, depth: usize) -> Result<bool> {
        let single = condition.as_object().filter(|map| map.len() == 1);
        let Some((function, argument)) = single.and_then(|map| map.iter().next()) else {
            bail!("{at}: {condition} is no condition");
        };
        let each =
            |parts: &[Value]| -> Result<Vec<bool>> { parts.iter().map(|part| self.holds(part, at, depth)).collect() };
        match (function.as_str(), argument) {
            ("Condition" | "Fn::Condition", Value::String(name)) => self.named(name, depth + 1),
            ("Fn::Equals", Value::Array(parts)) if parts.len() == 2 => {
                let resolved = self.names.resolve(argument.clone(), at)?;
                Ok(resolved[0] == resolved[1])
            }
            ("Fn::Not", Value::Array(parts)) if parts.len() == 1 => Ok(!each(parts)?[0]),
            ("Fn::And", Value::Array(parts)) => Ok(each(parts)?.into_iter().all(|holds| holds)),
            ("Fn::Or", Value::Array(parts)) => Ok(each(parts)?.into_iter().any(|holds| holds)),
            _ => bail!("{at}: {function} of {argument} is not known to the local cloud"),
        }
    }
}
