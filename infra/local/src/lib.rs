//! The cloud on one machine: the template's functions as real processes behind an HTTP API, Supabase Auth, and Postgres.
//! It knows no route and no rule of the product.

mod gateway;
mod http;
mod lambda;
pub mod log;
pub mod migrate;
pub mod postgres;
pub mod supabase;
pub mod template;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::gateway::Gateway;
use crate::lambda::{Function, Limits};
use crate::log::{Line, Log, Output, Source};
use crate::supabase::Supabase;
use crate::template::{Template, Values};

pub use crate::lambda::Instance;

pub struct Config {
    pub template: PathBuf,
    /// The folder with the built executables, each named as the folder its function's `CodeUri` ends in.
    pub binaries: PathBuf,
    /// 0 takes any free port.
    pub http_port: u16,
    pub supabase: supabase::Config,
    /// Parameters and secrets, asked for once the addresses are known.
    pub values: Box<dyn FnOnce(&Urls) -> Values + Send>,
    /// Of each function; further requests wait.
    pub max_instances: usize,
    pub idle_timeout: Duration,
    pub log: Output,
}

impl Config {
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
            supabase,
            values: Box::new(values),
            max_instances: 16,
            idle_timeout: Duration::from_mins(1),
            log: Output::Terminal,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Urls {
    pub http: String,
    pub supabase: String,
}

/// Dropping it ends everything it started; `stop` does so in order and waits.
pub struct Cloud {
    urls: Urls,
    anon_key: String,
    service_role_key: String,
    functions: Vec<Arc<Function>>,
    log: Log,
    servers: Vec<JoinHandle<()>>,
    stop_servers: watch::Sender<()>,
    stop_functions: watch::Sender<()>,
}

impl Cloud {
    pub async fn start(config: Config) -> Result<Self> {
        let Config {
            template,
            binaries,
            http_port,
            supabase,
            values,
            max_instances,
            idle_timeout,
            log,
        } = config;
        let (http_listener, http_address) = http::listen(http_port).await.context("HTTP API")?;
        let (supabase_listener, supabase_address) = http::listen(supabase.port).await.context("Supabase")?;
        let urls = Urls {
            http: format!("http://{http_address}"),
            supabase: format!("http://{supabase_address}"),
        };
        let Template {
            functions: declared,
            http_api,
        } = Template::read(&template, &values(&urls))?;

        let log = Log::start(log);
        let (stop_servers, servers_stop) = watch::channel(());
        let (stop_functions, functions_stop) = watch::channel(());
        let limits = Limits {
            max_instances,
            idle_timeout,
        };
        let mut functions = Vec::new();
        let mut routes = Vec::new();
        for function in declared {
            let executable = binaries.join(&function.name);
            ensure!(
                executable.is_file(),
                "{}.Properties.CodeUri: there is no executable {}; build it first",
                function.logical_id,
                executable.display()
            );
            let running = Function::new(&function, executable, limits, log.clone(), functions_stop.clone());
            routes.extend(function.routes.into_iter().map(|route| (route, Arc::clone(&running))));
            functions.push(running);
        }
        let gateway = Gateway::new(&http_api, routes.into_iter(), http_address.port(), log.clone())?;
        let supabase = Supabase::new(&supabase, &urls.supabase, log.clone())?;
        let (anon_key, service_role_key) = supabase.keys();
        Ok(Self {
            anon_key: anon_key.to_owned(),
            service_role_key: service_role_key.to_owned(),
            servers: vec![
                tokio::spawn(gateway.serve(http_listener, servers_stop.clone())),
                tokio::spawn(supabase.serve(supabase_listener, servers_stop)),
            ],
            urls,
            functions,
            log,
            stop_servers,
            stop_functions,
        })
    }

    pub fn http_url(&self) -> &str {
        &self.urls.http
    }

    pub fn supabase_url(&self) -> &str {
        &self.urls.supabase
    }

    pub fn anon_key(&self) -> &str {
        &self.anon_key
    }

    pub fn service_role_key(&self) -> &str {
        &self.service_role_key
    }

    /// The processes of a function that are alive now; empty for a name the template does not have.
    pub fn instances(&self, function: &str) -> Vec<Arc<Instance>> {
        self.functions
            .iter()
            .find(|known| *known.name == *function)
            .map_or_else(Vec::new, |known| known.instances())
    }

    /// Every line of every part from now on, in order.
    pub fn lines(&self) -> mpsc::UnboundedReceiver<Line> {
        self.log.subscribe()
    }

    /// A line of the caller's own in the same log.
    pub fn say(&self, text: impl Into<String>) {
        self.log.line(Source::Cloud, text.into());
    }

    /// Answers what is under way, ends the functions, and writes out the log.
    pub async fn stop(mut self) {
        // An error means that the servers are gone already.
        let _ = self.stop_servers.send(());
        for server in self.servers.drain(..) {
            let _ = server.await;
        }
        let _ = self.stop_functions.send(());
        for function in &self.functions {
            function.gone().await;
        }
        self.log.flush().await;
    }
}
