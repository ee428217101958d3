//! A Postgres of our own, on loopback, which ends with us and keeps its data.

mod account;
mod binaries;

use std::fs::{self, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXLOWER;
use tokio::process::Child;
use tokio::time::{sleep, timeout};
use tokio_postgres::NoTls;

use self::account::Account;

/// After a crash it first replays its log.
const START_LIMIT: Duration = Duration::from_mins(1);
const STOP_LIMIT: Duration = Duration::from_secs(20);
const USER: &str = "postgres";

/// Becomes Postgres itself and leaves a watcher behind: as soon as our end of the pipe closes, be it that we
/// stopped, panicked or were killed, the watcher asks for a fast shutdown (SIGINT).
const START: &str = r#"exec 3<&0; (read -r _ <&3; kill -INT $$) & exec "$@" 3<&- </dev/null"#;

#[derive(Debug, Clone)]
pub struct Settings {
    /// 0 takes any free port.
    pub port: u16,
    /// Off is for tests: faster, and the data may not survive a power cut.
    pub fsync: bool,
    pub max_connections: u32,
    pub shared_buffers_mb: u32,
    /// Where the npm package is kept when the machine has no Postgres.
    pub cache: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 0,
            fsync: true,
            max_connections: 300,
            shared_buffers_mb: 256,
            cache: "target/embedded-postgres".into(),
        }
    }
}

#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    password: String,
    folder: PathBuf,
    version: String,
}

impl Server {
    /// As root it runs as `postgres` or `nobody`; a `data_dir` that this account cannot reach is replaced by one under
    /// `/var/tmp`, which `data_dir()` then names.
    pub async fn start(data_dir: impl AsRef<Path>, settings: Settings) -> Result<Self> {
        let account = Account::find()?;
        let folder = account.reachable(data_dir.as_ref())?;
        let binaries = binaries::find(&account.reachable(&settings.cache)?).await?;
        let cluster = folder.join("cluster");
        account.make_folder(&folder)?;
        let password = initialise(&account, &binaries, &folder, &cluster).await?;
        wait_for_predecessor(&cluster).await?;
        let port = if settings.port == 0 {
            free_port()?
        } else {
            settings.port
        };
        let log_path = folder.join("postgres.log");
        let log = OpenOptions::new().create(true).append(true).open(&log_path)?;
        let on = |flag: bool| if flag { "on" } else { "off" };
        let mut command = account.command(Path::new("sh"));
        command
            .args(["-c", START, "sh"])
            .arg(binaries.join("postgres"))
            .arg("-D")
            .arg(&cluster);
        for setting in [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "logging_collector=off".to_owned(),
            format!("fsync={0}", on(settings.fsync)),
            format!("synchronous_commit={0}", on(settings.fsync)),
            format!("full_page_writes={0}", on(settings.fsync)),
            format!("max_connections={}", settings.max_connections),
            format!("shared_buffers={}MB", settings.shared_buffers_mb),
        ] {
            command.arg("-c").arg(setting);
        }
        let child = command
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A terminal's Ctrl-C is for us to hear; Postgres goes last.
            .process_group(0)
            .spawn()
            .context("cannot run sh")?;
        let mut server = Self {
            child,
            port,
            password,
            folder,
            version: String::new(),
        };
        server.version = server
            .ready()
            .await
            .with_context(|| format!("Postgres did not start, see {}", log_path.display()))?;
        Ok(server)
    }

    /// Superuser, database `postgres`.
    pub fn admin_url(&self) -> String {
        self.database_url("postgres")
    }

    /// Superuser, another database.
    pub fn database_url(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Where the data really is.
    pub fn data_dir(&self) -> &Path {
        &self.folder
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    /// A fast shutdown: open transactions are rolled back. Dropping the server asks for the same without waiting.
    pub async fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        if timeout(STOP_LIMIT, self.child.wait()).await.is_err() {
            self.child.kill().await?;
            bail!("Postgres did not stop within {} s and was killed", STOP_LIMIT.as_secs());
        }
        Ok(())
    }

    async fn ready(&mut self) -> Result<String> {
        let begun = Instant::now();
        loop {
            if let Some(exit) = self.child.try_wait()? {
                bail!("it ended at once ({exit})");
            }
            match tokio_postgres::connect(&self.admin_url(), NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    return Ok(client.query_one("show server_version", &[]).await?.try_get(0)?);
                }
                Err(error) if begun.elapsed() > START_LIMIT => return Err(error.into()),
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    }
}

/// The cluster, made on the first start, and its password.
async fn initialise(account: &Account, binaries: &Path, folder: &Path, cluster: &Path) -> Result<String> {
    let password_file = folder.join("password");
    match fs::read_to_string(&password_file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Ok(password) if cluster.join("PG_VERSION").exists() => {
            same_version(binaries, cluster).await?;
            return Ok(password);
        }
        // initdb was interrupted.
        Ok(_) => {}
        Err(error) => return Err(error).with_context(|| password_file.display().to_string()),
    }
    if cluster.exists() {
        ensure!(
            !cluster.join("PG_VERSION").exists(),
            "{} has lost its password file {}",
            cluster.display(),
            password_file.display()
        );
        fs::remove_dir_all(cluster)?;
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    let password = HEXLOWER.encode(&bytes);
    fs::write(&password_file, &password)?;
    fs::set_permissions(&password_file, Permissions::from_mode(0o600))?;
    account.give(&password_file)?;
    let output = account
        .command(&binaries.join("initdb"))
        .arg("-D")
        .arg(cluster)
        .arg(format!("--pwfile={}", password_file.display()))
        .args([
            "--username",
            USER,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ])
        .output()
        .await
        .context("cannot run initdb")?;
    ensure!(
        output.status.success(),
        "initdb failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(password)
}

async fn same_version(binaries: &Path, cluster: &Path) -> Result<()> {
    let of_data = fs::read_to_string(cluster.join("PG_VERSION"))?;
    let of_binaries = binaries::major_version(binaries).await?;
    ensure!(
        of_data.trim() == of_binaries.to_string(),
        "{} was made by Postgres {}, but {} is Postgres {of_binaries}: set PG_BIN to the older one, or remove the folder",
        cluster.display(),
        of_data.trim(),
        binaries.display()
    );
    Ok(())
}

/// Whoever was killed before us has left a Postgres that is shutting down. One that stays belongs to someone.
async fn wait_for_predecessor(cluster: &Path) -> Result<()> {
    let begun = Instant::now();
    while let Some(pid) = running(cluster) {
        ensure!(
            begun.elapsed() < STOP_LIMIT,
            "Postgres with process {pid} is using {}: another local cloud runs, or stop that process",
            cluster.display()
        );
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn running(cluster: &Path) -> Option<i32> {
    let pid = fs::read_to_string(cluster.join("postmaster.pid"))
        .ok()?
        .lines()
        .next()?
        .parse()
        .ok()?;
    account::is_running(pid).then_some(pid)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
