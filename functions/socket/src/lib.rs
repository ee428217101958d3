//! The WebSocket API's routes: who may connect, what a socket watches, and that it lives.
//!
//! API Gateway answers a client only by a post to its connection; what is sent here goes that way. Prices do not: the last
//! known ones after a subscribe travel with all others, so that none overtakes a newer one.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    auth::socket::{Opening, TicketOffice},
    config::Env,
    db::{self, AgentDoor, Db},
    domain::price::Instrument,
    error::Error,
    news::{News, Newsroom},
    sockets::{Posted, Sockets},
};

pub struct App {
    door: AgentDoor,
    tickets: TicketOffice,
    newsroom: Newsroom,
    sockets: Sockets,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            tickets: TicketOffice::new(&env.secret("SOCKET_TICKET_SECRET")),
            newsroom: Newsroom::from_env(env),
            sockets: Sockets::from_env(env),
            door: AgentDoor::new(Db::from_env(env)?),
        })
    }

    fn db(&self) -> &Db {
        self.door.db()
    }
}

/// What API Gateway is told; only `$connect` listens to it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    status_code: u16,
}

pub async fn answer(app: &App, event: ApiGatewayWebsocketProxyRequest) -> Result<Answer, Error> {
    let context = &event.request_context;
    let connection = context.connection_id.as_deref().unwrap_or_default();
    let answered = match context.route_key.as_deref() {
        Some("$connect") => return Ok(connect(app, connection, &event).await),
        Some("$disconnect") => db::socket::forget(app.db(), &[connection]).await,
        Some("subscribe") => subscribe(app, connection, event.body.as_deref()).await,
        Some("unsubscribe") => unsubscribe(app, connection, event.body.as_deref()).await,
        Some("ping") => pong(app, connection).await,
        _ => Err(unknown_action()),
    };
    if let Err(error) = answered {
        error.log();
        let refusal = json!({"type": "error", "code": error.code(), "detail": error.sentence()});
        send(app, connection, &refusal).await?;
    }
    Ok(Answer { status_code: 200 })
}

async fn connect(app: &App, connection: &str, event: &ApiGatewayWebsocketProxyRequest) -> Answer {
    let opened = match Opening::of(event) {
        Ok(Opening::Dashboard(ticket)) => match app.tickets.read(&ticket, Timestamp::now()) {
            Ok(ticket) => db::socket::open_dashboard(app.db(), connection, &ticket).await,
            Err(refused) => Err(refused),
        },
        Ok(Opening::Agent(caller)) => db::socket::open_agent(&app.door, connection, &caller).await,
        Err(refused) => Err(refused),
    };
    let status_code = match opened {
        Ok(()) => 200,
        Err(error) => {
            error.log();
            error.status().as_u16()
        }
    };
    Answer { status_code }
}

#[derive(Deserialize)]
struct Wish {
    instruments: Vec<Instrument>,
}

fn wish(body: Option<&str>) -> Result<Vec<Instrument>, Error> {
    let mut read = serde_json::Deserializer::from_str(body.unwrap_or_default());
    match serde_path_to_error::deserialize::<_, Wish>(&mut read) {
        Ok(Wish { instruments }) if instruments.is_empty() => Err(Error::invalid("instruments", "at least one")),
        Ok(Wish { instruments }) => Ok(instruments),
        Err(error) => Err(Error::invalid(&error.path().to_string(), error.inner().to_string())),
    }
}

async fn subscribe(app: &App, connection: &str, body: Option<&str>) -> Result<(), Error> {
    let subscribed = db::socket::subscribe(app.db(), connection, &wish(body)?).await?;
    let db::socket::Subscribed {
        user_id,
        sources,
        agent_listens,
    } = subscribed;
    let mut news: Vec<News> = sources
        .into_iter()
        .map(|(source, instruments)| News::Watched {
            source,
            connection_id: connection.to_owned(),
            instruments,
        })
        .collect();
    if agent_listens {
        news.push(News::Instruments { user_id });
    }
    app.newsroom.send(&news).await;
    Ok(())
}

async fn unsubscribe(app: &App, connection: &str, body: Option<&str>) -> Result<(), Error> {
    db::socket::unsubscribe(app.db(), connection, &wish(body)?).await
}

async fn pong(app: &App, connection: &str) -> Result<(), Error> {
    db::socket::touch(app.db(), connection).await?;
    send(app, connection, &json!({"type": "pong"})).await
}

async fn send(app: &App, connection: &str, message: &Value) -> Result<(), Error> {
    match app.sockets.post(connection, message.to_string().into()).await {
        Posted::Sent | Posted::Busy => Ok(()),
        Posted::Gone => db::socket::forget(app.db(), &[connection]).await,
        Posted::Failed(error) => Err(error),
    }
}

fn unknown_action() -> Error {
    Error::invalid("action", "subscribe, unsubscribe or ping")
}
