//! Router C1: who the caller is, and the ticket that opens the socket. Also what needs no caller: health and the contract.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, State},
    http::header,
    response::IntoResponse,
};
use jiff::Timestamp;
use serde::Serialize;
use shared::{
    auth::{
        User,
        socket::{TICKET_SECONDS, TicketOffice},
        user::UserVerifier,
    },
    config::Env,
    db::{self, Db},
    domain::account::Me,
    error::{Error, Guarded, Problem},
    routes,
    routing::Routes,
};
use utoipa::ToSchema;

#[derive(Clone, FromRef)]
pub struct App {
    db: Arc<Db>,
    verifier: Arc<UserVerifier>,
    tickets: Arc<TicketOffice>,
    socket_url: Arc<str>,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            verifier: Arc::new(UserVerifier::from_env(env)),
            tickets: Arc::new(TicketOffice::new(&env.secret("SOCKET_TICKET_SECRET"))),
            socket_url: env.text("SOCKET_URL").into(),
            db: Arc::new(Db::from_env(env)?),
        })
    }
}

pub fn router<R: Routes<App>>() -> R {
    R::default()
        .routes(routes!(show_me))
        .routes(routes!(issue_ticket))
        .routes(routes!(health))
        .routes(routes!(openapi))
}

/// Who am I
#[utoipa::path(get, path = "/auth/me", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = Me),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "The user is gone"),
        Guarded,
    ))]
async fn show_me(State(db): State<Arc<Db>>, user: User) -> Result<Json<Me>, Error> {
    db::account::show(db.as_user(&user)).await.map(Json)
}

#[derive(Serialize, ToSchema)]
struct SocketTicket {
    ticket: String,
    /// Connect here with `?ticket=`.
    url: String,
    expires_in: i64,
}

/// Get a ticket for the socket
///
/// Opens the socket once within a minute.
#[utoipa::path(post, path = "/auth/socket-ticket", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = SocketTicket),
        Guarded,
    ))]
async fn issue_ticket(
    State(tickets): State<Arc<TicketOffice>>,
    State(url): State<Arc<str>>,
    user: User,
) -> Result<Json<SocketTicket>, Error> {
    let ticket = tickets.issue(&user, Timestamp::now())?;
    Ok(Json(SocketTicket {
        ticket: ticket.expose().to_owned(),
        url: url.to_string(),
        expires_in: TICKET_SECONDS,
    }))
}

#[derive(Serialize, ToSchema)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// Is the API up
///
/// Answers without the database.
#[utoipa::path(get, path = "/health", tag = "service", responses((status = 200, body = Health)))]
async fn health() -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// This contract
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses((status = 200, content_type = "application/json")))]
async fn openapi() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        include_str!("../../../openapi.json"),
    )
}
