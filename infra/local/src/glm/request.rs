//! What is asked. Parameters that the service does not document are mistakes here.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::error::Fault;

const MODELS: [&str; 9] = [
    "glm-5.3",
    "glm-5.2",
    "glm-5.1",
    "glm-5-turbo",
    "glm-5",
    "glm-4.7",
    "glm-4.6",
    "glm-4.5-air",
    "glm-4.5-flash",
];
const MOST_TOKENS: usize = 131_072;
/// What an answer may have when the request does not say.
const USUAL_TOKENS: usize = 65_536;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
    max_tokens: Option<usize>,
    temperature: Option<f64>,
    thinking: Option<Thinking>,
    #[serde(rename = "top_p")]
    _top_p: Option<f64>,
    #[serde(rename = "do_sample")]
    _do_sample: Option<bool>,
    #[serde(rename = "reasoning_effort")]
    _reasoning_effort: Option<String>,
    #[serde(rename = "stop")]
    _stop: Option<Vec<String>>,
    #[serde(rename = "response_format")]
    _response_format: Option<IgnoredAny>,
    request_id: Option<String>,
    user_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    role: Role,
    content: String,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Role {
    System,
    User,
    Assistant,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thinking {
    #[serde(rename = "type")]
    kind: ThinkingKind,
    #[serde(rename = "clear_thinking")]
    _clear_thinking: Option<bool>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum ThinkingKind {
    Enabled,
    Disabled,
}

pub(super) struct Completion {
    pub(super) model: String,
    messages: Vec<Message>,
    pub(super) stream: bool,
    pub(super) max_tokens: usize,
    pub(super) thinks: bool,
}

impl Completion {
    pub(super) fn read(body: Value) -> Result<Self, Fault> {
        let Written {
            model,
            messages,
            stream,
            max_tokens,
            temperature,
            thinking,
            _top_p,
            _do_sample,
            _reasoning_effort,
            _stop,
            _response_format,
            request_id,
            user_id,
        } = serde_json::from_value(body).or(Err(Fault::BAD_PARAMETER))?;
        if !MODELS.contains(&model.as_str()) {
            return Err(Fault::UNKNOWN_MODEL);
        }
        if messages.iter().all(|message| message.role != Role::User) {
            return Err(Fault::BAD_MESSAGES);
        }
        let fits = max_tokens.is_none_or(|most| (1..=MOST_TOKENS).contains(&most))
            && temperature.is_none_or(|value| (0.0..=1.0).contains(&value))
            && request_id.is_none_or(|id| id.len() >= 6)
            && user_id.is_none_or(|id| (6..=128).contains(&id.len()));
        if !fits {
            return Err(Fault::BAD_PARAMETER);
        }
        Ok(Self {
            model,
            messages,
            stream,
            max_tokens: max_tokens.unwrap_or(USUAL_TOKENS),
            // Enabled unless told otherwise, since 4.7.
            thinks: thinking.is_none_or(|thinking| thinking.kind == ThinkingKind::Enabled),
        })
    }

    /// All that the user said.
    pub(super) fn asked(&self) -> String {
        let said = self.messages.iter().filter(|message| message.role == Role::User);
        said.map(|message| message.content.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Roughly: four letters are a token.
    pub(super) fn prompt_tokens(&self) -> usize {
        self.messages.iter().map(|message| message.content.len() / 4 + 3).sum()
    }
}
