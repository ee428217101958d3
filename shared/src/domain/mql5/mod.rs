//! MQL5 source as a language model writes it: taken out of its prose and checked before anything is stored.
//!
//! Not a compiler: `MetaEditor` has the last word. What is refused here is what would certainly not compile, is `MetaTrader` 4, or
//! may do more than trade. Text in comments and strings means nothing.

mod extract;
mod question;
mod rules;
mod token;

use serde::Serialize;
use utoipa::ToSchema;

pub use extract::extract;
pub use question::Question;
pub use rules::findings;

/// What is wrong with a source, and where: both from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// A stable word for programs.
    pub code: &'static str,
    pub line: u32,
    pub column: u32,
    /// What to do about it.
    pub message: String,
}

/// The checked source in an answer.
pub fn source_of(answer: &str) -> Result<String, Vec<Finding>> {
    let source = extract(answer).map_err(|finding| vec![finding])?;
    let findings = findings(&source);
    if findings.is_empty() { Ok(source) } else { Err(findings) }
}
