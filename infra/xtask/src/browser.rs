//! `cargo xtask e2e` and `cargo xtask shots`: the dashboard in a real browser, against the product as `dev` starts it.

use anyhow::{Context, Result};
use serde_json::Value;
use xtask::{build, frontend::Frontend, python::Python};

use crate::product::Product;

/// `script` is one of `frontend/package.json`.
pub(crate) fn run(script: &str) -> Result<()> {
    let frontend = Frontend::ready()?;
    let product = Product::start(script, &["--agents", "2"])?;
    let url = product.state.get("frontend_url").and_then(Value::as_str);
    let url = url.context("the product serves no dashboard")?;
    let mut tests = frontend.browser_tests(script, url, &product.state_file())?;
    // A new user pairs an agent of their own.
    tests.env("AGENT_PYTHON", Python::ready()?.tool("python").get_program());
    build::run(tests).with_context(|| format!("what the product said is in {}", product.log().display()))?;
    product.stop()
}
