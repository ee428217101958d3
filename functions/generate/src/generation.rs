//! From GLM's first token to a version that is stored.

use std::{
    slice,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Serialize;
use shared::{
    auth::User,
    db::{
        self, Db,
        generation::{Basis, NewDraft},
    },
    domain::{
        GenerationId, VersionId,
        mql5::{self, Finding},
        version::{Files, SOURCE_LIMIT, SOURCE_TYPE, Version},
    },
    error::{Error, chain},
    glm::{Answer, Delta, Failure, Glm},
    storage::Storage,
};
use uuid::Uuid;

/// What generations share.
pub(crate) struct Generator {
    pub(crate) db: Db,
    pub(crate) glm: Glm,
    pub(crate) storage: Storage,
    /// How many a user may begin within 24 hours.
    pub(crate) daily_limit: i32,
}

/// What happens next.
pub(crate) enum Step {
    Token(String),
    Stored(Box<Version>),
    Failed(Refusal),
}

/// Why there is no version.
#[derive(Serialize)]
pub(crate) struct Refusal {
    /// A stable word for programs.
    code: String,
    /// What to do.
    detail: String,
    /// What is wrong with the program that was written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
}

pub(crate) struct Generation {
    generator: Arc<Generator>,
    id: GenerationId,
    user: User,
    basis: Basis,
    answer: Answer,
    text: String,
    looked_at: Instant,
}

/// Between looks whether it is still wanted. Lambda does not tell that a client hung up:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html>
const LOOK: Duration = Duration::from_secs(1);

impl Generation {
    pub(crate) fn new(generator: Arc<Generator>, id: GenerationId, user: User, basis: Basis, answer: Answer) -> Self {
        Self {
            generator,
            id,
            user,
            basis,
            answer,
            text: String::new(),
            looked_at: Instant::now(),
        }
    }

    pub(crate) async fn step(&mut self) -> Step {
        match self.advance().await {
            Ok(step) => step,
            Err(refusal) => {
                self.record_failure(&refusal.code).await;
                Step::Failed(refusal)
            }
        }
    }

    async fn advance(&mut self) -> Result<Step, Refusal> {
        loop {
            self.require_wanted().await?;
            match self.answer.next().await? {
                // Heartbeats tell that it goes on.
                Some(Delta::Reasoning) => {}
                Some(Delta::Content(part)) => {
                    self.text.push_str(&part);
                    if self.text.len() > 2 * SOURCE_LIMIT {
                        return Err(Failure::TooLong.into());
                    }
                    return Ok(Step::Token(part));
                }
                None => return self.store().await.map(|version| Step::Stored(Box::new(version))),
            }
        }
    }

    async fn require_wanted(&mut self) -> Result<(), Refusal> {
        if self.looked_at.elapsed() < LOOK {
            return Ok(());
        }
        self.looked_at = Instant::now();
        match db::generation::require_wanted(&self.generator.db, self.id, self.user.id).await {
            Err(cancelled @ Error::Conflict { .. }) => Err(cancelled.into()),
            // A database that cannot be asked will be told by what comes last.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// First the file, so that no version is without it; then version, file and usage in one statement. Whatever fails, neither
    /// is left.
    async fn store(&self) -> Result<Version, Refusal> {
        let source = mql5::source_of(&self.text)?;
        let Generator { db, storage, .. } = &*self.generator;
        let id = VersionId(Uuid::new_v4());
        let files = Files::of(self.user.id, (self.basis.id, &self.basis.name), id, &source)?;
        // With the database down no file is made either, for which nothing could be told later.
        db::generation::require_wanted(db, self.id, self.user.id).await?;
        storage
            .upload(&files.source_path, SOURCE_TYPE, source.clone().into())
            .await?;
        let draft = NewDraft {
            id,
            project: self.basis.id,
            owner: self.user.id,
            source: &source,
            files: &files,
            usage: self.answer.usage(),
        };
        match db::generation::complete(db, self.id, &draft).await {
            Ok(()) => Ok(db::version::show(db.as_user(&self.user), id).await?),
            Err(error) => self.settle(id, &files, error).await,
        }
    }

    /// What became of a version that could not be stored as far as anybody knows. That is asked and not concluded: the answer
    /// may have been lost on its way. While nobody can tell, the file stays.
    async fn settle(&self, id: VersionId, files: &Files, error: Error) -> Result<Version, Refusal> {
        let Generator { db, storage, .. } = &*self.generator;
        match db::version::show_in_the_end(db.as_user(&self.user), id, self.basis.id).await {
            Ok(version) => return Ok(version),
            Err(Error::NotFound(_)) => {
                if let Err(left_behind) = storage.delete(slice::from_ref(&files.source_path)).await {
                    left_behind.log();
                }
            }
            Err(unknown) => unknown.log(),
        }
        Err(error.into())
    }

    async fn record_failure(&self, code: &str) {
        let Self {
            generator, id, user, ..
        } = self;
        // What was billed was billed; a count that is missing is the log's.
        let recorded = db::generation::fail(&generator.db, *id, user.id, code, self.answer.usage()).await;
        if let Err(error) = recorded {
            error.log();
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        tracing::warn!(error.chain = chain(&failure), "generation failed");
        Self {
            code: failure.code().to_owned(),
            detail: failure.sentence().to_owned(),
            findings: Vec::new(),
        }
    }
}

impl From<Vec<Finding>> for Refusal {
    fn from(findings: Vec<Finding>) -> Self {
        Self {
            code: "program_refused".to_owned(),
            detail: "What was written is no program that we would let trade; nothing was saved. Try again, perhaps in other words."
                .to_owned(),
            findings,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        error.log();
        Self {
            code: error.code().to_owned(),
            detail: error.sentence(),
            findings: Vec::new(),
        }
    }
}
