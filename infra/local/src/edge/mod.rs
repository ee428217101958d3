//! `CloudFront` before everything: pages from a bucket, the APIs behind their paths, so that a browser knows one origin only.
//! Nothing is cached, packed or redirected to TLS here.

mod functions;

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use self::functions::Functions;
use crate::Objects;
use crate::gateway::{Gateway, StreamGateway};
use crate::log::{Log, Source};
use crate::socket::Sockets;
use crate::template::distribution::{Behavior, Distribution, Origin};

type Body = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;
type Answer = Response<Body>;

/// What the distribution asks.
pub(crate) struct Origins {
    pub(crate) bucket: Bucket,
    pub(crate) api: Arc<Gateway>,
    pub(crate) streams: Option<Arc<StreamGateway>>,
    pub(crate) sockets: Option<Arc<Sockets>>,
}

/// As S3 answers a distribution that may list it: a file, or 404.
pub(crate) struct Bucket {
    files: ServeDir,
    objects: Objects,
}

impl Bucket {
    pub(crate) fn new(folder: &Path, objects: Objects) -> Self {
        Self {
            files: ServeDir::new(folder).append_index_html_on_directories(false),
            objects,
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Answer {
        if let Some(text) = self.objects.get(request.uri().path()) {
            let mut answer = Response::new(whole(text.clone()));
            let json = HeaderValue::from_static("application/json");
            answer.headers_mut().insert(header::CONTENT_TYPE, json);
            return answer;
        }
        match self.files.clone().oneshot(request).await {
            Ok(answer) => answer.map(|body| body.map_err(Into::into).boxed_unsync()),
            Err(never) => match never {},
        }
    }
}

pub(crate) struct Edge {
    distribution: Distribution,
    functions: Functions,
    origins: Origins,
    log: Log,
}

impl Edge {
    pub(crate) fn new(distribution: Distribution, origins: Origins, log: Log) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            functions: Functions::start(&distribution.functions)?,
            distribution,
            origins,
            log,
        }))
    }

    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<()>) {
        crate::http::serve(listener, stop, |peer| {
            let edge = Arc::clone(&self);
            service_fn(move |request| {
                let edge = Arc::clone(&edge);
                async move { Ok::<_, Infallible>(edge.answer(peer, request).await) }
            })
        })
        .await;
    }

    async fn answer(&self, peer: SocketAddr, request: Request<Incoming>) -> Answer {
        let behavior = self.distribution.behavior(request.uri().path());
        if !behavior.methods.contains(request.method()) {
            return plain(StatusCode::FORBIDDEN);
        }
        let request = match self.rewritten(behavior, peer, request).await {
            Ok(request) => request,
            Err(error) => {
                self.log.line(Source::Cloud, format!("CloudFront Function: {error:#}"));
                return plain(StatusCode::SERVICE_UNAVAILABLE);
            }
        };
        let mut answer = self.ask(behavior.origin, peer, request).await;
        answer.headers_mut().extend(behavior.headers.clone());
        answer
    }

    async fn rewritten(
        &self,
        behavior: &Behavior,
        peer: SocketAddr,
        request: Request<Incoming>,
    ) -> Result<Request<Incoming>> {
        let Some(function) = behavior.function else {
            return Ok(request);
        };
        let (mut parts, body) = request.into_parts();
        let path = self.functions.rewrite(function, &parts, &peer.ip().to_string()).await?;
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let uri: PathAndQuery = format!("{path}{query}").parse().context(path)?;
        parts.uri = Uri::from(uri);
        Ok(Request::from_parts(parts, body))
    }

    async fn ask(&self, origin: Origin, peer: SocketAddr, request: Request<Incoming>) -> Answer {
        let Origins {
            bucket,
            api,
            streams,
            sockets,
        } = &self.origins;
        match (origin, streams, sockets) {
            (Origin::Bucket, _, _) => bucket.answer(request).await,
            (Origin::HttpApi, _, _) => api.answer(peer, request).await.map(boxed),
            (Origin::StreamApi, Some(streams), _) => streams.answer(peer, request).await,
            (Origin::SocketApi, _, Some(sockets)) => Arc::clone(sockets).answer(peer, request).await.map(boxed),
            (Origin::StreamApi, None, _) | (Origin::SocketApi, _, None) => plain(StatusCode::BAD_GATEWAY),
        }
    }
}

fn plain(status: StatusCode) -> Answer {
    let mut answer = Response::new(whole(String::new()));
    *answer.status_mut() = status;
    answer
}

fn whole(text: String) -> Body {
    boxed(Full::from(text))
}

fn boxed(body: Full<Bytes>) -> Body {
    body.map_err(|never| match never {}).boxed_unsync()
}
