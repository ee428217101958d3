//! API Gateway's side of the open sockets: post to one, close one.
//!
//! Not by the AWS SDK: it spends 92 µs of CPU on a post where hyper and a signature spend 13 (measured on loopback, optimised
//! as deployed), and posts are what a broadcast does all day. The protocol is one request:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>

use std::{sync::OnceLock, time::Duration};

use axum::body::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::{
    aws::{Aws, sign::Signer},
    config::Env,
    error::Error,
    tls,
};

/// What is later than this is superseded.
const POST_TIMEOUT: Duration = Duration::from_secs(1);
const SERVICE: &str = "execute-api";

/// What became of a message to a socket.
#[derive(Debug)]
pub enum Posted {
    Sent,
    /// The socket is no more.
    Gone,
    /// Too many messages, or a client that does not keep up (429).
    Busy,
    Failed(Error),
}

type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

pub struct Sockets {
    signer: Signer,
    endpoint: String,
    /// Made at the first call.
    client: OnceLock<HttpClient>,
}

impl Sockets {
    /// Reads `SOCKET_API`, the address of the WebSocket API's stage (`wss://…/v1`): posts go there too, over HTTP.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            signer: Signer::new(Aws::from_env(env), SERVICE),
            endpoint: env.text("SOCKET_API").replacen("ws", "http", 1),
            client: OnceLock::new(),
        }
    }

    pub async fn post(&self, connection_id: &str, message: Bytes) -> Posted {
        const OP: &str = "socket/post";
        match self.call(OP, Method::POST, connection_id, message).await {
            Ok(StatusCode::OK) => Posted::Sent,
            Ok(StatusCode::GONE) => Posted::Gone,
            Ok(StatusCode::TOO_MANY_REQUESTS) => Posted::Busy,
            Ok(status) => Posted::Failed(Error::dependency(OP, format!("answered {status}"))),
            Err(error) => Posted::Failed(error),
        }
    }

    /// One that is gone already is as good as closed.
    pub async fn close(&self, connection_id: &str) -> Result<(), Error> {
        const OP: &str = "socket/close";
        match self.call(OP, Method::DELETE, connection_id, Bytes::new()).await? {
            StatusCode::NO_CONTENT | StatusCode::OK | StatusCode::GONE => Ok(()),
            status => Err(Error::dependency(OP, format!("answered {status}"))),
        }
    }

    async fn call(
        &self,
        op: &'static str,
        method: Method,
        connection_id: &str,
        body: Bytes,
    ) -> Result<StatusCode, Error> {
        let request = self.request(op, method, connection_id, body)?;
        let answered = async {
            let response = self.client(op)?.request(request).await;
            let response = response.map_err(|error| Error::dependency(op, error))?;
            let status = response.status();
            // Read to its end, or the connection cannot be used again.
            let body = response.into_body().collect().await;
            body.map_err(|error| Error::dependency(op, error))?;
            Ok(status)
        };
        match timeout(POST_TIMEOUT, answered).await {
            Ok(status) => status,
            Err(elapsed) => Err(Error::dependency(op, elapsed)),
        }
    }

    fn request(
        &self,
        op: &'static str,
        method: Method,
        connection_id: &str,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, Error> {
        let uri = format!("{}/@connections/{}", self.endpoint, escaped(connection_id));
        let request = Request::builder().method(method).uri(uri).body(body);
        let mut request = request.map_err(|error| Error::internal(op, error))?;
        self.signer
            .sign(&mut request, Timestamp::now())
            .map_err(|error| Error::internal(op, error))?;
        Ok(request.map(Full::new))
    }

    fn client(&self, op: &'static str) -> Result<&HttpClient, Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let tls = tls::client_config(None).map_err(|error| Error::internal(op, error))?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(self
            .client
            .get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}

/// Connection ids are base64, of which three characters mean something in a path.
fn escaped(connection_id: &str) -> String {
    connection_id
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}
