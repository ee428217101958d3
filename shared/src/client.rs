//! Calls to other services over HTTP/1.1: one client for the life of an instance, whose connections are kept.

use std::{sync::OnceLock, time::Duration};

use axum::body::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

use crate::{error::Error, tls};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// What we ask for is answered in a few hundred bytes; a list of deleted files is longer.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct HttpClient {
    /// Made at the first call.
    client: OnceLock<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
}

impl HttpClient {
    /// The answer of any status, whole, within `limit` of time.
    pub(crate) async fn send(
        &self,
        op: &'static str,
        request: Request<Bytes>,
        limit: Duration,
    ) -> Result<(StatusCode, Bytes), Error> {
        let answered = async {
            let response = self.client(op)?.request(request.map(Full::new)).await;
            let response = response.map_err(|error| Error::dependency(op, error))?;
            let status = response.status();
            // Read to its end, or the connection cannot be used again.
            let body = Limited::new(response.into_body(), ANSWER_LIMIT).collect().await;
            let body = body.map_err(|error| Error::dependency(op, error))?;
            Ok((status, body.to_bytes()))
        };
        match timeout(limit, answered).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(Error::dependency(op, elapsed)),
        }
    }

    fn client(&self, op: &'static str) -> Result<&Client<HttpsConnector<HttpConnector>, Full<Bytes>>, Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let tls = tls::client_config(None).map_err(|error| Error::internal(op, error))?;
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_nodelay(true);
        // It is asked for https too, which the layer above it speaks.
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(self
            .client
            .get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}
