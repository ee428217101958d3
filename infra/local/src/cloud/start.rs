//! From the template to a running cloud.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Cloud, Stage};
use crate::edge::{Bucket, Edge, Origins};
use crate::gateway::{Gateway, StreamGateway};
use crate::glm::Glm;
use crate::lambda::{self, Function};
use crate::log::Log;
use crate::schedule::Rule;
use crate::socket::{self, Sockets};
use crate::sqs::{Mapping, Queues};
use crate::supabase::Supabase;
use crate::template::{Addresses, Distribution, Draft, Schedule, Template};
use crate::{Config, Site, Urls, console, glm, http};

/// Bound before anything else, so that the template can be given their addresses.
struct Listeners {
    http: (TcpListener, SocketAddr),
    supabase: (TcpListener, SocketAddr),
    sockets: (TcpListener, SocketAddr),
    streams: (TcpListener, SocketAddr),
    queues: (TcpListener, SocketAddr),
    glm: (TcpListener, SocketAddr),
    /// With the contract that is shown there.
    console: Option<(PathBuf, TcpListener, SocketAddr)>,
    site: Option<(TcpListener, SocketAddr)>,
}

impl Cloud {
    pub async fn start(config: Config) -> Result<Self> {
        raise_open_files().context("cannot raise the limit of open files")?;
        let listeners = Listeners::bind(&config).await?;
        let draft = Draft::read(&config.template)?;
        let urls = listeners.urls(draft.socket_stage()?, draft.stream_stage()?);
        let addresses = Addresses {
            queues: listeners.queues.1,
            sockets: listeners.sockets.1,
        };
        let template = draft
            .resolve(&(config.values)(&urls), &addresses)
            .with_context(|| format!("template {}", config.template.display()))?;

        let log = Log::start(config.log);
        let (stop_functions, functions_stop) = watch::channel(());
        let limits = lambda::Limits {
            max_instances: config.max_instances,
            idle_timeout: config.idle_timeout,
        };
        let functions = functions(&template, &config.binaries, limits, &log, &functions_stop)?;
        let socket_limits = socket::Limits {
            idle_timeout: config.socket_idle_timeout,
            lifetime: config.socket_lifetime,
        };
        let sockets = template.socket_api.clone().map(|api| {
            Sockets::new(
                api,
                functions.clone(),
                addresses.sockets.port(),
                socket_limits,
                log.clone(),
            )
        });
        let storage_folder = config.data.map(|data| data.join("storage"));
        let supabase = Supabase::new(&config.supabase, &urls.supabase, storage_folder.as_deref(), log.clone())?;
        let mut cloud = Self {
            urls,
            addresses,
            keys: config.supabase.keys(),
            storage: Arc::clone(&supabase.storage),
            glm: Glm::new(config.glm, log.clone()),
            contract_url: listeners.contract_url(),
            queues: Queues::new(&template.queues, log.clone()),
            functions,
            sockets,
            log,
            stages: Vec::new(),
            stop_functions,
        };
        let gateway = cloud.gateway(&template, listeners.http.1.port())?;
        let streams = cloud.stream_gateway(&template, config.stream_idle_timeout, listeners.streams.1.port())?;
        cloud.start_callers(&template, config.schedule_minute);
        let edge = config
            .site
            .map(|site| cloud.edge(site, template.distribution, &gateway, streams.as_ref()));
        cloud.start_servers(listeners, gateway, streams, edge.transpose()?, supabase);
        Ok(cloud)
    }

    fn gateway(&self, template: &Template, port: u16) -> Result<Arc<Gateway>> {
        let routes = template.functions.iter().flat_map(|function| {
            let running = &self.functions[&function.name];
            function.routes.iter().map(|route| (route.clone(), Arc::clone(running)))
        });
        Gateway::new(&template.http_api, routes, port, self.log.clone())
    }

    fn stream_gateway(
        &self,
        template: &Template,
        idle_timeout: Duration,
        port: u16,
    ) -> Result<Option<Arc<StreamGateway>>> {
        let routes = template.functions.iter().flat_map(|function| {
            let running = &self.functions[&function.name];
            function
                .streams
                .iter()
                .map(|stream| (stream.clone(), Arc::clone(running)))
        });
        let api = template.stream_api.clone();
        api.map(|api| StreamGateway::new(api, routes, idle_timeout, port, self.log.clone()))
            .transpose()
    }

    fn edge(
        &self,
        site: Site,
        distribution: Option<Distribution>,
        api: &Arc<Gateway>,
        streams: Option<&Arc<StreamGateway>>,
    ) -> Result<Arc<Edge>> {
        let Site {
            folder,
            port: _,
            objects,
        } = site;
        let origins = Origins {
            bucket: Bucket::new(&folder, objects(&self.urls)),
            api: Arc::clone(api),
            streams: streams.cloned(),
            sockets: self.sockets.clone(),
        };
        let distribution = distribution.context("the template has no AWS::CloudFront::Distribution for the site")?;
        Edge::new(distribution, origins, self.log.clone())
    }

    /// What calls functions by itself is the first to stop.
    fn start_callers(&mut self, template: &Template, minute: Duration) {
        let mut stage = Stage::new();
        for function in &template.functions {
            let running = &self.functions[&function.name];
            for source in &function.queues {
                if let Some(queue) = self.queues.named(&source.queue) {
                    let (queue, running) = (Arc::clone(queue), Arc::clone(running));
                    let mapping = Mapping::new(source.clone(), queue, running, self.log.clone());
                    stage.spawn(|stop| mapping.poll(stop));
                }
            }
            for Schedule { name, minutes } in &function.schedules {
                let rule = Rule {
                    name: name.clone(),
                    every: minute * *minutes,
                    function: Arc::clone(running),
                    log: self.log.clone(),
                };
                stage.spawn(|stop| Arc::new(rule).run(stop));
            }
        }
        self.stages.push(stage);
    }

    /// What a function may call stops after what calls it: the `$disconnect` of a closed socket may still send a message.
    fn start_servers(
        &mut self,
        listeners: Listeners,
        gateway: Arc<Gateway>,
        streams: Option<Arc<StreamGateway>>,
        edge: Option<Arc<Edge>>,
        supabase: Supabase,
    ) {
        let mut first = Stage::new();
        if let (Some(edge), Some((listener, _))) = (edge, listeners.site) {
            first.spawn(|stop| edge.serve(listener, stop));
        }
        first.spawn(|stop| gateway.serve(listeners.http.0, stop));
        if let Some(streams) = streams {
            first.spawn(|stop| streams.serve(listeners.streams.0, stop));
        }
        let mut second = Stage::new();
        if let Some(sockets) = &self.sockets {
            second.spawn(|stop| Arc::clone(sockets).serve(listeners.sockets.0, stop));
        }
        let mut third = Stage::new();
        third.spawn(|stop| Arc::clone(&self.queues).serve(listeners.queues.0, stop));
        third.spawn(|stop| supabase.serve(listeners.supabase.0, stop));
        let glm = Arc::clone(&self.glm);
        third.spawn(|stop| glm.serve(listeners.glm.0, stop));
        if let Some((contract, listener, _)) = listeners.console {
            third.spawn(|stop| console::serve(contract, listener, stop));
        }
        self.stages.extend([first, second, third]);
    }
}

impl Listeners {
    async fn bind(config: &Config) -> Result<Self> {
        Ok(Self {
            http: http::listen(config.http_port).await.context("HTTP API")?,
            supabase: http::listen(config.supabase.port).await.context("Supabase")?,
            sockets: http::listen(config.socket_port).await.context("WebSocket API")?,
            streams: http::listen(config.stream_port).await.context("REST API")?,
            queues: http::listen(config.queue_port).await.context("queues")?,
            glm: http::listen(config.glm.port).await.context("GLM-5")?,
            console: match &config.contract {
                Some(contract) => {
                    let (listener, address) = http::listen(config.console_port).await.context("console")?;
                    Some((contract.clone(), listener, address))
                }
                None => None,
            },
            site: match &config.site {
                Some(site) => Some(http::listen(site.port).await.context("dashboard")?),
                None => None,
            },
        })
    }

    fn contract_url(&self) -> Option<String> {
        let (_, _, address) = self.console.as_ref()?;
        Some(format!("http://{address}{}", console::PAGE))
    }

    /// The stages are those of the WebSocket API and of the REST API, if there are such.
    fn urls(&self, socket_stage: Option<&str>, stream_stage: Option<&str>) -> Urls {
        let with = |scheme: &str, address: SocketAddr, stage: Option<&str>| {
            stage.map_or_else(String::new, |stage| format!("{scheme}://{address}/{stage}"))
        };
        Urls {
            http: format!("http://{}", self.http.1),
            supabase: format!("http://{}", self.supabase.1),
            ws: with("ws", self.sockets.1, socket_stage),
            stream: with("http", self.streams.1, stream_stage),
            glm: format!("http://{}{}", self.glm.1, glm::BASE),
            site: self
                .site
                .as_ref()
                .map_or_else(String::new, |(_, address)| format!("http://{address}")),
        }
    }
}

impl Stage {
    fn new() -> Self {
        Self {
            stop: watch::channel(()).0,
            tasks: Vec::new(),
        }
    }

    fn spawn<F>(&mut self, task: impl FnOnce(watch::Receiver<()>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.push(tokio::spawn(task(self.stop.subscribe())));
    }
}

fn functions(
    template: &Template,
    binaries: &Path,
    limits: lambda::Limits,
    log: &Log,
    stop: &watch::Receiver<()>,
) -> Result<BTreeMap<String, Arc<Function>>> {
    let mut functions = BTreeMap::new();
    for function in &template.functions {
        let executable = binaries.join(&function.name);
        ensure!(
            executable.is_file(),
            "{}.Properties.CodeUri: there is no executable {}; build it first",
            function.logical_id,
            executable.display()
        );
        let running = Function::new(function, executable, limits, log.clone(), stop.clone());
        ensure!(
            functions.insert(function.name.clone(), running).is_none(),
            "{}.Properties.CodeUri: another function has the executable {} already",
            function.logical_id,
            function.name
        );
    }
    Ok(functions)
}

/// A thousand sockets are a thousand files, and the usual limit is 1024.
fn raise_open_files() -> nix::Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)
}
