//! The answer: server-sent events, or one piece for whoever did not ask for a stream.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::{HeaderValue, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::Glm;
use super::error::Fault;
use super::request::Completion;
use super::script::{Outcome, Script};
use crate::log::Source;

/// Letters of a piece at most: a word, as tokens are.
const PIECE: usize = 12;

/// A step of the answer.
enum Step {
    Say(String),
    /// A piece of the content.
    Token(String),
    /// For ever.
    Wait,
    /// The connection is gone.
    Cut,
}

pub(super) struct Stream {
    glm: Arc<Glm>,
    steps: std::vec::IntoIter<Step>,
    pace: Duration,
    spoken: bool,
    ended: bool,
}

/// What both kinds of answer say of themselves.
struct Identity {
    id: String,
    created: i64,
    model: String,
}

impl Identity {
    fn new(completion: &Completion) -> Self {
        let now = Timestamp::now();
        let id = Uuid::new_v4().simple().to_string();
        Self {
            id: format!("{}{}", now.strftime("%Y%m%d%H%M%S"), &id[..18]),
            created: now.as_second(),
            model: completion.model.clone(),
        }
    }

    fn event(&self, choices: &Value, usage: Option<Value>) -> String {
        let mut chunk = json!({ "id": self.id, "created": self.created, "model": self.model, "choices": choices });
        if let Some(usage) = usage {
            chunk["usage"] = usage;
        }
        data(&chunk.to_string())
    }

    fn delta(&self, kind: &str, text: &str) -> String {
        let delta = json!({ "role": "assistant", kind: text });
        self.event(&json!([{ "index": 0, "delta": delta }]), None)
    }
}

fn data(text: &str) -> String {
    format!("data: {text}\n\n")
}

/// The pieces that are said, each of them a token, as far as outcome and `max_tokens` let them, and why they end there.
struct Parts<'a> {
    reasoning: Vec<&'a str>,
    content: Vec<&'a str>,
    finish: &'static str,
}

impl<'a> Parts<'a> {
    fn new(completion: &Completion, script: &'a Script) -> Self {
        let mut reasoning = pieces(&script.reasoning);
        let mut content = pieces(&script.content);
        let mut finish = "stop";
        match script.outcome {
            Outcome::Whole | Outcome::Refused(_) => {}
            Outcome::Silent => {
                reasoning.clear();
                content.clear();
            }
            Outcome::Finish(reason) => {
                finish = reason;
                content.truncate(content.len() / 2);
            }
            Outcome::Stall | Outcome::Cut | Outcome::Eof | Outcome::Error | Outcome::Garbage => {
                content.truncate(content.len() / 2);
            }
        }
        // Reasoning counts.
        if reasoning.len() + content.len() > completion.max_tokens {
            finish = "length";
            reasoning.truncate(completion.max_tokens);
            content.truncate(completion.max_tokens - reasoning.len());
        }
        Self {
            reasoning,
            content,
            finish,
        }
    }

    fn usage(&self, completion: &Completion) -> Value {
        let (prompt, reasoning) = (completion.prompt_tokens(), self.reasoning.len());
        let completed = reasoning + self.content.len();
        json!({
            "prompt_tokens": prompt,
            "completion_tokens": completed,
            "total_tokens": prompt + completed,
            "prompt_tokens_details": { "cached_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": reasoning },
        })
    }
}

impl Stream {
    pub(super) fn new(glm: &Arc<Glm>, completion: &Completion, script: &Script) -> Self {
        let identity = Identity::new(completion);
        let parts = Parts::new(completion, script);
        let mut steps = Vec::new();
        if script.begins_without_choices {
            steps.push(Step::Say(identity.event(&json!([]), None)));
        }
        steps.extend(
            parts
                .reasoning
                .iter()
                .map(|piece| Step::Say(identity.delta("reasoning_content", piece))),
        );
        let content = parts.content.iter();
        steps.extend(content.map(|piece| Step::Token(identity.delta("content", piece))));
        match script.outcome {
            Outcome::Whole | Outcome::Refused(_) | Outcome::Finish(_) => {
                let last = json!([{ "index": 0, "finish_reason": parts.finish, "delta": { "role": "assistant", "content": "" } }]);
                steps.push(Step::Say(identity.event(&last, Some(parts.usage(completion)))));
                steps.push(Step::Say(data("[DONE]")));
            }
            Outcome::Silent | Outcome::Stall => steps.push(Step::Wait),
            Outcome::Cut => steps.push(Step::Cut),
            Outcome::Eof => {}
            Outcome::Error => steps.push(Step::Say(data(&Fault::NETWORK.body().to_string()))),
            Outcome::Garbage => steps.push(Step::Say(data(r#"{"id":"2026","choices":[{"index":0,"del"#))),
        }
        Self {
            glm: Arc::clone(glm),
            steps: steps.into_iter(),
            pace: glm.config.pace,
            spoken: false,
            ended: false,
        }
    }

    pub(super) fn response(self) -> Response {
        let events = try_unfold(self, |mut stream| async move {
            Ok::<_, &str>(stream.next().await?.map(|event| (event, stream)))
        });
        let mut response = Body::from_stream(events).into_response();
        let kind = HeaderValue::from_static("text/event-stream;charset=UTF-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }

    async fn next(&mut self) -> Result<Option<Bytes>, &'static str> {
        let step = self.steps.next();
        if !self.pace.is_zero() {
            sleep(self.pace).await;
        }
        match step {
            Some(Step::Say(event)) => return Ok(Some(event.into())),
            Some(Step::Token(event)) => {
                if !std::mem::replace(&mut self.spoken, true) {
                    self.glm.begins_to_speak();
                }
                return Ok(Some(event.into()));
            }
            Some(Step::Wait) => std::future::pending().await,
            Some(Step::Cut) | None => self.ended = true,
        }
        if step.is_some() {
            Err("cut off as told")
        } else {
            Ok(None)
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let how = if self.ended {
            "answered"
        } else {
            self.glm.cancelled.fetch_add(1, Ordering::Relaxed);
            "left by the client"
        };
        self.glm.log.line(Source::Glm, how.to_owned());
    }
}

pub(super) fn in_one_piece(completion: &Completion, script: &Script) -> Json<Value> {
    let Identity { id, created, model } = Identity::new(completion);
    let parts = Parts::new(completion, script);
    let message = json!({
        "role": "assistant",
        "content": parts.content.concat(),
        "reasoning_content": parts.reasoning.concat(),
    });
    Json(json!({
        "id": id,
        "created": created,
        "model": model,
        "choices": [{ "index": 0, "finish_reason": parts.finish, "message": message }],
        "usage": parts.usage(completion),
    }))
}

/// Cut after spaces and line ends, and where a word is long.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let mut rest = word;
        while let Some((at, _)) = rest.char_indices().nth(PIECE) {
            let (piece, after) = rest.split_at(at);
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
    }
    pieces
}
