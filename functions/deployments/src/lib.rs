//! Router C5: compiled versions on the charts of agents' terminals. What is asked for here becomes a job of one agent, and a
//! deployment's status follows its jobs.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use serde::Deserialize;
use shared::{
    auth::{User, user::UserVerifier},
    config::Env,
    db::{self, Db, deployment::DeploymentFilter},
    domain::{
        AgentId, DeploymentId,
        deployment::{Deployment, DeploymentStatus, NewDeployment, Run, Stop, running, starting},
        job::JobType,
        strategy::magic_number_of,
    },
    error::{Checked, Error, Filtered, Guarded, Missing, Problem},
    http::{Cursor, Filter, IdempotencyKey, Input, Page, Paging, PathId},
    news::Newsroom,
    routes,
    routing::Routes,
};
use utoipa::IntoParams;

#[derive(Clone, FromRef)]
pub struct App {
    db: Arc<Db>,
    verifier: Arc<UserVerifier>,
    newsroom: Arc<Newsroom>,
    /// Where the programs are.
    bucket: Arc<str>,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            newsroom: Arc::new(Newsroom::from_env(env)),
            bucket: env.text("STORAGE_BUCKET").into(),
            db: Arc::new(Db::from_env(env)?),
        })
    }
}

pub fn router<R: Routes<App>>() -> R {
    R::default()
        .routes(routes!(list, create))
        .routes(routes!(show, delete))
        .routes(routes!(run))
        .routes(routes!(stop))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only in this state.
    status: Option<DeploymentStatus>,
    /// Only of this agent.
    #[param(value_type = Option<Uuid>)]
    mt5_agent_id: Option<AgentId>,
}

/// List my deployments, newest first
#[utoipa::path(get, path = "/deployments", tag = "deployments", security(("bearer" = [])), params(Paging, Wanted),
    responses(
        (status = 200, body = Page<Deployment>),
        Guarded, Filtered,
    ))]
async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    Filter(paging): Filter<Paging>,
    Filter(wanted): Filter<Wanted>,
) -> Result<Json<Page<Deployment>>, Error> {
    let Wanted { status, mt5_agent_id } = wanted;
    let limit = paging.limit()?;
    let filter = DeploymentFilter {
        status,
        agent: mt5_agent_id,
        after: paging.cursor()?,
    };
    let deployments = db::deployment::list(db.as_user(&user), &filter, limit).await?;
    Ok(Json(Page::new(deployments, limit, |deployment| Cursor {
        at: deployment.created_at,
        id: deployment.id.0,
    })))
}

/// Deploy a compiled version
///
/// The agent places it in its terminal and attaches it to a chart of its own. The deployment keeps this version whatever
/// becomes of the project. Sent again with the same `Idempotency-Key`, the first one is returned.
#[utoipa::path(post, path = "/deployments", tag = "deployments", security(("bearer" = [])), request_body = NewDeployment,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same deployment")),
    responses(
        (status = 201, body = Deployment),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The version is not compiled, or the chart is in use"),
        Guarded, Checked,
    ))]
async fn create(
    State(app): State<App>,
    user: User,
    idempotency: IdempotencyKey,
    Input(new): Input<NewDeployment>,
) -> Result<(StatusCode, Json<Deployment>), Error> {
    new.require_valid()?;
    let id = DeploymentId(idempotency.id(user.id.0, "deployments"));
    let session = app.db.as_user(&user);
    let tx = session.begin().await?;
    if let Some(first) = db::deployment::find_in(&tx, id).await? {
        tx.commit().await?;
        return Ok((StatusCode::CREATED, Json(first)));
    }
    let target = db::deployment::target(&tx, &new).await?;
    tx.elevate().await?;
    let magic_number = new.magic_number.unwrap_or_else(|| magic_number_of(id.0));
    let made = db::deployment::create(&tx, id, user.id, &new, &target, &app.bucket, magic_number).await;
    match made {
        Ok(news) => {
            tx.commit().await?;
            app.newsroom.send(&news).await;
            let deployment = db::deployment::show(session, id).await?;
            Ok((StatusCode::CREATED, Json(deployment)))
        }
        // Of two requests with one key at once, the second may find the chart in use by the first.
        Err(refused) => {
            drop(tx);
            let first = db::deployment::show(session, id).await.or(Err(refused))?;
            Ok((StatusCode::CREATED, Json(first)))
        }
    }
}

/// Show a deployment
#[utoipa::path(get, path = "/deployments/{id}", tag = "deployments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The deployment")),
    responses(
        (status = 200, body = Deployment),
        Guarded, Missing,
    ))]
async fn show(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<Json<Deployment>, Error> {
    db::deployment::show(db.as_user(&user), DeploymentId(id))
        .await
        .map(Json)
}

/// Run a deployment again
///
/// One that runs, or is about to, is left alone.
#[utoipa::path(post, path = "/deployments/{id}/run", tag = "deployments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The deployment")),
    responses(
        (status = 200, body = Deployment),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The chart is in use, or the agent was deleted"),
        Guarded, Missing,
    ))]
async fn run(State(app): State<App>, user: User, PathId(id): PathId) -> Result<Json<Deployment>, Error> {
    let (id, session) = (DeploymentId(id), app.db.as_user(&user));
    let tx = session.begin().await?;
    let wish = db::deployment::show_in(&tx, id).await?.run()?;
    tx.elevate().await?;
    let news = match wish {
        Run::Nothing => None,
        Run::Order => db::deployment::restart(&tx, id, user.id, &app.bucket).await?,
    };
    tx.commit().await?;
    app.newsroom.send(&news.unwrap_or_default()).await;
    db::deployment::show(session, id).await.map(Json)
}

/// Stop a deployment
///
/// Its agent takes it off its chart. An order to start it that no agent has begun is withdrawn; one that is stopped already, or
/// about to be, is left alone.
#[utoipa::path(post, path = "/deployments/{id}/stop", tag = "deployments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The deployment")),
    responses(
        (status = 200, body = Deployment),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The agent is just starting it, or was deleted"),
        Guarded, Missing,
    ))]
async fn stop(State(app): State<App>, user: User, PathId(id): PathId) -> Result<Json<Deployment>, Error> {
    let (id, session) = (DeploymentId(id), app.db.as_user(&user));
    let tx = session.begin().await?;
    let wish = db::deployment::show_in(&tx, id).await?.stop()?;
    tx.elevate().await?;
    let news = match wish {
        Stop::Nothing => None,
        Stop::Order => db::deployment::order(&tx, id, user.id, JobType::Stop, &app.bucket).await?,
        Stop::Withdraw => {
            let withdrawn = db::deployment::withdraw(&tx, id, user.id).await?;
            Some(withdrawn.ok_or_else(starting)?)
        }
    };
    tx.commit().await?;
    app.newsroom.send(&news.unwrap_or_default()).await;
    db::deployment::show(session, id).await.map(Json)
}

/// Delete a deployment
///
/// One that may be attached is stopped first; one that no agent has begun is withdrawn.
#[utoipa::path(delete, path = "/deployments/{id}", tag = "deployments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The deployment")),
    responses(
        (status = 204),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "It is running or about to"),
        Guarded, Missing,
    ))]
async fn delete(State(app): State<App>, user: User, PathId(id): PathId) -> Result<StatusCode, Error> {
    let id = DeploymentId(id);
    let tx = app.db.as_user(&user).begin().await?;
    db::deployment::show_in(&tx, id).await?.require_ended()?;
    tx.elevate().await?;
    let news = db::deployment::withdraw(&tx, id, user.id).await?;
    if !db::deployment::delete(&tx, id, user.id).await? {
        return Err(running());
    }
    tx.commit().await?;
    app.newsroom.send(&news.unwrap_or_default()).await;
    Ok(StatusCode::NO_CONTENT)
}
