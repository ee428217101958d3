//! The dashboard: its packages, its export, its browser tests. Each is made when it is missing or out of date.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{
    build::{run, target},
    root,
};

/// What the export is not made of.
const NOT_SOURCES: [&str; 7] = [
    "node_modules",
    ".next",
    "out",
    "e2e",
    "test-results",
    "playwright-report",
    "tsconfig.tsbuildinfo",
];
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// The dashboard with its packages installed.
pub struct Frontend(PathBuf);

impl Frontend {
    pub fn ready() -> Result<Self> {
        let frontend = Self(root().join("frontend"));
        let node = Command::new("node").arg("--version").output();
        let node = node.context("the dashboard is built by Node 20 or newer, which is not installed")?;
        let lock = std::fs::read(frontend.0.join("package-lock.json")).context("frontend/package-lock.json")?;
        let wanted = fingerprint([node.stdout, lock]);
        // In the folder itself, so that it goes when that goes.
        let stamp = frontend.0.join("node_modules/.installed");
        if read(&stamp) != wanted {
            eprintln!("dashboard: installing packages in frontend/node_modules");
            let mut install = frontend.npm(&["ci", "--no-audit", "--no-fund"]);
            install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
            run(install)?;
            std::fs::write(stamp, wanted)?;
        }
        Ok(frontend)
    }

    /// The folder of the exported pages.
    pub fn built(&self) -> Result<PathBuf> {
        let out = self.0.join("out");
        let wanted = self.sources()?;
        let stamp = target().join("frontend-built");
        if read(&stamp) != wanted || !out.is_dir() {
            eprintln!("dashboard: building");
            run(self.npm(&["run", "--silent", "build"]))?;
            std::fs::write(stamp, wanted)?;
        }
        Ok(out)
    }

    /// What everything that the pages are made of comes to.
    pub fn sources(&self) -> Result<String> {
        let mut files = vec![root().join("openapi.json")];
        collect(&self.0, &mut files)?;
        files.sort();
        let contents = files.iter().map(|file| {
            let content = std::fs::read(file).with_context(|| file.display().to_string())?;
            Ok([file.as_os_str().as_encoded_bytes(), &content].concat())
        });
        Ok(fingerprint(contents.collect::<Result<Vec<_>>>()?))
    }

    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut npm = Command::new("npm");
        npm.args(arguments)
            .current_dir(&self.0)
            .env("NEXT_TELEMETRY_DISABLED", "1");
        npm
    }

    /// Its tests in a browser, against a product that runs.
    pub fn browser_tests(&self, script: &str, url: &str, state: &Path) -> Result<Command> {
        let mut tests = self.npm(&["run", script]);
        tests
            .env("BASE_URL", url)
            .env("E2E_STATE", state)
            .env("CHROMIUM_PATH", chromium()?);
        Ok(tests)
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if NOT_SOURCES.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn fingerprint(parts: impl IntoIterator<Item = Vec<u8>>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(Sha256::digest(part));
    }
    HEXLOWER.encode(&digest.finalize())
}

fn read(stamp: &Path) -> String {
    std::fs::read_to_string(stamp).unwrap_or_default()
}

/// The browser of this machine, or Debian's, installed where we may.
fn chromium() -> Result<PathBuf> {
    if let Some(told) = std::env::var_os("CHROMIUM_PATH") {
        return Ok(told.into());
    }
    if let Some(found) = on_path() {
        return Ok(found);
    }
    if nix::unistd::geteuid().is_root() && Path::new("/usr/bin/apt-get").exists() {
        eprintln!("dashboard: installing Chromium");
        let mut update = Command::new("apt-get");
        update.args(["update", "-qq"]);
        run(update)?;
        let mut install = Command::new("apt-get");
        install.args([
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "chromium",
            "fonts-liberation",
        ]);
        install.env("DEBIAN_FRONTEND", "noninteractive");
        run(install)?;
    }
    on_path().context("the dashboard's tests need Chromium: install it, or name its executable in CHROMIUM_PATH")
}

fn on_path() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<_> = std::env::split_paths(&folders).collect();
    BROWSERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}
