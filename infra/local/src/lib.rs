//! The cloud on one machine: the template's functions as real processes behind an HTTP API, a REST API that streams,
//! a WebSocket API, queues and schedules, `CloudFront` before them, with Supabase Auth and Storage, Postgres and GLM-5
//! beside them. It knows no route and no rule of the product.

mod cloud;
mod console;
mod edge;
mod gateway;
pub mod glm;
mod http;
mod lambda;
pub mod log;
pub mod migrate;
pub mod postgres;
mod schedule;
mod socket;
mod sqs;
pub mod supabase;
pub mod template;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::cloud::Cloud;
pub use crate::lambda::Instance;
use crate::log::Output;
pub use crate::sqs::QueueState;
use crate::template::Values;

/// Every port may be 0, which takes any free one.
pub struct Config {
    pub template: PathBuf,
    /// The folder with the built executables, each named as its function's `Binary`, or as the folder its `CodeUri` ends in.
    pub binaries: PathBuf,
    pub http_port: u16,
    /// Of the WebSocket API and its `@connections`.
    pub socket_port: u16,
    /// Of the REST API that streams.
    pub stream_port: u16,
    pub queue_port: u16,
    /// Of the page that `contract` is shown on.
    pub console_port: u16,
    pub supabase: supabase::Config,
    pub glm: glm::Config,
    /// What is kept between runs besides the database: the files in Storage. A temporary folder, gone with the cloud, when `None`.
    pub data: Option<PathBuf>,
    /// An `OpenAPI` document in JSON, to be shown as a page.
    pub contract: Option<PathBuf>,
    /// What a deployment uploads for the distribution; without it there is none.
    pub site: Option<Site>,
    /// Parameters and secrets, asked for once the addresses are known.
    pub values: Box<dyn FnOnce(&Urls) -> Values + Send>,
    /// Of each function; further requests wait.
    pub max_instances: usize,
    /// After which an instance without work is stopped.
    pub idle_timeout: Duration,
    /// After which a socket is closed over which nothing went either way.
    pub socket_idle_timeout: Duration,
    /// After which any socket is closed.
    pub socket_lifetime: Duration,
    /// After which a stream is cut off over which nothing came; the limit of a regional endpoint.
    pub stream_idle_timeout: Duration,
    /// What a minute of a schedule's rate lasts.
    pub schedule_minute: Duration,
    pub log: Output,
}

impl Config {
    /// With AWS's own limits, where it has any.
    pub fn new(
        template: impl Into<PathBuf>,
        binaries: impl Into<PathBuf>,
        supabase: supabase::Config,
        values: impl FnOnce(&Urls) -> Values + Send + 'static,
    ) -> Self {
        Self {
            template: template.into(),
            binaries: binaries.into(),
            http_port: 0,
            socket_port: 0,
            stream_port: 0,
            queue_port: 0,
            console_port: 0,
            supabase,
            glm: glm::Config::default(),
            data: None,
            contract: None,
            site: None,
            values: Box::new(values),
            max_instances: 16,
            idle_timeout: Duration::from_mins(1),
            socket_idle_timeout: Duration::from_mins(10),
            socket_lifetime: Duration::from_hours(2),
            stream_idle_timeout: Duration::from_mins(5),
            schedule_minute: Duration::from_mins(1),
            log: Output::Terminal,
        }
    }
}

/// JSON by its path in the bucket.
pub type Objects = BTreeMap<String, String>;

/// The pages of the distribution.
pub struct Site {
    /// What the bucket holds.
    pub folder: PathBuf,
    pub port: u16,
    /// What lies in the bucket besides, made once the addresses are known.
    pub objects: Box<dyn FnOnce(&Urls) -> Objects + Send>,
}

#[derive(Debug, Clone)]
pub struct Urls {
    pub http: String,
    pub supabase: String,
    /// What a browser connects to; empty when the template has no WebSocket API.
    pub ws: String,
    /// Of the REST API that streams, with its stage; empty when the template has none.
    pub stream: String,
    /// Of the model, which its routes begin with.
    pub glm: String,
    /// Of the distribution; empty without a site.
    pub site: String,
}
