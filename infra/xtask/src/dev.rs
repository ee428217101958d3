//! `cargo xtask dev`: the whole product on this machine.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::Args;
use local_cloud::{Cloud, postgres};
use serde_json::json;
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
    time::timeout,
};
use xtask::{
    build::{self, Profile},
    frontend::Frontend,
    python::Python,
    root,
    stage::{self, Secrets, Stage, write_private},
};

use crate::demo::{self, Cast, Place};

/// As in the real cloud: earlier than this the doorbell rings.
const POLL_SECONDS: &str = "30";
/// Between two words of the model, so that one sees them come.
const MODEL_PACE: Duration = Duration::from_millis(15);
const LOOK_FOR_CHANGES: Duration = Duration::from_secs(1);
/// What the demo account has behind it.
const PAST_DAYS: u32 = 14;
const AGENT_STOP_LIMIT: Duration = Duration::from_secs(20);

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Options {
    /// Port of the API; the dashboard has the next one. 0 takes any free ones
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Do not serve the dashboard
    #[arg(long)]
    no_frontend: bool,
    /// Build the dashboard again whenever one of its files changes
    #[arg(long, conflicts_with = "no_frontend")]
    watch: bool,
    /// Do not start the simulated agent
    #[arg(long)]
    no_agent: bool,
    /// How many demo agents there are; one of them runs, the others are for load tests
    #[arg(long, default_value_t = 1)]
    agents: usize,
    /// Where data is kept between runs; `target/local` unless told
    #[arg(long)]
    data: Option<PathBuf>,
    /// Run the functions as they are deployed, and this cloud, optimised
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(options: Options) -> Result<()> {
    if options.release && cfg!(debug_assertions) {
        return build::again_optimised();
    }
    // What is built and installed first shows its own progress.
    let profile = if options.release {
        Profile::Release
    } else {
        Profile::Dev
    };
    let binaries = build::build(profile)?;
    let dashboard = if options.no_frontend {
        None
    } else {
        Some(Dashboard::built()?)
    };
    let python = if options.no_agent { None } else { Some(Python::ready()?) };
    tokio::runtime::Runtime::new()?.block_on(serve(options, &binaries, dashboard, python))
}

async fn serve(options: Options, binaries: &Path, dashboard: Option<Dashboard>, python: Option<Python>) -> Result<()> {
    let Options {
        port,
        no_frontend: _,
        watch,
        no_agent: _,
        agents,
        data,
        release: _,
    } = options;
    // Caught from the start, so that Ctrl-C while things come up leaves nothing behind either.
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let data = data.map_or_else(|| Ok(build::target().join("local")), std::path::absolute)?;
    std::fs::create_dir_all(&data).with_context(|| data.display().to_string())?;
    let state_file = data.join("state.json");
    let _ = std::fs::remove_file(&state_file);

    let database = Database::start(&data).await?;
    let secrets = Secrets::kept_in(&data)?;
    let report = stage::lay_database(&database.url, &secrets).await?;
    let functions_url = stage::functions_url(&database.url, &secrets)?;
    let stage = Stage {
        binaries,
        admin_url: &database.url,
        functions_url: &functions_url,
        secrets: &secrets,
        poll_seconds: POLL_SECONDS,
        dashboard: dashboard
            .as_ref()
            .map(|dashboard| (dashboard.pages.clone(), next(port))),
    };
    let config = stage.config();
    let glm = local_cloud::glm::Config {
        pace: MODEL_PACE,
        ..config.glm
    };
    let cloud = Cloud::start(local_cloud::Config {
        http_port: port,
        data: Some(data.clone()),
        contract: Some(root().join("openapi.json")),
        glm,
        ..config
    })
    .await?;
    cloud.say(format!(
        "{} migrations applied, {} had been applied before",
        report.applied.len(),
        report.already
    ));

    let place = Place {
        http_url: cloud.http_url(),
        supabase_url: cloud.supabase_url(),
        anon_key: cloud.anon_key(),
        admin_url: &database.url,
    };
    let cast = demo::seed(place, agents).await.context("cannot make the demo user")?;
    let agent = match python {
        Some(python) => {
            let agent = start_agent(&python, &data, &cloud, &cast)?;
            demo::trade_once(&cast, cloud.http_url()).await?;
            Some(agent)
        }
        None => None,
    };
    let shortcuts = write_shortcuts(&data, &cloud, &cast)?;
    write_private(
        &state_file,
        &serde_json::to_string_pretty(&state(&cloud, &secrets, &database, &cast))?,
    )?;
    welcome(&cloud, &database, &cast, &state_file, &shortcuts);

    if let Some(dashboard) = dashboard.filter(|_| watch) {
        tokio::spawn(dashboard.build_on_change());
    }
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    cloud.say("stopping");
    let _ = std::fs::remove_file(&state_file);
    if let Some(agent) = agent {
        stop_agent(agent).await;
    }
    cloud.stop().await;
    database.stop().await
}

/// The port after this one; of any free one any free one.
fn next(port: u16) -> u16 {
    if port == 0 { 0 } else { port + 1 }
}

struct Dashboard {
    sources: Frontend,
    pages: PathBuf,
}

impl Dashboard {
    fn built() -> Result<Self> {
        let sources = Frontend::ready()?;
        let pages = sources.built()?;
        Ok(Self { sources, pages })
    }

    /// What is served is what the folder holds, so nothing else has to be told.
    async fn build_on_change(self) {
        let Self { sources, pages: _ } = self;
        let (sources, mut tried) = (Arc::new(sources), String::new());
        loop {
            tokio::time::sleep(LOOK_FOR_CHANGES).await;
            let (sources, before) = (Arc::clone(&sources), tried.clone());
            let look = move || {
                let now = sources.sources()?;
                if now != before
                    && let Err(error) = sources.built()
                {
                    // Somebody is in the middle of a change; the same again would fail again.
                    eprintln!("dashboard: {error:#}");
                }
                anyhow::Ok(now)
            };
            if let Ok(Ok(now)) = tokio::task::spawn_blocking(look).await {
                tried = now;
            }
        }
    }
}

/// `DATABASE_URL`, or a Postgres of our own in the data folder.
struct Database {
    url: String,
    own: Option<postgres::Server>,
}

impl Database {
    async fn start(data: &Path) -> Result<Self> {
        if let Ok(url) = std::env::var("DATABASE_URL") {
            return Ok(Self { url, own: None });
        }
        let cache = build::target().join("embedded-postgres");
        let server = postgres::Server::start(
            data.join("postgres"),
            postgres::Settings {
                cache,
                ..Default::default()
            },
        )
        .await?;
        Ok(Self {
            url: server.admin_url(),
            own: Some(server),
        })
    }

    async fn stop(self) -> Result<()> {
        match self.own {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }
}

fn start_agent(python: &Python, data: &Path, cloud: &Cloud, cast: &Cast) -> Result<Child> {
    let folder = data.join("agent");
    std::fs::create_dir_all(&folder)?;
    let config = folder.join("agent.toml");
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let text = format!(
        "url = {}\nagent_id = {}\nagent_key = {}\nstate_dir = {}\nhistory_hours = {}\n\n\
         [sim]\nstate_file = {}\nhistory_days = {PAST_DAYS}\n",
        quoted(cloud.http_url()),
        quoted(&cast.demo.agent_id),
        quoted(&cast.demo.agent_key),
        quoted(&folder.display().to_string()),
        // A day more, so that none of it is too old.
        (PAST_DAYS + 1) * 24,
        quoted(&folder.join("broker.sqlite").display().to_string()),
    );
    write_private(&config, &text)?;
    let mut command = Command::from(python.tool("python"));
    command
        .arg("forexelite_agent.py")
        .args(["run", "--terminal", "sim", "--config"])
        .arg(&config);
    // A group of its own: Ctrl-C is ours to pass on, when the others still answer its last result.
    command.stdin(Stdio::null()).process_group(0).kill_on_drop(true);
    command.spawn().context("cannot start the simulated agent")
}

async fn stop_agent(mut agent: Child) {
    if let Some(pid) = agent.id() {
        let _ = std::process::Command::new("kill")
            .args(["-TERM", &pid.to_string()])
            .status();
    }
    if timeout(AGENT_STOP_LIMIT, agent.wait()).await.is_err() {
        let _ = agent.kill().await;
    }
}

/// For tools outside; what is not there yet is null.
fn state(cloud: &Cloud, secrets: &Secrets, database: &Database, cast: &Cast) -> serde_json::Value {
    json!({
        "http_url": cloud.http_url(),
        "stream_url": cloud.stream_url(),
        "ws_url": cloud.ws_url(),
        "frontend_url": cloud.site_url(),
        "supabase_url": cloud.supabase_url(),
        "anon_key": cloud.anon_key(),
        "jwt_secret": secrets.jwt_secret,
        "database_url": database.url,
        "glm_url": cloud.glm_url(),
        "demo": cast.demo,
        "agents": cast.agents,
        "pid": std::process::id(),
    })
}

/// curl's options for the two callers a newcomer plays, so that no secret has to be pasted or shown.
struct Shortcuts {
    /// Posts to the demo strategy's webhook.
    webhook: PathBuf,
    /// Calls as the demo user.
    user: PathBuf,
}

fn write_shortcuts(data: &Path, cloud: &Cloud, cast: &Cast) -> Result<Shortcuts> {
    let shortcuts = Shortcuts {
        webhook: data.join("webhook.curl"),
        user: data.join("user.curl"),
    };
    let url = format!("{}/webhooks/tv/{}", cloud.http_url(), cast.demo.webhook_secret);
    write_private(&shortcuts.webhook, &format!("silent\nurl = \"{url}\"\n"))?;
    write_private(
        &shortcuts.user,
        &format!("silent\nheader = \"Authorization: Bearer {}\"\n", cast.access_token),
    )?;
    Ok(shortcuts)
}

fn welcome(cloud: &Cloud, database: &Database, cast: &Cast, state_file: &Path, shortcuts: &Shortcuts) {
    let root = root();
    let short = |path: &Path| path.strip_prefix(&root).unwrap_or(path).display().to_string();
    let postgres = database.own.as_ref().map_or_else(
        || "as DATABASE_URL says".to_owned(),
        |own| format!("127.0.0.1:{} ({})", own.port(), own.version()),
    );
    let demo = &cast.demo;
    cloud.say(format!(
        r#"ready

  Dashboard  {dashboard}
  API        {http}
  Sockets    {ws}
  Supabase   {supabase}
  GLM-5      {glm}
  Contract   {contract}
  Postgres   {postgres}
  Demo user  {email} / {password}
  State      {state}

  Send an alert, then look at its signal:
    curl -K {webhook} -d '{{"symbol":"EURUSD","action":"buy","volume":0.10}}'
    curl -K {user} {http}/signals/<signal_id>

  Ctrl-C stops everything.
"#,
        dashboard = cloud.site_url().unwrap_or("not served (--no-frontend)"),
        http = cloud.http_url(),
        ws = cloud.ws_url().unwrap_or_default(),
        supabase = cloud.supabase_url(),
        glm = cloud.glm_url(),
        contract = cloud.contract_url().unwrap_or_default(),
        email = demo.email,
        password = demo.password,
        state = short(state_file),
        webhook = short(&shortcuts.webhook),
        user = short(&shortcuts.user),
    ));
}
