//! Postgres refuses to run as root; then it runs as someone else, who must be able to reach its files.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::{Pid, User, geteuid};
use sha2::{Digest, Sha256};
use tokio::process::Command;

pub(super) struct Account {
    /// Set when we are root.
    other: Option<User>,
}

impl Account {
    pub(super) fn find() -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self { other: None });
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = User::from_name(name)? {
                return Ok(Self { other: Some(user) });
            }
        }
        anyhow::bail!("Postgres refuses to run as root, and there is neither a user postgres nor nobody")
    }

    /// The path, or one of the same name under `/var/tmp` when a folder above is closed to the account.
    pub(super) fn reachable(&self, path: &Path) -> Result<PathBuf> {
        let path = absolute(path)?;
        let open = |folder: &Path| fs::metadata(folder).map_or(true, |found| found.permissions().mode() & 0o001 != 0);
        if self.other.is_none() || path.ancestors().skip(1).all(open) {
            return Ok(path);
        }
        let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
        let name = path.file_name().context("a folder needs a name")?.to_string_lossy();
        Ok(format!("/var/tmp/local-cloud-{name}-{}", HEXLOWER.encode(&hash[..4])).into())
    }

    pub(super) fn make_folder(&self, path: &Path) -> Result<()> {
        fs::create_dir_all(path).with_context(|| path.display().to_string())?;
        self.give(path)
    }

    pub(super) fn give(&self, path: &Path) -> Result<()> {
        if let Some(user) = &self.other {
            chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
                .with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        // The folder we are in may be closed to the account, and initdb insists on returning to it.
        command.current_dir("/").env("LC_ALL", "C");
        if let Some(user) = &self.other {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).env("HOME", "/");
        }
        command
    }
}

pub(super) fn is_running(pid: i32) -> bool {
    if kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH) {
        return false;
    }
    // After a reboot the number may be anyone's. Only Linux can tell; elsewhere Postgres itself will complain.
    fs::read_to_string(format!("/proc/{pid}/comm")).map_or(true, |name| name.trim() == "postgres")
}
