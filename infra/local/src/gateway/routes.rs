//! Which function answers: a static segment before a parameter, a parameter before `{proxy+}`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result};
use http::Method;
use percent_encoding::percent_decode_str;

use crate::lambda::Function;
use crate::template::Route;

#[derive(Default)]
pub(super) struct Routes {
    by_method: HashMap<String, matchit::Router<Target>>,
}

pub(super) struct Target {
    pub(super) path: String,
    pub(super) key: String,
    pub(super) function: Arc<Function>,
}

pub(super) struct Found<'a> {
    pub(super) target: &'a Target,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Routes {
    pub(super) fn new(routes: impl Iterator<Item = (Route, Arc<Function>)>) -> Result<Self> {
        let mut all = Self::default();
        for (Route { method, path }, function) in routes {
            let key = format!("{method} {path}");
            let same_method = all.by_method.entry(method).or_default();
            same_method
                .insert(
                    pattern(&path),
                    Target {
                        path,
                        key: key.clone(),
                        function,
                    },
                )
                .with_context(|| format!("route {key}"))?;
        }
        Ok(all)
    }

    /// Whether any method has a route there.
    pub(super) fn has(&self, path: &str) -> bool {
        self.by_method.values().any(|routes| routes.at(path).is_ok())
    }

    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Found<'_>> {
        let found = [method.as_str(), "ANY"]
            .iter()
            .find_map(|method| self.by_method.get(*method)?.at(path).ok())?;
        let decode = |(name, value): (&str, &str)| {
            (
                name.to_owned(),
                percent_decode_str(value).decode_utf8_lossy().into_owned(),
            )
        };
        Some(Found {
            target: found.value,
            parameters: found.params.iter().map(decode).collect(),
        })
    }
}

/// API Gateway's `{proxy+}` is matchit's `{*proxy}`.
fn pattern(path: &str) -> String {
    match path.strip_suffix("+}").and_then(|greedy| greedy.rsplit_once('{')) {
        Some((before, name)) => format!("{before}{{*{name}}}"),
        None => path.to_owned(),
    }
}
