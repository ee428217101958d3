//! The automation, and the stage that it and the tests play on: the product on the local cloud.

pub mod audit;
pub mod build;
pub mod deploy;
pub mod frontend;
pub mod python;
pub mod scale;
pub mod stage;

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("infra/xtask is two folders below the root")
        .to_owned()
}

/// An HTTP client for what runs on this machine.
pub fn http_client() -> reqwest::Client {
    // reqwest wants to know who does its TLS even where none is spoken; set twice is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
