//! How large the functions are, on disk and in memory.

use std::{fs, path::Path, process::Command, sync::Arc};

use anyhow::{Context, Result};
use local_cloud::Instance;
use xtask::build;

/// The size of each executable as Lambda takes it: a zip with the one file `bootstrap`.
pub(super) fn zips(binaries: &Path, names: &[String], data: &Path) -> Result<Vec<u64>> {
    let mut sizes = Vec::new();
    for name in names {
        let folder = data.join("zip").join(name);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let (bootstrap, zip) = (folder.join("bootstrap"), folder.join("bootstrap.zip"));
        fs::copy(binaries.join(name), &bootstrap).with_context(|| format!("executable {name}"))?;
        let mut python = Command::new("python3");
        python.args(["-m", "zipfile", "-c"]).arg(&zip).arg(&bootstrap);
        build::run(python)?;
        sizes.push(fs::metadata(&zip)?.len());
    }
    Ok(sizes)
}

/// The most memory, in bytes, that one of these processes ever had; `None` where the system does not tell.
pub(super) fn peak_rss(instances: &[Arc<Instance>]) -> Option<u64> {
    instances
        .iter()
        .map(|instance| high_water(instance.pid()))
        .max()
        .flatten()
}

fn high_water(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}
