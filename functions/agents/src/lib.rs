//! Router C6: a user's MT5 agents and their pairing keys.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use shared::{
    auth::{User, agent::PairingKey, user::UserVerifier},
    config::Env,
    db::{self, Db},
    domain::{AgentId, BrokerConnectionId, agent::Agent, strategy::is_name},
    error::{Checked, Error, Filtered, Guarded, Missing},
    http::{Cursor, Filter, IdempotencyKey, Input, Page, Paging, PathId, sent},
    routes,
    routing::Routes,
};
use utoipa::ToSchema;

#[derive(Clone, FromRef)]
pub struct App {
    db: Arc<Db>,
    verifier: Arc<UserVerifier>,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            db: Arc::new(Db::from_env(env)?),
        })
    }
}

pub fn router<R: Routes<App>>() -> R {
    R::default()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .routes(routes!(rotate_key))
}

/// List my agents
#[utoipa::path(get, path = "/agents", tag = "agents", security(("bearer" = [])), params(Paging),
    responses(
        (status = 200, body = Page<Agent>),
        Guarded, Filtered,
    ))]
async fn list(
    State(db): State<Arc<Db>>,
    user: User,
    Filter(paging): Filter<Paging>,
) -> Result<Json<Page<Agent>>, Error> {
    let limit = paging.limit()?;
    let agents = db::agent::list(db.as_user(&user), paging.cursor()?, limit).await?;
    Ok(Json(Page::new(agents, limit, |agent| Cursor {
        at: agent.created_at,
        id: agent.id.0,
    })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAgent {
    #[schema(min_length = 1, max_length = 80)]
    agent_name: String,
    /// Without one the agent gets no trades.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    broker_connection_id: Option<BrokerConnectionId>,
}

/// An agent and its key, which is shown this once.
#[derive(Serialize, ToSchema)]
struct PairedAgent {
    agent: Agent,
    agent_key: String,
}

/// Make an agent
///
/// Sent again with the same `Idempotency-Key`, it is the same agent with a fresh key: the first answer was lost, and only
/// the hash of its key was kept.
#[utoipa::path(post, path = "/agents", tag = "agents", security(("bearer" = [])), request_body = NewAgent,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key makes the same agent")),
    responses(
        (status = 201, body = PairedAgent),
        Guarded, Missing, Checked,
    ))]
async fn create(
    State(db): State<Arc<Db>>,
    user: User,
    idempotency: IdempotencyKey,
    Input(new): Input<NewAgent>,
) -> Result<(StatusCode, Json<PairedAgent>), Error> {
    let NewAgent {
        agent_name,
        broker_connection_id,
    } = new;
    require_name(&agent_name)?;
    let key = PairingKey::mint()?;
    let id = AgentId(idempotency.id(user.id.0, "agents"));
    let tx = db.as_user(&user).begin().await?;
    if let Some(connection) = broker_connection_id {
        db::connection::require(&tx, connection).await?;
    }
    tx.elevate().await?;
    let agent = db::agent::create(&tx, id, user.id, broker_connection_id, &agent_name, &key).await?;
    tx.commit().await?;
    Ok((
        StatusCode::CREATED,
        Json(PairedAgent {
            agent,
            agent_key: key.key.expose().to_owned(),
        }),
    ))
}

/// Show an agent
#[utoipa::path(get, path = "/agents/{id}", tag = "agents", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The agent")),
    responses(
        (status = 200, body = Agent),
        Guarded, Missing,
    ))]
async fn show(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<Json<Agent>, Error> {
    db::agent::show(db.as_user(&user), AgentId(id)).await.map(Json)
}

/// What changes; a field that is not sent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgentChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 80)]
    agent_name: Option<String>,
    /// `null` takes the agent off its connection.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<Uuid>)]
    broker_connection_id: Option<Option<BrokerConnectionId>>,
}

/// Change an agent
#[utoipa::path(patch, path = "/agents/{id}", tag = "agents", security(("bearer" = [])), request_body = AgentChange,
    params(("id" = Uuid, Path, description = "The agent")),
    responses(
        (status = 200, body = Agent),
        Guarded, Missing, Checked,
    ))]
async fn update(
    State(db): State<Arc<Db>>,
    user: User,
    PathId(id): PathId,
    Input(change): Input<AgentChange>,
) -> Result<Json<Agent>, Error> {
    let AgentChange {
        agent_name,
        broker_connection_id,
    } = change;
    if let Some(name) = &agent_name {
        require_name(name)?;
    }
    db::agent::update(
        db.as_user(&user),
        AgentId(id),
        agent_name.as_deref(),
        broker_connection_id,
    )
    .await
    .map(Json)
}

/// Delete an agent
///
/// Its key ends at once. A job it had claimed is never given to another agent.
#[utoipa::path(delete, path = "/agents/{id}", tag = "agents", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The agent")),
    responses(
        (status = 204),
        Guarded, Missing,
    ))]
async fn delete(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<StatusCode, Error> {
    db::agent::delete(db.as_user(&user), AgentId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give an agent a new key
///
/// The old key ends at once.
#[utoipa::path(post, path = "/agents/{id}/rotate-key", tag = "agents", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The agent")),
    responses(
        (status = 200, body = PairedAgent),
        Guarded, Missing,
    ))]
async fn rotate_key(State(db): State<Arc<Db>>, user: User, PathId(id): PathId) -> Result<Json<PairedAgent>, Error> {
    let key = PairingKey::mint()?;
    let tx = db.as_user(&user).begin().await?;
    db::agent::show_in(&tx, AgentId(id)).await?;
    tx.elevate().await?;
    let agent = db::agent::rotate_key(&tx, AgentId(id), user.id, &key).await?;
    tx.commit().await?;
    Ok(Json(PairedAgent {
        agent,
        agent_key: key.key.expose().to_owned(),
    }))
}

fn require_name(name: &str) -> Result<(), Error> {
    if is_name(name) {
        Ok(())
    } else {
        Err(Error::invalid("agent_name", "1 to 80 characters"))
    }
}
