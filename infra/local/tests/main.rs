//! The local cloud against real executables (`empty-function`, `sample-function`), the real AWS SDK and a real Postgres.

mod console;
mod edge;
mod functions;
mod glm;
mod queues;
mod schedules;
mod sign_in;
mod sockets;
mod storage;
mod streams;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use local_cloud::log::{Line, Output, Source};
use local_cloud::supabase;
use local_cloud::template::Values;
use local_cloud::{Cloud, Config};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The folder with the executables of the two functions, built once for all tests.
fn binaries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "empty-function", "-p", "sample-function"])
            .arg("--manifest-path")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "empty-function and sample-function do not build");
        // This test lies in <target>/debug/deps.
        let test = std::env::current_exe().expect("a path");
        test.ancestors().nth(2).expect("the folder debug").to_owned()
    })
}

fn client() -> reqwest::Client {
    // Asked for even where nothing is encrypted; an error means that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A folder of its own for a test, gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("local-cloud-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is a temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn cloud(folder: &Path, template: &str, supabase: supabase::Config, change: impl FnOnce(&mut Config)) -> Cloud {
    let path = folder.join("template.yaml");
    std::fs::write(&path, template).expect("a template");
    let mut config = Config::new(path, binaries(), supabase, |_| Values::default());
    config.log = std::env::var_os("LOCAL_CLOUD_LOG").map_or(Output::Nowhere, |_| Output::Terminal);
    change(&mut config);
    Cloud::start(config).await.expect("a cloud")
}

/// A cloud whose functions are all `sample-function`, and where nobody signs in.
async fn sample_cloud(name: &str, template: &str, change: impl FnOnce(&mut Config)) -> (Cloud, Events) {
    let folder = Folder::new(name);
    let supabase = supabase::Config::new(
        "postgres://nobody@127.0.0.1:1/none",
        "a secret of at least 32 characters",
    );
    let cloud = cloud(&folder.0, template, supabase, change).await;
    let events = Events(cloud.lines());
    (cloud, events)
}

/// What `sample-function` has printed.
struct Events(UnboundedReceiver<Line>);

impl Events {
    async fn next(&mut self) -> Value {
        let next = async {
            loop {
                let line = self.0.recv().await.expect("the cloud runs");
                if let (Source::Function(_), Ok(event @ Value::Object(_))) =
                    (line.source, serde_json::from_str(&line.text))
                {
                    return event;
                }
            }
        };
        timeout(PATIENCE, next).await.expect("the function is invoked")
    }

    /// All that came after the last one asked for, once the cloud has stopped.
    async fn rest(mut self) -> Vec<Line> {
        let mut rest = Vec::new();
        while let Some(line) = self.0.recv().await {
            rest.push(line);
        }
        rest
    }
}
