//! What a language model is asked.

use std::fmt::Write;

use crate::error::{FieldError, FieldErrors};

/// Characters; a page of prose.
const DESCRIPTION_CHARS: usize = 20_000;
const MOST_ERRORS: usize = 100;
const ERROR_CHARS: usize = 500;

/// A program to be written, or mended.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub description: &'a str,
    /// The project's settings, as JSON.
    pub settings: &'a serde_json::Value,
    /// The program to start from.
    pub base: Option<&'a str>,
    /// What the compiler said of it.
    pub compiler_errors: &'a [String],
}

impl Question<'_> {
    /// What is not allowed, by field.
    pub fn problems(&self) -> Vec<FieldError> {
        let Self {
            description,
            settings: _,
            base,
            compiler_errors,
        } = self;
        let mut wrong = FieldErrors::default();
        wrong.require(
            !description.trim().is_empty()
                && description.chars().count() <= DESCRIPTION_CHARS
                && !description.contains('\0'),
            "description",
            format!("1 to {DESCRIPTION_CHARS} characters"),
        );
        wrong.require(
            compiler_errors.len() <= MOST_ERRORS
                && compiler_errors.iter().all(|error| error.chars().count() <= ERROR_CHARS),
            "compiler_errors",
            format!("at most {MOST_ERRORS} of up to {ERROR_CHARS} characters"),
        );
        wrong.require(
            compiler_errors.is_empty() || base.is_some(),
            "based_on_version_id",
            "the version that the compiler errors are of",
        );
        wrong.0
    }

    /// As one message.
    pub fn text(&self) -> String {
        let Self {
            description,
            settings,
            base,
            compiler_errors,
        } = self;
        let mut text = format!("# What it is to do\n\n{}\n", description.trim());
        let mut add = |part: std::fmt::Arguments<'_>| text.write_fmt(part).expect("a String takes any text");
        if settings.as_object().is_some_and(|settings| !settings.is_empty()) {
            add(format_args!(
                "\n# Settings that its inputs begin with\n\n```json\n{settings:#}\n```\n"
            ));
        }
        if let Some(base) = base {
            add(format_args!("\n# The program to start from\n\n```mql5\n{base}\n```\n"));
        }
        if !compiler_errors.is_empty() {
            add(format_args!(
                "\n# Compiler errors of that program; mend these and change nothing else\n\n"
            ));
            for error in *compiler_errors {
                add(format_args!("- {error}\n"));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_that_was_given_is_asked() {
        let question = Question {
            description: " Trade the breakout. ",
            settings: &json!({"risk_percent": 1}),
            base: Some("void OnTick() { }"),
            compiler_errors: &["3:7 ';' expected".to_owned()],
        };
        assert_eq!(question.problems(), []);
        let text = question.text();
        for part in [
            "Trade the breakout.",
            "\"risk_percent\": 1",
            "```mql5\nvoid OnTick() { }\n```",
            "- 3:7 ';' expected",
        ] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }

    #[test]
    fn what_was_not_given_is_not_spoken_of() {
        let question = Question {
            description: "Trade.",
            settings: &json!({}),
            base: None,
            compiler_errors: &[],
        };
        assert_eq!(question.text(), "# What it is to do\n\nTrade.\n");
    }

    #[test]
    fn each_field_out_of_range_is_named() {
        let question = Question {
            description: " ",
            settings: &json!({}),
            base: None,
            compiler_errors: &["x".repeat(ERROR_CHARS + 1)],
        };
        let fields: Vec<_> = question.problems().into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["description", "compiler_errors", "based_on_version_id"]);
    }
}
