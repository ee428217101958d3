//! The local cloud against the real `empty-function` and a real Postgres.

mod functions;
mod sign_in;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use local_cloud::log::Output;
use local_cloud::supabase;
use local_cloud::template::Values;
use local_cloud::{Cloud, Config};

/// The folder with the executable of `empty-function`, built once for all tests.
fn binaries() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "empty-function", "--manifest-path"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "empty-function does not build");
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
