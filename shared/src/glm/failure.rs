//! What can go wrong with GLM-5, by what to do about it.

use std::error::Error as StdError;

use reqwest::{Response, StatusCode};

use super::wire::{Refusal, WireError};
use crate::error::Error;

/// A refusal's body is a sentence.
const BODY_LIMIT: usize = 16 * 1024;

/// Who can do something about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nobody; the same again may work.
    Passing,
    /// The operator: key, balance, plan, configuration.
    Account,
    /// The user, by asking for something else.
    Question,
    /// The user, by asking again, perhaps for less.
    Answer,
}

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("GLM refused with HTTP {status}, code {code:?}: {message}")]
    Refused {
        status: u16,
        code: Option<i64>,
        message: String,
    },
    #[error("GLM cannot be reached")]
    Network(#[source] reqwest::Error),
    #[error("GLM sent nothing for too long")]
    Stalled,
    #[error("GLM took too long")]
    TooSlow,
    #[error("GLM's answer broke off")]
    CutOff(#[source] Option<Box<dyn StdError + Send + Sync>>),
    #[error("GLM's answer is longer than it may be")]
    TooLong,
    #[error("GLM stopped for its content rules")]
    Sensitive,
    #[error("GLM's answer is not what its protocol says: {0}")]
    Unreadable(String),
    #[error("the client cannot be set up")]
    SetUp(#[source] Box<dyn StdError + Send + Sync>),
}

impl Failure {
    /// What an answer with an error status says; a 429 is an empty balance as often as a full line, which only its code tells.
    pub(super) async fn refused(mut response: Response) -> Self {
        let status = response.status();
        let mut body = Vec::new();
        // Whatever could be read of it has to do: the status says enough.
        while let Ok(Some(part)) = response.chunk().await {
            body.extend_from_slice(&part);
            if body.len() > BODY_LIMIT {
                break;
            }
        }
        match serde_json::from_slice::<Refusal>(&body) {
            Ok(Refusal { error }) => Self::told(status, &error),
            Err(_) => Self::Refused {
                status: status.as_u16(),
                code: None,
                message: String::new(),
            },
        }
    }

    /// An error in its own words, also in the middle of a stream.
    pub(super) fn told(status: StatusCode, error: &WireError) -> Self {
        Self::Refused {
            status: status.as_u16(),
            code: error.code.number(),
            message: error.message.chars().take(200).collect(),
        }
    }

    pub fn class(&self) -> Class {
        match self {
            Self::Refused {
                code: Some(code),
                status,
                ..
            } => match code {
                1302 | 1303 | 1305 | 1312 | 1230 | 1234 => Class::Passing,
                1261 | 1300 | 1301 => Class::Question,
                1000..=1004 | 1110..=1121 | 1210..=1215 | 1304 | 1308..=1311 | 1313 => Class::Account,
                _ => Self::class_of(*status),
            },
            Self::Refused { code: None, status, .. } => Self::class_of(*status),
            Self::Network(_) | Self::Stalled | Self::CutOff(_) | Self::Unreadable(_) => Class::Passing,
            Self::Sensitive => Class::Question,
            Self::TooLong | Self::TooSlow => Class::Answer,
            Self::SetUp(_) => Class::Account,
        }
    }

    fn class_of(status: u16) -> Class {
        match status {
            408 | 409 | 429 | 200 | 500.. => Class::Passing,
            _ => Class::Account,
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stalled => "glm_stalled",
            Self::TooSlow => "glm_too_slow",
            Self::CutOff(_) => "glm_cut_off",
            Self::TooLong => "answer_too_long",
            Self::Unreadable(_) => "glm_unreadable",
            Self::Refused { code: Some(1261), .. } => "prompt_too_long",
            Self::Refused { .. } | Self::Network(_) | Self::Sensitive | Self::SetUp(_) => match self.class() {
                Class::Passing | Class::Answer => "glm_unavailable",
                Class::Account => "glm_refused",
                Class::Question => "description_refused",
            },
        }
    }

    /// For the user, whom neither the provider nor its account concerns.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Stalled | Self::TooSlow => {
                "The code generator went silent before it was done; nothing was saved. Try again."
            }
            Self::CutOff(_) | Self::Unreadable(_) => {
                "The code generator's answer broke off; nothing was saved. Try again."
            }
            Self::TooLong => {
                "The program became longer than the code generator can write; nothing was saved. Ask for something smaller."
            }
            Self::Refused { code: Some(1261), .. } => "The description with its code is too long. Shorten it.",
            Self::Refused { .. } | Self::Network(_) | Self::Sensitive | Self::SetUp(_) => match self.class() {
                Class::Passing | Class::Answer => {
                    "The code generator is not available now; nothing was saved. Try again in a moment."
                }
                Class::Account => "The code generator refuses us; this has been logged. Nothing was saved.",
                Class::Question => "The code generator does not answer this description. Put it in other words.",
            },
        }
    }
}

/// Before the first token: nothing has happened yet.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure.class() {
            Class::Question => Self::invalid("description", failure.sentence()),
            Class::Passing | Class::Answer | Class::Account => Self::dependency("glm/ask", failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: i64) -> Failure {
        Failure::Refused {
            status,
            code: Some(code),
            message: String::new(),
        }
    }

    #[test]
    fn a_429_is_a_full_line_or_an_empty_purse() {
        assert_eq!(refused(429, 1302).class(), Class::Passing);
        assert_eq!(refused(429, 1113).class(), Class::Account);
    }

    #[test]
    fn each_code_is_somebodys() {
        let cases = [
            (401, 1001, Class::Account, "glm_refused"),
            (400, 1214, Class::Account, "glm_refused"),
            (400, 1261, Class::Question, "prompt_too_long"),
            (400, 1301, Class::Question, "description_refused"),
            (429, 1308, Class::Account, "glm_refused"),
            (429, 1305, Class::Passing, "glm_unavailable"),
            (500, 1234, Class::Passing, "glm_unavailable"),
            (503, 9999, Class::Passing, "glm_unavailable"),
            (403, 9999, Class::Account, "glm_refused"),
        ];
        for (status, code, class, word) in cases {
            let failure = refused(status, code);
            assert_eq!((failure.class(), failure.code()), (class, word), "{failure:?}");
        }
    }

    #[test]
    fn before_the_first_token_only_the_question_is_the_users() {
        assert_eq!(Error::from(refused(400, 1301)).status(), 422);
        for failure in [
            refused(401, 1001),
            refused(429, 1302),
            Failure::Stalled,
            Failure::TooLong,
        ] {
            assert_eq!(Error::from(failure).status(), 503);
        }
    }
}
