//! What users have generated.

use jiff::Timestamp;
use tokio_postgres::types::Type;

use super::{Db, Params, Session, conflict_on, statement};
use crate::{
    domain::{GenerationId, ProjectId, UserId, VersionId, version::Files},
    error::Error,
    glm::Usage,
};

/// The project that is written for, and the version that is started from.
pub struct Basis {
    pub id: ProjectId,
    pub name: String,
    pub settings: serde_json::Value,
    pub source_code: Option<String>,
}

pub async fn basis(session: Session<'_>, project: ProjectId, version: Option<VersionId>) -> Result<Basis, Error> {
    let params: &Params = &[(&project, Type::UUID), (&version, Type::UUID)];
    let row = session
        .query_opt(statement!("generation/basis"), params)
        .await?
        .ok_or(Error::NotFound("project"))?;
    if !row.get::<_, bool>("has_version") {
        return Err(Error::invalid(
            "based_on_version_id",
            "the id of one of this project's versions",
        ));
    }
    Ok(Basis {
        id: row.get("id"),
        name: row.get("name"),
        settings: row.get("default_settings"),
        source_code: row.get("source_code"),
    })
}

/// Takes one of the user's allowance, or says when the next is free.
pub async fn begin(
    db: &Db,
    id: GenerationId,
    owner: UserId,
    project: ProjectId,
    model: &str,
    allowed: i32,
) -> Result<(), Error> {
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&project, Type::UUID),
        (&model, Type::TEXT),
        (&allowed, Type::INT4),
        (&None::<Timestamp>, Type::TIMESTAMPTZ),
    ];
    let row = db.as_service().query_opt(statement!("generation/begin"), params).await;
    let row = row.map_err(|error| {
        conflict_on("generations_ea_project_id_user_id_fkey", error, || {
            Error::NotFound("project")
        })
    })?;
    match row.and_then(|row| row.get::<_, Option<Timestamp>>("free_at")) {
        None => Ok(()),
        Some(free_at) => Err(Error::TooMany {
            code: "generation_limit",
            detail: format!(
                "You have had {allowed} programs written within 24 hours. The next is free at {free_at:.0}."
            ),
            free_at,
        }),
    }
}

/// Forgets one that never began.
pub async fn withdraw(db: &Db, id: GenerationId, owner: UserId) -> Result<(), Error> {
    let params: &Params = &[(&id, Type::UUID), (&owner, Type::UUID)];
    db.as_service().query(statement!("generation/withdraw"), params).await?;
    Ok(())
}

/// Says why there is no version, and what it cost all the same.
pub async fn fail(db: &Db, id: GenerationId, owner: UserId, code: &str, usage: Usage) -> Result<(), Error> {
    let Usage {
        prompt_tokens,
        completion_tokens,
    } = usage;
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (&code, Type::TEXT),
        (&prompt_tokens, Type::INT4),
        (&completion_tokens, Type::INT4),
    ];
    db.as_service().query(statement!("generation/fail"), params).await?;
    Ok(())
}

/// What was written.
pub struct NewDraft<'a> {
    pub id: VersionId,
    pub project: ProjectId,
    pub owner: UserId,
    pub source: &'a str,
    pub files: &'a Files,
    pub usage: Usage,
}

/// Makes the draft and opens it. Its source must be stored before.
pub async fn complete(db: &Db, id: GenerationId, draft: &NewDraft<'_>) -> Result<(), Error> {
    let NewDraft {
        id: version,
        project,
        owner,
        source,
        files,
        usage,
    } = draft;
    let Files {
        stem: _,
        source_path,
        program_path: _,
        log_path: _,
        checksum,
        source_bytes,
    } = files;
    let params: &Params = &[
        (&id, Type::UUID),
        (owner, Type::UUID),
        (project, Type::UUID),
        (version, Type::UUID),
        (source, Type::TEXT),
        (source_path, Type::TEXT),
        (source_bytes, Type::INT8),
        (checksum, Type::TEXT),
        (&usage.prompt_tokens, Type::INT4),
        (&usage.completion_tokens, Type::INT4),
    ];
    let row = db
        .as_service()
        .query_opt(statement!("generation/complete"), params)
        .await?;
    row.map(|_| ()).ok_or_else(cancelled)
}

/// Whether nobody has cancelled it; an error when somebody has.
pub async fn require_wanted(db: &Db, id: GenerationId, owner: UserId) -> Result<(), Error> {
    let params: &Params = &[(&id, Type::UUID), (&owner, Type::UUID)];
    let row = db
        .as_service()
        .query_opt(statement!("generation/is_wanted"), params)
        .await?;
    row.map(|_| ()).ok_or_else(cancelled)
}

/// Whoever writes for the project stops at its next look.
pub async fn cancel(session: Session<'_>, project: ProjectId, owner: UserId) -> Result<(), Error> {
    let tx = session.begin().await?;
    tx.query_opt(statement!("project/show"), &[(&project, Type::UUID)])
        .await?
        .ok_or(Error::NotFound("project"))?;
    tx.elevate().await?;
    tx.query_opt(
        statement!("generation/cancel"),
        &[(&project, Type::UUID), (&owner, Type::UUID)],
    )
    .await?;
    tx.commit().await
}

fn cancelled() -> Error {
    Error::Conflict {
        code: "cancelled",
        detail: "The generation was cancelled; nothing was saved.".to_owned(),
    }
}
