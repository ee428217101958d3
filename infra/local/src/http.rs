//! What all servers share: an HTTP/1.1 server that ends when told.

use std::convert::Infallible;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

pub(crate) const LAST_ANSWERS: Duration = Duration::from_secs(5);

pub(crate) async fn listen(port: u16) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("cannot listen on port {port}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until the sender of `stop` speaks or is dropped, then lets the answers under way finish.
pub(crate) async fn serve<S, B>(
    listener: TcpListener,
    mut stop: watch::Receiver<()>,
    service_for: impl Fn(SocketAddr) -> S,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // Each connection holds a receiver: when all are gone, so is the last connection.
    let (open, held) = watch::channel(());
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => {
                let Ok(accepted) = accepted else {
                    // Out of file descriptors, or a peer that gave up: the next one may fare better.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                accepted
            }
            _ = stop.changed() => break,
        };
        // Best effort: with Nagle's delay answers are still right, only late.
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service_for(peer))
            .with_upgrades();
        let (mut stop, held) = (stop.clone(), held.clone());
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            // A peer that hangs up in the middle of a request is its own affair.
            tokio::select! {
                _ = &mut connection => {}
                _ = stop.changed() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            drop(held);
        });
    }
    drop(held);
    let _ = timeout(LAST_ANSWERS, open.closed()).await;
}

/// `None` when it is longer than the limit, or the peer hung up.
pub(crate) async fn collect(body: Incoming, limit: usize) -> Option<Bytes> {
    Some(Limited::new(body, limit).collect().await.ok()?.to_bytes())
}
