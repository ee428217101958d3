//! A WebSocket client: a dashboard's or an agent's.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::Request},
};

use super::{AgentKey, Stage, Trader};

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Stage {
    pub(crate) async fn ticket(&self, trader: &Trader) -> String {
        let made = self.as_user(trader).post("/auth/socket-ticket", json!({}), 200).await;
        made.text("/ticket").to_owned()
    }

    /// A dashboard of the trader that watches these instruments.
    pub(crate) async fn dashboard(&self, trader: &Trader, instruments: &[&str]) -> Socket {
        let ticket = self.ticket(trader).await;
        let mut socket = self.connect(&ticket).await.expect("a fresh ticket opens the socket");
        if !instruments.is_empty() {
            socket.subscribe(instruments).await;
        }
        // Messages of a socket are handled in their order, so the pong means that the subscription is registered.
        socket.ping().await;
        socket
    }

    /// By a ticket; an error is the refusal's status.
    pub(crate) async fn connect(&self, ticket: &str) -> Result<Socket, u16> {
        self.connect_to(self.socket_url(), ticket).await
    }

    /// At another address than the WebSocket API's own.
    pub(crate) async fn connect_to(&self, url: &str, ticket: &str) -> Result<Socket, u16> {
        let url = format!("{url}?ticket={ticket}");
        self.open(url.into_client_request().expect("an address")).await
    }

    /// An agent's doorbell.
    pub(crate) async fn doorbell(&self, agent: &AgentKey) -> Result<Socket, u16> {
        let mut request = self.socket_url().into_client_request().expect("an address");
        for (name, value) in [("x-agent-id", &agent.id), ("x-agent-key", &agent.key)] {
            request.headers_mut().insert(name, value.parse().expect("a header"));
        }
        self.open(request).await
    }

    fn socket_url(&self) -> &str {
        self.cloud.ws_url().expect("the template has a WebSocket API")
    }

    async fn open(&self, request: Request<()>) -> Result<Socket, u16> {
        let host = request.uri().authority().expect("a host").as_str();
        let stream = TcpStream::connect(host).await.expect("the WebSocket API listens");
        stream.set_nodelay(true).expect("an option of TCP");
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(refusal)) => Err(refusal.status().as_u16()),
            Err(other) => panic!("the handshake failed: {other}"),
        }
    }
}

impl Socket {
    pub(crate) async fn subscribe(&mut self, instruments: &[&str]) {
        self.send(&json!({"action": "subscribe", "instruments": instruments}).to_string())
            .await;
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("the socket is open");
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let next = timeout(PATIENCE, self.0.next()).await;
            match next.expect("a message within 20 s").expect("the socket is open") {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).expect("messages are JSON"),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("expected a text, got {other:?}"),
            }
        }
    }

    /// The next message of this type; others are passed over.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Asks for a pong and returns what came before it.
    pub(crate) async fn ping(&mut self) -> Vec<Value> {
        self.send(r#"{"action":"ping"}"#).await;
        let mut before = Vec::new();
        loop {
            let message = self.next().await;
            if message["type"] == "pong" {
                return before;
            }
            before.push(message);
        }
    }

    /// Waits until the other side closes it.
    pub(crate) async fn closed(&mut self) {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("an end within 20 s") {
                None | Some(Err(_) | Ok(Message::Close(_))) => return,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Says good-bye.
    pub(crate) async fn close(mut self) {
        self.0.close(None).await.expect("a good-bye can be sent");
        self.closed().await;
    }
}
