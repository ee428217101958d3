//! Configuration from the environment. Every variable of a function stands in `template.yaml`; one that is missing is named
//! at start, all of them at once.

use std::{fmt::Display, str::FromStr};

use crate::secret::Secret;

pub struct Env {
    read: fn(&str) -> Option<String>,
    problems: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("configuration: {}", .0.join("; "))]
pub struct ConfigError(Vec<String>);

impl Env {
    pub fn of_process() -> Self {
        Self {
            read: |name| std::env::var(name).ok(),
            problems: Vec::new(),
        }
    }

    /// The value, which must be set and not empty.
    pub fn text(&mut self, name: &str) -> String {
        let value = self.optional(name);
        if value.as_deref() == Some("") {
            self.problems.push(format!("{name} is empty"));
        }
        value.unwrap_or_default()
    }

    pub fn secret(&mut self, name: &str) -> Secret {
        Secret::new(self.text(name))
    }

    /// A value that may be empty; the variable must be set all the same, so that an omission in the template shows.
    pub fn text_or_empty(&mut self, name: &str) -> Option<String> {
        self.optional(name).filter(|value| !value.is_empty())
    }

    pub fn parsed<T: FromStr<Err: Display> + Default>(&mut self, name: &str) -> T {
        let text = self.text(name);
        text.parse().unwrap_or_else(|error| {
            if !text.is_empty() {
                self.problems.push(format!("{name} is not readable: {error}"));
            }
            T::default()
        })
    }

    /// An error with every problem met; otherwise what was read is good.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError(self.problems))
        }
    }

    fn optional(&mut self, name: &str) -> Option<String> {
        let value = (self.read)(name);
        if value.is_none() {
            self.problems.push(format!("{name} is missing"));
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let mut env = Env {
            read: |name| (name == "EMPTY").then(String::new),
            problems: Vec::new(),
        };
        env.text("FIRST");
        env.text("EMPTY");
        assert_eq!(env.text_or_empty("EMPTY"), None);
        env.parsed::<f64>("THIRD");
        let error = env.finish().expect_err("variables are missing").to_string();
        assert_eq!(
            error,
            "configuration: FIRST is missing; EMPTY is empty; THIRD is missing"
        );
    }
}
