//! API Gateway's side of the open sockets: post to one, close one.
//!
//! Not by the AWS SDK: it spends 92 µs of CPU on a post where hyper and a signature spend 13 (measured on loopback, optimised
//! as deployed), and posts are what a broadcast does all day. The protocol is one request:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>

use std::time::Duration;

use axum::body::Bytes;
use http::{Method, Request, StatusCode};
use jiff::Timestamp;

use crate::{
    aws::{Aws, sign::Signer},
    client::HttpClient,
    config::Env,
    error::Error,
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

pub struct Sockets {
    signer: Signer,
    endpoint: String,
    client: HttpClient,
}

impl Sockets {
    /// Reads `SOCKET_API`, the address of the WebSocket API's stage (`wss://…/socket`): posts go there too, over HTTP.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            signer: Signer::new(Aws::from_env(env), SERVICE),
            endpoint: env.text("SOCKET_API").replacen("ws", "http", 1),
            client: HttpClient::default(),
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
        let (status, _) = self.client.send(op, request, POST_TIMEOUT).await?;
        Ok(status)
    }

    fn request(
        &self,
        op: &'static str,
        method: Method,
        connection_id: &str,
        body: Bytes,
    ) -> Result<Request<Bytes>, Error> {
        let uri = format!("{}/@connections/{}", self.endpoint, escaped(connection_id));
        let request = Request::builder().method(method).uri(uri).body(body);
        let mut request = request.map_err(|error| Error::internal(op, error))?;
        self.signer
            .sign(&mut request, Timestamp::now())
            .map_err(|error| Error::internal(op, error))?;
        Ok(request)
    }
}

/// Connection ids are base64, of which three characters mean something in a path.
fn escaped(connection_id: &str) -> String {
    connection_id
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}
