//! An answer as it comes in.

use std::{pin::Pin, time::Duration};

use futures_util::StreamExt;
use reqwest::{Body, Response, StatusCode};
use sse_stream::{Sse, SseStream};
use tokio::time::{Instant, timeout_at};

use super::{
    Failure,
    wire::{Chunk, WireUsage},
};

/// The next part of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Delta {
    /// The model reasons; what it thinks is not part of the answer.
    Reasoning,
    Content(String),
}

/// Tokens, as they are billed; what reasoning took is among the completion's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: i32,
    pub completion_tokens: i32,
}

/// An answer that has begun. Dropped, it ends the connection, and with it the generation.
pub struct Answer {
    events: Pin<Box<SseStream<Body>>>,
    /// Read, but not handed out yet.
    ahead: Option<Delta>,
    finish_reason: Option<String>,
    usage: Usage,
    idle: Duration,
    deadline: Instant,
}

impl Answer {
    pub(super) async fn begin(response: Response, idle: Duration, deadline: Instant) -> Result<Self, Failure> {
        let mut answer = Self {
            events: Box::pin(SseStream::new(Body::from(response))),
            ahead: None,
            finish_reason: None,
            usage: Usage::default(),
            idle,
            deadline,
        };
        answer.ahead = Some(answer.next().await?.ok_or(Failure::CutOff(None))?);
        Ok(answer)
    }

    /// The next part, or `None` when the answer is complete.
    pub async fn next(&mut self) -> Result<Option<Delta>, Failure> {
        if let Some(delta) = self.ahead.take() {
            return Ok(Some(delta));
        }
        loop {
            let Some(Sse { data, .. }) = self.event().await? else {
                return self.complete();
            };
            match data.as_deref() {
                None => {}
                Some("[DONE]") => return self.complete(),
                Some(data) => {
                    if let Some(delta) = self.read(data)? {
                        return Ok(Some(delta));
                    }
                }
            }
        }
    }

    /// What was billed so far; GLM tells with its last part.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    async fn event(&mut self) -> Result<Option<Sse>, Failure> {
        let silent_at = Instant::now() + self.idle;
        match timeout_at(silent_at.min(self.deadline), self.events.next()).await {
            Ok(event) => event.transpose().map_err(|error| match error {
                sse_stream::Error::Body(source) => Failure::CutOff(Some(source)),
                other => Failure::Unreadable(other.to_string()),
            }),
            Err(_) if silent_at < self.deadline => Err(Failure::Stalled),
            Err(_) => Err(Failure::TooSlow),
        }
    }

    fn read(&mut self, data: &str) -> Result<Option<Delta>, Failure> {
        let chunk: Chunk = serde_json::from_str(data).map_err(|error| Failure::Unreadable(error.to_string()))?;
        let Chunk { choices, usage, error } = chunk;
        if let Some(error) = error {
            return Err(Failure::told(StatusCode::OK, &error));
        }
        if let Some(WireUsage {
            prompt_tokens,
            completion_tokens,
        }) = usage
        {
            self.usage = Usage {
                prompt_tokens,
                completion_tokens,
            };
        }
        let Some(choice) = choices.into_iter().next() else {
            return Ok(None);
        };
        if choice.finish_reason.is_some() {
            self.finish_reason = choice.finish_reason;
        }
        let said = |text: &String| !text.is_empty();
        Ok(match choice.delta.content.filter(said) {
            Some(content) => Some(Delta::Content(content)),
            None => choice.delta.reasoning_content.filter(said).map(|_| Delta::Reasoning),
        })
    }

    /// Only an answer that says why it stopped, and for a good reason, is whole.
    fn complete(&self) -> Result<Option<Delta>, Failure> {
        match self.finish_reason.as_deref() {
            Some("stop") => Ok(None),
            Some("length" | "model_context_window_exceeded") => Err(Failure::TooLong),
            Some("sensitive") => Err(Failure::Sensitive),
            None | Some("network_error") => Err(Failure::CutOff(None)),
            Some(other) => Err(Failure::Unreadable(format!("finish_reason is {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Response as HttpResponse;

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    async fn begun(events: &str) -> Result<Answer, Failure> {
        let response = Response::from(HttpResponse::new(events.to_owned()));
        Answer::begin(response, SOON, Instant::now() + SOON).await
    }

    /// Everything an answer says, and how it ends.
    async fn read(events: &str) -> (String, Result<Usage, &'static str>) {
        let mut answer = match begun(events).await {
            Ok(answer) => answer,
            Err(failure) => return (String::new(), Err(failure.code())),
        };
        let mut said = String::new();
        loop {
            match answer.next().await {
                Ok(Some(Delta::Content(part))) => said.push_str(&part),
                Ok(Some(Delta::Reasoning)) => said.push('…'),
                Ok(None) => return (said, Ok(answer.usage())),
                Err(failure) => return (said, Err(failure.code())),
            }
        }
    }

    fn delta(json: &str) -> String {
        format!("data: {{\"id\":\"1\",\"choices\":[{{\"index\":0,\"delta\":{json}}}]}}\n\n")
    }

    fn end(reason: &str) -> String {
        format!(
            "data: {{\"choices\":[{{\"index\":0,\"finish_reason\":\"{reason}\",\"delta\":{{\"content\":\"\"}}}}],\
             \"usage\":{{\"prompt_tokens\":7,\"completion_tokens\":9,\"total_tokens\":16}}}}\n\ndata: [DONE]\n\n"
        )
    }

    #[tokio::test]
    async fn reasoning_content_and_usage_are_read() {
        let events = [
            ": hello\n\n",
            "data: {\"choices\":[]}\n\n",
            &delta("{\"role\":\"assistant\",\"reasoning_content\":\"hm\"}"),
            &delta("{\"content\":\"void \"}"),
            &delta("{\"content\":\"OnTick()\"}"),
            &end("stop"),
        ]
        .concat();
        let usage = Usage {
            prompt_tokens: 7,
            completion_tokens: 9,
        };
        assert_eq!(read(&events).await, ("…void OnTick()".to_owned(), Ok(usage)));
    }

    #[tokio::test]
    async fn only_a_good_end_is_an_end() {
        let begin = delta("{\"content\":\"void\"}");
        for (end, code) in [
            (String::new(), "glm_cut_off"),
            ("data: [DONE]\n\n".to_owned(), "glm_cut_off"),
            (end("network_error"), "glm_cut_off"),
            (end("length"), "answer_too_long"),
            (end("sensitive"), "description_refused"),
            (end("tool_calls"), "glm_unreadable"),
            ("data: {not json\n\n".to_owned(), "glm_unreadable"),
            (
                "data: {\"error\":{\"code\":\"1234\",\"message\":\"network\"}}\n\n".to_owned(),
                "glm_unavailable",
            ),
        ] {
            assert_eq!(
                read(&format!("{begin}{end}")).await,
                ("void".to_owned(), Err(code)),
                "{end}"
            );
        }
    }

    #[tokio::test]
    async fn an_answer_without_a_token_has_not_begun() {
        assert_eq!(read("").await, (String::new(), Err("glm_cut_off")));
        assert_eq!(read(&end("stop")).await, (String::new(), Err("glm_cut_off")));
    }
}
