//! What is sent and received, as JSON.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub(super) model: &'a str,
    pub(super) messages: [Message<'a>; 2],
    pub(super) stream: bool,
    pub(super) max_tokens: u32,
    pub(super) temperature: f32,
    pub(super) thinking: Thinking,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

impl<'a> Message<'a> {
    pub(super) fn system(content: &'a str) -> Self {
        Self {
            role: "system",
            content,
        }
    }

    pub(super) fn user(content: &'a str) -> Self {
        Self { role: "user", content }
    }
}

/// Whether the model reasons before it writes: better programs, minutes later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Thinking {
    #[default]
    Disabled,
    Enabled,
}

impl FromStr for Thinking {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "enabled" => Ok(Self::Enabled),
            "disabled" => Ok(Self::Disabled),
            _ => Err("enabled or disabled"),
        }
    }
}

/// One event of the stream. Some gateways send one without choices.
#[derive(Deserialize)]
pub(super) struct Chunk {
    #[serde(default)]
    pub(super) choices: Vec<Choice>,
    #[serde(default)]
    pub(super) usage: Option<WireUsage>,
    #[serde(default)]
    pub(super) error: Option<WireError>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    pub(super) delta: WireDelta,
    #[serde(default)]
    pub(super) finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct WireDelta {
    #[serde(default)]
    pub(super) content: Option<String>,
    #[serde(default)]
    pub(super) reasoning_content: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireUsage {
    #[serde(default)]
    pub(super) prompt_tokens: i32,
    #[serde(default)]
    pub(super) completion_tokens: i32,
}

/// The body of a refusal.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) error: WireError,
}

/// The code is a string of digits; some gateways send the number.
#[derive(Debug, Deserialize)]
pub(super) struct WireError {
    #[serde(default)]
    pub(super) code: Code,
    #[serde(default)]
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Code {
    Text(String),
    Number(i64),
}

impl Default for Code {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Code {
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
        }
    }
}
