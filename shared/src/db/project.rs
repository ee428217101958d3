//! Projects of expert advisors.

use tokio_postgres::{
    Row,
    types::{Json, Type},
};

use super::{Params, Session, Tx, conflict_on, statement};
use crate::{
    domain::{
        ProjectId, UserId,
        project::{NewProject, Project, ProjectChange},
    },
    error::Error,
    http::Cursor,
};

pub async fn list(session: Session<'_>, after: Option<Cursor>, limit: i64) -> Result<Vec<Project>, Error> {
    let rows = session
        .query(
            statement!("project/list"),
            &[
                (&after.map(|cursor| cursor.at), Type::TIMESTAMPTZ),
                (&after.map(|cursor| cursor.id), Type::UUID),
                (&(limit + 1), Type::INT8),
            ],
        )
        .await?;
    Ok(rows.iter().map(read).collect())
}

pub async fn show(session: Session<'_>, id: ProjectId) -> Result<Project, Error> {
    let row = session
        .query_opt(statement!("project/show"), &[(&id, Type::UUID)])
        .await?;
    found(row.as_ref())
}

/// As [`show`], within a transaction.
pub async fn show_in(tx: &Tx, id: ProjectId) -> Result<Project, Error> {
    let row = tx.query_opt(statement!("project/show"), &[(&id, Type::UUID)]).await?;
    found(row.as_ref())
}

/// Makes the project, or returns the one of the same id. Its first version is made beside it.
pub async fn create(tx: &Tx, id: ProjectId, owner: UserId, new: &NewProject) -> Result<Project, Error> {
    let NewProject {
        name,
        description,
        default_settings,
        source_code: _,
    } = new;
    let params: &Params = &[
        (&id, Type::UUID),
        (&owner, Type::UUID),
        (name, Type::TEXT),
        (description, Type::TEXT),
        (&Json(default_settings), Type::JSONB),
    ];
    // A token outlives its user by up to an hour.
    let row = tx
        .query_opt(statement!("project/create"), params)
        .await
        .map_err(|error| conflict_on("ea_projects_user_id_fkey", error, || Error::NotFound("user")));
    found(row?.as_ref())
}

/// Changes what was sent.
pub async fn update(session: Session<'_>, id: ProjectId, change: &ProjectChange) -> Result<Project, Error> {
    let ProjectChange {
        name,
        description,
        default_settings,
        current_version_id,
    } = change;
    let params: &Params = &[
        (&id, Type::UUID),
        (name, Type::TEXT),
        (&description.is_some(), Type::BOOL),
        (&description.as_ref().and_then(Option::as_ref), Type::TEXT),
        (&default_settings.as_ref().map(Json), Type::JSONB),
        (current_version_id, Type::UUID),
    ];
    let row = session
        .query_opt(statement!("project/update"), params)
        .await
        .map_err(|error| {
            conflict_on("ea_projects_current_version_id_id_fkey", error, || {
                Error::invalid("current_version_id", "one of the project's own versions")
            })
        });
    found(row?.as_ref())
}

/// Deletes the project with everything of it but its files, and says where those are. A deployment that may be attached is
/// a conflict.
pub async fn delete(tx: &Tx, id: ProjectId, owner: UserId) -> Result<Vec<String>, Error> {
    let params: &Params = &[(&id, Type::UUID), (&owner, Type::UUID)];
    let row = tx
        .query_opt(statement!("project/delete"), params)
        .await
        .map_err(|error| {
            conflict_on("ea_deployments_ea_version_id_fkey", error, || Error::Conflict {
                code: "project_deployed",
                detail: "A deployment of this project is running or about to; stop it first.".to_owned(),
            })
        });
    row?.map(|row| row.get("files")).ok_or(Error::NotFound("project"))
}

pub(super) fn found(row: Option<&Row>) -> Result<Project, Error> {
    row.map(read).ok_or(Error::NotFound("project"))
}

fn read(row: &Row) -> Project {
    Project {
        id: row.get("id"),
        name: row.get("name"),
        description: row.get("description"),
        default_settings: row.get("default_settings"),
        current_version_id: row.get("current_version_id"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
