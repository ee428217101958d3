//! What the tools of others say about `template.yaml`. They need neither credentials nor, once installed, a network.

use std::process::Command;

use anyhow::{Context, Result};
use xtask::{python::Python, root};

/// Brings cfn-lint, which `sam validate --lint` runs, and samtranslator, which AWS itself runs.
const SAM: &str = "aws-sam-cli==1.170.0";
const CHECKOV: &str = "checkov==3.3.30";

/// Each with its name.
pub(crate) fn template() -> Result<Vec<(&'static str, Command)>> {
    let sam = Python::of_tool("sam", SAM)?;
    let checkov = Python::of_tool("checkov", CHECKOV)?;
    let file = root().join("template.yaml");
    let with = |python: &Python, tool: &str, args: &[&str]| {
        let mut command = python.tool(tool);
        command.args(args);
        command
    };

    // It asks for a region though it calls nobody, but for its telemetry.
    let mut validate = with(&sam, "sam", &["validate", "--lint", "--region", "eu-central-1"]);
    validate.arg("--template-file").arg(&file).env("SAM_CLI_TELEMETRY", "0");
    let mut lint = with(&sam, "cfn-lint", &["--"]);
    lint.arg(&file);
    let mut strict = sam.tool("python");
    strict.arg(root().join("infra/xtask/lints/sam_strict.py")).arg(&file);
    let mut secure = with(
        &checkov,
        "checkov",
        &[
            "--framework",
            "cloudformation",
            "--skip-download",
            "--compact",
            "--quiet",
        ],
    );
    secure
        .arg("--skip-check")
        .arg(exceptions()?.join(","))
        .arg("--file")
        .arg(&file);
    Ok(vec![
        ("template: cfn-lint", lint),
        ("template: sam validate", validate),
        ("template: sam, strictly", strict),
        ("template: checkov", secure),
    ])
}

/// Checks of checkov that the template as a whole takes exception to. checkov itself reads only what single resources say.
fn exceptions() -> Result<Vec<String>> {
    let template = local_cloud::template::written(&root().join("template.yaml"))?;
    let skip = template["Metadata"]["checkov"]["skip"].as_array();
    let skip = skip.context("template.yaml: Metadata.checkov.skip is no list")?;
    skip.iter()
        .map(|entry| {
            let text = |key: &str| entry[key].as_str().filter(|text| !text.is_empty());
            text("comment")
                .with_context(|| format!("template.yaml: Metadata.checkov.skip: {entry} gives no reason"))?;
            let id =
                text("id").with_context(|| format!("template.yaml: Metadata.checkov.skip: {entry} names no check"))?;
            Ok(id.to_owned())
        })
        .collect()
}
