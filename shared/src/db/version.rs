//! Versions of expert advisors and their files.

use tokio_postgres::{
    Row,
    types::{Json, Type},
};

use super::{Db, Params, Session, Tx, conflict_on, job, project, statement};
use crate::{
    domain::{
        ArtifactId, JobId, ProjectId, UserId, VersionId,
        job::{JobBrief, JobStatus, JobType},
        json::Object,
        version::{ArtifactType, Files, Version, VersionChange, VersionSummary, file_name},
    },
    error::Error,
    http::{Cursor, IfMatch},
    news::{JobNews, News},
};

/// A project's versions, newest first; one more than `limit` when there are more.
pub async fn list(
    session: Session<'_>,
    of: ProjectId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<VersionSummary>, Error> {
    let after = after.map(|cursor| cursor.id);
    let page: &Params = &[(&of, Type::UUID), (&after, Type::UUID), (&(limit + 1), Type::INT8)];
    let [projects, versions] = session
        .query_each([
            (statement!("project/show"), &[(&of, Type::UUID)]),
            (statement!("version/list"), page),
        ])
        .await?;
    project::found(projects.first())?;
    Ok(versions.iter().map(read_summary).collect())
}

pub async fn show(session: Session<'_>, id: VersionId) -> Result<Version, Error> {
    let row = session
        .query_opt(statement!("version/show"), &[(&id, Type::UUID)])
        .await?;
    row.as_ref().map(read).ok_or(Error::NotFound("version"))
}

/// Makes a draft, or leaves the one of the same id as it is.
pub async fn create(
    tx: &Tx,
    id: VersionId,
    of: ProjectId,
    owner: UserId,
    source: &str,
    config: &Object,
) -> Result<(), Error> {
    let params: &Params = &[
        (&id, Type::UUID),
        (&of, Type::UUID),
        (&owner, Type::UUID),
        (&source, Type::TEXT),
        (&Json(config), Type::JSONB),
    ];
    let row = tx.query_opt(statement!("version/create"), params).await;
    let row = row.map_err(project_is_gone)?;
    row.map(|_| ()).ok_or(Error::NotFound("project"))
}

/// Saves a draft, if it still is what the change was made on; else the error carries what somebody else saved.
pub async fn save(
    session: Session<'_>,
    id: VersionId,
    made_on: IfMatch,
    change: &VersionChange,
) -> Result<Version, Error> {
    let VersionChange { source_code, config } = change;
    let (any, at) = match made_on {
        IfMatch::Any => (true, None),
        IfMatch::At(at) => (false, Some(at)),
        IfMatch::Never => (false, None),
    };
    let params: &Params = &[
        (&id, Type::UUID),
        (source_code, Type::TEXT),
        (&config.as_ref().map(Json), Type::JSONB),
        (&any, Type::BOOL),
        (&at, Type::TIMESTAMPTZ),
    ];
    match session.query_opt(statement!("version/save"), params).await? {
        Some(row) => Ok(read(&row)),
        // Why, is read after it was decided: the statement itself would still see what was there when it began.
        None => Err(show(session, id).await?.refuse_change()),
    }
}

/// What a version is compiled from.
pub struct Source {
    pub project: ProjectId,
    pub project_name: String,
    pub source_code: String,
    pub config: serde_json::Value,
    /// Whether its owner has an agent that could compile it.
    pub has_agent: bool,
}

pub async fn source(session: Session<'_>, id: VersionId) -> Result<Source, Error> {
    let row = session
        .query_opt(statement!("version/source"), &[(&id, Type::UUID)])
        .await?
        .ok_or(Error::NotFound("version"))?;
    Ok(Source {
        project: row.get("ea_project_id"),
        project_name: row.get("project_name"),
        source_code: row.get("source_code"),
        config: row.get("config"),
        has_agent: row.get("has_agent"),
    })
}

/// A version that is given to the compiler.
pub struct NewCompilation<'a> {
    pub id: VersionId,
    pub job: JobId,
    pub owner: UserId,
    pub source: &'a Source,
    pub files: &'a Files,
    pub bucket: &'a str,
}

/// Makes the version and its job, and says what is to be heard of it. Its source must be stored before.
pub async fn compile(db: &Db, new: &NewCompilation<'_>) -> Result<Vec<News>, Error> {
    let NewCompilation {
        id,
        job,
        owner,
        source,
        files,
        bucket,
    } = new;
    let Files {
        stem,
        source_path,
        program_path,
        log_path,
        checksum,
        source_bytes,
    } = files;
    let params: &Params = &[
        (id, Type::UUID),
        (&source.project, Type::UUID),
        (owner, Type::UUID),
        (job, Type::UUID),
        (&source.source_code, Type::TEXT),
        (&source.config, Type::JSONB),
        (source_path, Type::TEXT),
        (source_bytes, Type::INT8),
        (checksum, Type::TEXT),
        (program_path, Type::TEXT),
        (bucket, Type::TEXT),
        (stem, Type::TEXT),
        (log_path, Type::TEXT),
    ];
    let row = db.as_service().query_opt(statement!("version/compile"), params).await;
    let row = row.map_err(project_is_gone)?.ok_or(Error::NotFound("project"))?;
    let user_id = *owner;
    let mut news = vec![News::JobsWaiting {
        user_id,
        broker_connection_id: None,
    }];
    if row.get("watched") {
        let job = JobNews {
            id: *job,
            job_type: JobType::Compile,
            status: JobStatus::Pending,
        };
        news.push(News::Job { user_id, job });
    }
    Ok(news)
}

/// The version that a job compiles, if there is such a job.
pub async fn compiled_by(session: Session<'_>, id: JobId) -> Result<Option<(Version, JobBrief)>, Error> {
    let Some((job, version)) = job::brief(session, id).await? else {
        return Ok(None);
    };
    let version = VersionId(version.ok_or(Error::NotFound("version"))?);
    Ok(Some((show(session, version).await?, job)))
}

/// As [`compiled_by`], of a statement whose end was not heard of.
pub async fn compiled_in_the_end(
    session: Session<'_>,
    id: JobId,
    of: ProjectId,
) -> Result<Option<(Version, JobBrief)>, Error> {
    wait_for_versions(session, of).await?;
    compiled_by(session, id).await
}

/// As [`show`], of a statement whose end was not heard of.
pub async fn show_in_the_end(session: Session<'_>, id: VersionId, of: ProjectId) -> Result<Version, Error> {
    wait_for_versions(session, of).await?;
    show(session, id).await
}

/// Whoever makes a version of a project holds it until that is committed.
async fn wait_for_versions(session: Session<'_>, of: ProjectId) -> Result<(), Error> {
    let tx = session.begin().await?;
    tx.query_opt(statement!("project/hold"), &[(&of, Type::UUID)]).await?;
    tx.commit().await
}

/// A file, where it is and what it is called.
pub struct Located {
    pub path: String,
    pub name: String,
}

pub async fn locate(session: Session<'_>, id: ArtifactId) -> Result<Located, Error> {
    let row = session
        .query_opt(statement!("artifact/show"), &[(&id, Type::UUID)])
        .await?
        .ok_or(Error::NotFound("file"))?;
    let kind: ArtifactType = row.get("artifact_type");
    Ok(Located {
        path: row.get("storage_path"),
        name: file_name(row.get("project_name"), row.get("version_number"), kind),
    })
}

/// It was deleted after it was read.
fn project_is_gone(error: Error) -> Error {
    conflict_on("ea_versions_ea_project_id_fkey", error, || Error::NotFound("project"))
}

fn read(row: &Row) -> Version {
    Version {
        summary: read_summary(row),
        source_code: row.get("source_code"),
        config: row.get("config"),
    }
}

fn read_summary(row: &Row) -> VersionSummary {
    let Json(artifacts) = row.get("artifacts");
    VersionSummary {
        id: row.get("id"),
        ea_project_id: row.get("ea_project_id"),
        version_number: row.get("version_number"),
        status: row.get("status"),
        compilation_error: row.get("compilation_error"),
        source_bytes: row.get("source_bytes"),
        artifacts,
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
