//! The way in: `$connect` is asked first, and only its yes is an upgrade.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::connections::{Connection, Disconnect, Id, Receivers};
use super::conversation::Conversation;
use super::wire::Wire;
use super::{Answer, Failure, Proxy, Sockets, event, plain};

const URL_LIMIT: usize = 4096;

impl Sockets {
    pub(super) async fn enter(self: Arc<Self>, peer: SocketAddr, mut request: Request<Incoming>) -> Answer {
        let upgrade = hyper::upgrade::on(&mut request);
        let (parts, _) = request.into_parts();
        let Some(key) = websocket_key(&parts.headers) else {
            return plain(StatusCode::UPGRADE_REQUIRED);
        };
        if parts
            .uri
            .path_and_query()
            .is_some_and(|uri| uri.as_str().len() > URL_LIMIT)
        {
            return plain(StatusCode::URI_TOO_LONG);
        }
        let Ok(id) = Id::random() else {
            return plain(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let (connection, receivers) = Connection::new(
            id,
            peer.ip().to_string(),
            text(header::USER_AGENT),
            text(header::HOST).unwrap_or_default(),
            Timestamp::now(),
        );
        let headers = match self.ask(&connection, &parts).await {
            Ok(headers) => headers,
            Err(refusal) => return refusal,
        };
        // From here on it can be posted to: what comes before the upgrade lies in its outbox.
        self.connections.insert(Arc::clone(&connection));
        tokio::spawn(self.welcome(connection, receivers, upgrade));
        switching_protocols(&key, headers)
    }

    /// The headers of a yes, or the answer that is a no.
    async fn ask(&self, connection: &Connection, parts: &Parts) -> Result<HeaderMap, Answer> {
        let begun = Instant::now();
        let route = "$connect";
        let Some(function) = self.api.routes.get(route) else {
            return Ok(HeaderMap::new());
        };
        let Ok(request_id) = Id::random() else {
            return Err(plain(StatusCode::INTERNAL_SERVER_ERROR));
        };
        let call = self.call(connection, route, request_id);
        let outcome = match event::connect(&call, parts, self.port) {
            Ok(event) => self.invoke(function, event).await,
            Err(_) => Err(Failure::Failed),
        };
        let told = outcome
            .as_ref()
            .map(|(proxy, cold)| (proxy.status_code, *cold))
            .map_err(|failure| *failure);
        self.tell(route, told, begun);
        match outcome {
            Ok((proxy, _)) if (200..300).contains(&proxy.status_code) => Ok(subprotocol(&proxy)),
            Ok((proxy, _)) => {
                let status = StatusCode::from_u16(proxy.status_code).unwrap_or(StatusCode::BAD_GATEWAY);
                Err(refusal(
                    status,
                    status.canonical_reason().unwrap_or_default(),
                    connection,
                    request_id,
                ))
            }
            Err(failure) => {
                let message = match failure {
                    Failure::Failed => "Internal server error",
                    Failure::TimedOut => "Endpoint request timed out",
                };
                Err(refusal(failure.status(), message, connection, request_id))
            }
        }
    }

    async fn welcome(self: Arc<Self>, connection: Arc<Connection>, receivers: Receivers, upgrade: OnUpgrade) {
        let _conversation = self.conversations.subscribe();
        let Receivers { outbox, orders } = receivers;
        let Some((stream, read)) = upgrade.await.ok().and_then(stream) else {
            self.connections.remove(connection.id);
            let gone = Disconnect::new(1006, "Connection closed abnormally");
            return self.disconnected(&connection, &gone).await;
        };
        let wire = Wire::new(stream, read, outbox, Arc::clone(&connection)).await;
        let conversation = Conversation {
            sockets: self,
            connection,
            wire,
            orders,
        };
        conversation.hold().await;
    }
}

/// The bare connection again, and what was read from it already.
fn stream(upgraded: Upgraded) -> Option<(TcpStream, Vec<u8>)> {
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    Some((parts.io.into_inner(), parts.read_buf.to_vec()))
}

fn websocket_key(headers: &HeaderMap) -> Option<Vec<u8>> {
    let says = |name, word: &str| {
        let value = headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        value.is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word)))
    };
    let asked = says(header::CONNECTION, "upgrade")
        && says(header::UPGRADE, "websocket")
        && says(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?;
    asked.then(|| key.as_bytes().to_vec())
}

/// A browser that offered subprotocols hangs up unless one of them comes back.
fn subprotocol(proxy: &Proxy) -> HeaderMap {
    let wanted = header::SEC_WEBSOCKET_PROTOCOL;
    proxy
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted.as_str()))
        .filter_map(|(_, value)| Some((wanted.clone(), HeaderValue::from_str(value.as_str()?).ok()?)))
        .collect()
}

fn switching_protocols(key: &[u8], headers: HeaderMap) -> Answer {
    let mut answer = plain(StatusCode::SWITCHING_PROTOCOLS);
    *answer.headers_mut() = headers;
    let out = answer.headers_mut();
    out.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    out.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::try_from(derive_accept_key(key)) {
        out.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    answer
}

fn refusal(status: StatusCode, message: &str, connection: &Connection, request_id: Id) -> Answer {
    let body = json!({
        "message": message,
        "connectionId": connection.id.to_string(),
        "requestId": request_id.to_string(),
    });
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
