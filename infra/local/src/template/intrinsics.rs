//! `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::If` and dynamic references, as far as the template uses them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::attributes::Attributes;
use super::conditions;
use crate::lambda::{ACCOUNT_ID, REGION};

const SECRET: &str = "{{resolve:secretsmanager:";

pub(super) struct Names<'a> {
    parameters: BTreeMap<String, String>,
    resources: BTreeMap<String, Attributes>,
    secrets: &'a BTreeMap<String, BTreeMap<String, String>>,
    conditions: BTreeMap<String, bool>,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        parameters: BTreeMap<String, String>,
        resources: BTreeMap<String, Attributes>,
        secrets: &'a BTreeMap<String, BTreeMap<String, String>>,
    ) -> Self {
        Self {
            parameters,
            resources,
            secrets,
            conditions: BTreeMap::new(),
        }
    }

    /// They are written in terms of parameters and of each other.
    pub(super) fn with_conditions(mut self, written: &BTreeMap<String, Value>) -> Result<Self> {
        self.conditions = conditions::judge(written, &self)?;
        Ok(self)
    }

    pub(super) fn holds(&self, condition: &str) -> Result<bool> {
        self.conditions
            .get(condition)
            .copied()
            .with_context(|| format!("{condition:?} is no condition of this template"))
    }

    /// `at` is the path of the value in the template, for the reader of the error.
    pub(super) fn resolve(&self, value: Value, at: &str) -> Result<Value> {
        Ok(match value {
            Value::Object(map) => self.object(map, at)?,
            Value::Array(items) => Value::Array(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(i, item)| self.resolve(item, &format!("{at}[{i}]")))
                    .filter(is_wanted)
                    .collect::<Result<_>>()?,
            ),
            Value::String(text) => Value::String(self.reveal(&text).with_context(|| at.to_owned())?),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
        })
    }

    fn object(&self, map: Map<String, Value>, at: &str) -> Result<Value> {
        if map.len() == 1
            && let Some((name, argument)) = map.iter().next()
            && (name == "Ref" || name.starts_with("Fn::"))
        {
            let text = match (name.as_str(), argument) {
                ("Ref", Value::String(target)) if target == "AWS::NoValue" => return Ok(Value::Null),
                ("Fn::If", Value::Array(parts)) => {
                    let [Value::String(condition), then, otherwise] = parts.as_slice() else {
                        bail!("{at}: Fn::If takes a condition and two values, not {argument}");
                    };
                    let holds = self.holds(condition).with_context(|| at.to_owned())?;
                    return self.resolve(if holds { then } else { otherwise }.clone(), at);
                }
                ("Ref", Value::String(target)) => self.lookup(target),
                ("Fn::Sub", Value::String(pattern)) => self.substitute(pattern),
                ("Fn::GetAtt", Value::String(path)) => self.attribute(path),
                ("Fn::GetAtt", Value::Array(parts)) => match parts.as_slice() {
                    [Value::String(resource), Value::String(name)] => self.attribute(&format!("{resource}.{name}")),
                    _ => bail!("{at}: Fn::GetAtt takes a resource and an attribute, not {argument}"),
                },
                _ => bail!("{at}: {name} of {argument} is not known to the local cloud"),
            };
            return Ok(Value::String(
                text.and_then(|text| self.reveal(&text))
                    .with_context(|| at.to_owned())?,
            ));
        }
        let resolved = map.into_iter().map(|(key, value)| {
            let value = self.resolve(value, &format!("{at}.{key}"))?;
            Ok((key, value))
        });
        let wanted = resolved.filter(|entry| !matches!(entry, Ok((_, Value::Null))));
        Ok(Value::Object(wanted.collect::<Result<_>>()?))
    }

    fn lookup(&self, name: &str) -> Result<String> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        if let Some(resource) = self.resources.get(name) {
            return Ok(resource.reference.clone());
        }
        Ok(match name {
            "AWS::Region" => REGION,
            "AWS::AccountId" => ACCOUNT_ID,
            "AWS::Partition" => "aws",
            "AWS::URLSuffix" => "amazonaws.com",
            "AWS::StackName" => "local",
            _ => bail!("{name:?} is neither a parameter nor a resource of this template"),
        }
        .to_owned())
    }

    /// `path` is `Resource.Attribute`.
    fn attribute(&self, path: &str) -> Result<String> {
        path.split_once('.')
            .and_then(|(resource, name)| self.resources.get(resource)?.get(name))
            .with_context(|| format!("Fn::GetAtt of {path} is not known to the local cloud"))
    }

    fn substitute(&self, pattern: &str) -> Result<String> {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after
                .split_once('}')
                .with_context(|| format!("{pattern:?} has an open ${{"))?;
            out.push_str(before);
            match name.strip_prefix('!') {
                Some(literal) => out.extend(["${", literal, "}"]),
                None if name.contains('.') => out.push_str(&self.attribute(name)?),
                None => out.push_str(&self.lookup(name)?),
            }
            rest = tail;
        }
        Ok(out + rest)
    }

    /// Puts in the values of `{{resolve:secretsmanager:NAME:SecretString:KEY}}`.
    fn reveal(&self, text: &str) -> Result<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(SECRET) {
            let (reference, tail) = after
                .split_once("}}")
                .with_context(|| format!("{text:?} has an open {{{{"))?;
            let [name, "SecretString", key] = reference.split(':').collect::<Vec<_>>()[..] else {
                bail!("{reference:?} must read NAME:SecretString:KEY");
            };
            let secret = self
                .secrets
                .get(name)
                .with_context(|| format!("no secret named {name:?} was given"))?;
            out.push_str(before);
            out.push_str(
                secret
                    .get(key)
                    .with_context(|| format!("the secret {name:?} has no key {key:?}"))?,
            );
            rest = tail;
        }
        if rest.contains("{{resolve:") {
            bail!("{text:?}: only secretsmanager is known to the local cloud");
        }
        Ok(out + rest)
    }
}

/// `CloudFormation` knows no null: what is null here was taken out by `AWS::NoValue`.
fn is_wanted(item: &Result<Value>) -> bool {
    !matches!(item, Ok(Value::Null))
}
