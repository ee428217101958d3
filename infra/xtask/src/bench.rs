//! `cargo xtask bench`: what a start and a request cost, next to a function that does nothing and to Postgres asked
//! directly. Everything compared is asked in turns within one run, because machines differ and are busy with other things.

mod callers;
mod cold;
mod cpu;
mod direct;
mod report;
mod samples;
mod size;
mod ticks;
mod warm;

use std::{num::NonZeroUsize, path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use clap::Args;
use local_cloud::{Cloud, Config, log::Output, postgres, supabase, template::Values};
use xtask::{
    build::{self, Profile},
    root,
    stage::{self, Secrets, Stage},
};

use self::{
    callers::Callers,
    report::{FunctionFigures, Report},
    warm::Worker,
};
use crate::demo::{self, Place};

const EMPTY: &str = "empty-function";
/// One after the other, and as many at once as a function has instances here.
const CONNECTIONS: [usize; 2] = [1, 16];
/// No instance is stopped for idleness while others are measured.
const IDLE_TIMEOUT: Duration = Duration::from_mins(30);

#[derive(Args)]
pub(crate) struct Options {
    /// Warm requests of each kind, for each number of connections
    #[arg(long, default_value = "1000")]
    samples: NonZeroUsize,
    /// Cold starts of each function
    #[arg(long, default_value = "30")]
    cold: NonZeroUsize,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        return build::again_optimised();
    }
    let binaries = build::build(Profile::Release)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let report = runtime.block_on(async {
        tokio::select! {
            report = measure(options, &binaries) => report,
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        }
    })?;
    print!("{report}");
    report.verdict()
}

async fn measure(options: &Options, binaries: &Path) -> Result<Report> {
    let mut names = build::functions()?;
    names.insert(0, EMPTY.to_owned());
    let data = build::target().join("bench");
    let zips = size::zips(binaries, &names, &data)?;

    say("starting Postgres and the functions");
    let set = Set::up(binaries, &data).await?;
    say("cold starts");
    let mut starts = cold::starts(&set, &names, options.cold.get()).await?;
    say("warm requests");
    let mut workers = Vec::new();
    for _ in 0..CONNECTIONS.into_iter().max().unwrap_or(1) {
        workers.push(Worker::new(&set).await?);
    }
    let mut loads = Vec::new();
    for connections in CONNECTIONS {
        loads.push(warm::load(&mut workers[..connections], options.samples.get()).await?);
    }
    warm::others(&set, &names).await?;
    say("ticks to sockets");
    let mut flows = Vec::new();
    for load in ticks::LOADS {
        flows.push(ticks::flow(&set, load).await?);
    }

    let mut functions = Vec::new();
    for (name, zip) in names.into_iter().zip(zips) {
        let start = starts.remove(&name).unwrap_or_default();
        let peak_rss = size::peak_rss(&set.cloud_of(&name).instances(&name));
        functions.push(FunctionFigures {
            name,
            start,
            zip,
            peak_rss,
        });
    }
    let circumstances = set.circumstances.clone();
    drop(workers);
    set.down().await?;
    Ok(Report {
        circumstances,
        functions,
        loads,
        flows,
    })
}

fn say(what: &str) {
    eprintln!("bench: {what}");
}

/// What is measured: the product on a Postgres that keeps its promises, and the empty function behind a gateway of the same
/// code in the same process.
struct Set {
    cloud: Cloud,
    empty: Cloud,
    server: postgres::Server,
    functions_url: String,
    callers: Callers,
    circumstances: Vec<String>,
}

impl Set {
    async fn up(binaries: &Path, data: &Path) -> Result<Self> {
        let load = std::fs::read_to_string("/proc/loadavg").ok();
        let settings = postgres::Settings {
            cache: build::target().join("embedded-postgres"),
            fsync: true,
            ..Default::default()
        };
        let server = postgres::Server::start(data.join("postgres"), settings).await?;
        let admin_url = empty_database(&server).await?;
        let secrets = Secrets::kept_in(data)?;
        stage::lay_database(&admin_url, &secrets).await?;
        let functions_url = stage::functions_url(&admin_url, &secrets)?;
        let stage = Stage {
            binaries,
            admin_url: &admin_url,
            functions_url: &functions_url,
            secrets: &secrets,
            poll_seconds: "30",
            dashboard: None,
        };
        let cloud = Cloud::start(measured(stage.config(), log(data, "functions.log")?)).await?;
        let supabase = supabase::Config::new(&admin_url, &secrets.jwt_secret);
        let template = root().join("infra/xtask/bench/empty.yaml");
        let empty = Config::new(template, binaries, supabase, |_| Values::default());
        let empty = Cloud::start(measured(empty, log(data, "empty-function.log")?)).await?;
        let place = Place {
            http_url: cloud.http_url(),
            supabase_url: cloud.supabase_url(),
            anon_key: cloud.anon_key(),
            admin_url: &admin_url,
        };
        let cast = demo::seed(place, 1).await.context("cannot make the demo user")?;
        let callers = Callers::new(&cloud, empty.http_url(), cast);
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let load = load
            .as_deref()
            .and_then(|text| text.split(' ').next())
            .unwrap_or("unknown");
        let circumstances = vec![
            format!("{cores} cores, load {load} before; clients, gateway, functions and Postgres share them"),
            format!("Postgres {}, fsync on, fresh database", server.version()),
            format!("executables of `cargo build --release` for {}", std::env::consts::ARCH),
        ];
        Ok(Self {
            cloud,
            empty,
            server,
            functions_url,
            callers,
            circumstances,
        })
    }

    fn cloud_of(&self, function: &str) -> &Cloud {
        if function == EMPTY { &self.empty } else { &self.cloud }
    }

    async fn down(self) -> Result<()> {
        self.cloud.stop().await;
        self.empty.stop().await;
        self.server.stop().await
    }
}

fn measured(config: Config, log: Output) -> Config {
    Config {
        log,
        idle_timeout: IDLE_TIMEOUT,
        ..config
    }
}

fn log(data: &Path, name: &str) -> Result<Output> {
    let path = data.join(name);
    Ok(Output::File(
        std::fs::File::create(&path).with_context(|| path.display().to_string())?,
    ))
}

/// A new one for each run, so that none is measured on the rows of those before.
async fn empty_database(server: &postgres::Server) -> Result<String> {
    let client = stage::connect(&server.admin_url()).await?;
    client
        .batch_execute("drop database if exists bench with (force)")
        .await?;
    client.batch_execute("create database bench").await?;
    Ok(server.database_url("bench"))
}
