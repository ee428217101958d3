//! Everything together: started in one go, stopped in order.

mod start;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::Urls;
use crate::glm::Glm;
use crate::lambda::{Function, Instance};
use crate::log::{Line, Log, Source};
use crate::socket::Sockets;
use crate::sqs::{QueueState, Queues};
use crate::supabase::{Keys, Storage};
use crate::template::{Addresses, queue};

/// Dropping it ends everything it started; `stop` does so in order and waits.
pub struct Cloud {
    urls: Urls,
    addresses: Addresses,
    keys: Keys,
    storage: Arc<Storage>,
    glm: Arc<Glm>,
    contract_url: Option<String>,
    functions: BTreeMap<String, Arc<Function>>,
    queues: Arc<Queues>,
    sockets: Option<Arc<Sockets>>,
    log: Log,
    /// In the order in which they are stopped.
    stages: Vec<Stage>,
    stop_functions: watch::Sender<()>,
}

/// Tasks that end together.
struct Stage {
    stop: watch::Sender<()>,
    tasks: Vec<JoinHandle<()>>,
}

impl Cloud {
    pub fn http_url(&self) -> &str {
        &self.urls.http
    }

    pub fn supabase_url(&self) -> &str {
        &self.urls.supabase
    }

    /// What a browser connects to, with the stage; `None` when the template has no WebSocket API.
    pub fn ws_url(&self) -> Option<&str> {
        Some(self.urls.ws.as_str()).filter(|url| !url.is_empty())
    }

    /// Of the REST API that streams, with its stage; `None` when the template has none.
    pub fn stream_url(&self) -> Option<&str> {
        Some(self.urls.stream.as_str()).filter(|url| !url.is_empty())
    }

    /// Of the model, as `https://api.z.ai/api/paas/v4` is.
    pub fn glm_url(&self) -> &str {
        &self.urls.glm
    }

    /// The page that shows the contract, when there is one.
    pub fn contract_url(&self) -> Option<&str> {
        self.contract_url.as_deref()
    }

    /// The one address of pages and APIs; `None` without a site.
    pub fn site_url(&self) -> Option<&str> {
        Some(self.urls.site.as_str()).filter(|url| !url.is_empty())
    }

    pub fn anon_key(&self) -> &str {
        &self.keys.anon
    }

    pub fn service_role_key(&self) -> &str {
        &self.keys.service_role
    }

    /// The processes of a function that are alive now; empty for a name the template does not have.
    pub fn instances(&self, function: &str) -> Vec<Arc<Instance>> {
        self.functions
            .get(function)
            .map_or_else(Vec::new, |known| known.instances())
    }

    /// The function's answer to any event; `None` when it failed, of which the log tells, or the template has no such function.
    pub async fn invoke(&self, function: &str, event: Value) -> Option<Bytes> {
        let function = Arc::clone(self.functions.get(function)?);
        function.invoke(event.to_string().into()).await.response
    }

    /// What `!Ref` of the queue is to a function; `None` for a queue the template does not have.
    pub fn queue_url(&self, logical_id: &str) -> Option<String> {
        let queue = self.queues.with_logical_id(logical_id)?;
        Some(queue::url(queue.name(), &self.addresses))
    }

    /// `None` for a queue the template does not have.
    pub fn queue(&self, logical_id: &str) -> Option<QueueState> {
        self.queues.with_logical_id(logical_id).map(|queue| queue.state())
    }

    /// The bodies that wait in a queue, oldest first; those in flight are not among them.
    pub fn queue_bodies(&self, logical_id: &str) -> Vec<String> {
        self.queues
            .with_logical_id(logical_id)
            .map_or_else(Vec::new, |queue| queue.bodies())
    }

    /// Puts a message into a queue past every check, so that it can be what the product would never send.
    /// Says whether the template has such a queue.
    pub fn put_message(&self, logical_id: &str, group: &str, body: impl Into<String>) -> bool {
        let queue = self.queues.with_logical_id(logical_id);
        queue.inspect(|queue| queue.put(body.into(), group)).is_some()
    }

    /// While down, the queues' port answers everything with 503. What lies in them is still delivered.
    pub fn set_queue_down(&self, down: bool) {
        self.queues.set_down(down);
    }

    /// While down, Storage answers everything with 503; the rest of Supabase goes on.
    pub fn set_storage_down(&self, down: bool) {
        self.storage.set_down(down);
    }

    /// While down, the model answers everything with 503.
    pub fn set_glm_down(&self, down: bool) {
        self.glm.set_down(down);
    }

    /// The bodies of all requests to the model that had its key, oldest first.
    pub fn glm_requests(&self) -> Vec<Value> {
        self.glm.requests()
    }

    /// When the model sent the first piece of content of its latest answer that had one.
    pub fn glm_spoke_at(&self) -> Option<Instant> {
        self.glm.spoke_at()
    }

    /// How many answers of the model the client left before their end.
    pub fn glm_cancelled(&self) -> usize {
        self.glm.cancelled()
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        self.sockets.as_ref().map_or(0, |sockets| sockets.count())
    }

    /// The lid of a laptop closes: its connection is gone, and no `$disconnect` tells of it.
    /// Says whether there was such a connection.
    pub fn cut_socket(&self, connection_id: &str) -> bool {
        self.sockets.as_ref().is_some_and(|sockets| sockets.cut(connection_id))
    }

    /// So many of the next posts to sockets fail, as API Gateway has it now and then (500).
    pub fn fail_posts(&self, count: usize) {
        if let Some(sockets) = &self.sockets {
            sockets.fail_posts(count);
        }
    }

    /// Every line of every part from now on, in order.
    pub fn lines(&self) -> mpsc::UnboundedReceiver<Line> {
        self.log.subscribe()
    }

    /// A line of the caller's own in the same log.
    pub fn say(&self, text: impl Into<String>) {
        self.log.line(Source::Cloud, text.into());
    }

    /// Stops polling, answers what is under way, closes the sockets, ends the functions, and writes out the log.
    pub async fn stop(mut self) {
        for Stage { stop, tasks } in self.stages.drain(..) {
            // An error means that they are gone already.
            let _ = stop.send(());
            for task in tasks {
                let _ = task.await;
            }
        }
        let _ = self.stop_functions.send(());
        for function in self.functions.values() {
            function.gone().await;
        }
        self.log.flush().await;
    }
}
