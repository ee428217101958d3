//! The stack: SAM deploys it, and what stands before it is told its own address.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{
    settings::Settings,
    tools::{Tools, call},
};

/// What a deployment needs to know of the stack afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outputs {
    /// The address users see.
    pub(super) dashboard_url: String,
    pub(super) distribution_domain: String,
    pub(super) distribution_id: String,
    pub(super) bucket: String,
}

impl Outputs {
    fn read(stack: &Value) -> Result<Self> {
        let outputs = stack["Outputs"].as_array().context("the stack has no outputs")?;
        let text = |name: &str| {
            let output = outputs.iter().find(|output| output["OutputKey"] == name);
            output
                .and_then(|output| output["OutputValue"].as_str())
                .map(str::to_owned)
                .with_context(|| format!("the stack has no output {name}; is template.yaml this commit's?"))
        };
        Ok(Self {
            dashboard_url: text("DashboardUrl")?,
            distribution_domain: text("DistributionDomain")?,
            distribution_id: text("DistributionId")?,
            bucket: text("DashboardBucketName")?,
        })
    }

    /// What a dry run calls them.
    fn unknown() -> Self {
        Self {
            dashboard_url: "https://DISTRIBUTION.cloudfront.net".to_owned(),
            distribution_domain: "DISTRIBUTION.cloudfront.net".to_owned(),
            distribution_id: "DISTRIBUTION".to_owned(),
            bucket: "BUCKET".to_owned(),
        }
    }
}

/// A distribution's domain is known once it exists, and the functions are told it: so a stack without a domain of its own is
/// deployed twice the first time.
pub(super) fn deploy(tools: &mut Tools, settings: &Settings, secrets_version: &str) -> Result<Outputs> {
    let domain = settings.parameter("DomainName");
    let known = if domain.is_empty() {
        existing(tools, settings)?.map(|outputs| outputs.dashboard_url)
    } else {
        existing(tools, settings)?;
        Some(format!("https://{domain}"))
    };
    sam(tools, settings, secrets_version, known.as_deref())?;
    let outputs = outputs(tools, settings)?;
    if known.as_ref() != Some(&outputs.dashboard_url) {
        tools.say("once more, now that the address is known")?;
        sam(tools, settings, secrets_version, Some(&outputs.dashboard_url))?;
    }
    Ok(outputs)
}

fn sam(tools: &mut Tools, settings: &Settings, secrets_version: &str, address: Option<&str>) -> Result<()> {
    let mut parameters: BTreeMap<_, _> = settings.parameters.clone();
    // A changed secret alone is no change to CloudFormation, which would leave the functions with the old one.
    parameters.insert("SecretsVersion".to_owned(), secrets_version.to_owned());
    if let Some(address) = address {
        let host = address.trim_start_matches("https://");
        parameters.insert("PublicUrl".to_owned(), format!("{address}/api"));
        parameters.insert("SocketUrl".to_owned(), format!("wss://{host}/socket"));
        parameters.insert("DashboardOrigin".to_owned(), address.to_owned());
    }
    let deploy = call(
        "sam",
        [
            "deploy",
            "--template-file",
            ".aws-sam/build/template.yaml",
            "--stack-name",
            &settings.stack,
            "--region",
            &settings.region,
            "--capabilities",
            "CAPABILITY_IAM",
            "--resolve-s3",
            "--no-confirm-changeset",
            "--no-fail-on-empty-changeset",
            "--parameter-overrides",
        ],
    );
    let overrides = parameters.iter().map(|(name, value)| format!("{name}=\"{value}\""));
    tools.run(deploy.args(overrides)).with_context(|| {
        format!(
            "CloudFormation put everything back as it was. The first line of the table above that says FAILED has the reason; \
             CloudFormation → {} → Events has all of them",
            settings.stack
        )
    })
}

/// An error for a stack that no deployment can go to.
fn existing(tools: &mut Tools, settings: &Settings) -> Result<Option<Outputs>> {
    if tools.dry_run() {
        return Ok(None);
    }
    let Some(stack) = describe(tools, settings)? else {
        return Ok(None);
    };
    let name = &settings.stack;
    match stack["StackStatus"].as_str().unwrap_or_default() {
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_FAILED" => bail!(
            "the stack {name} was never completed. Delete it and run this again: \
             aws cloudformation delete-stack --stack-name {name} --region {region} && \
             aws cloudformation wait stack-delete-complete --stack-name {name} --region {region}",
            region = settings.region
        ),
        "UPDATE_ROLLBACK_FAILED" => bail!(
            "the stack {name} is stuck halfway back. Run: aws cloudformation continue-update-rollback --stack-name {name} \
             --region {}",
            settings.region
        ),
        // What `sam deploy` leaves when a first change set was never executed.
        "REVIEW_IN_PROGRESS" => Ok(None),
        status if status.ends_with("_IN_PROGRESS") => {
            bail!("somebody else is deploying {name} ({status}); wait until it is done")
        }
        _ => Outputs::read(&stack).map(Some),
    }
}

fn outputs(tools: &mut Tools, settings: &Settings) -> Result<Outputs> {
    if tools.dry_run() {
        return Ok(Outputs::unknown());
    }
    let stack = describe(tools, settings)?.with_context(|| format!("{} is gone", settings.stack))?;
    Outputs::read(&stack)
}

fn describe(tools: &mut Tools, settings: &Settings) -> Result<Option<Value>> {
    let describe = call(
        "aws",
        [
            "cloudformation",
            "describe-stacks",
            "--stack-name",
            &settings.stack,
            "--region",
            &settings.region,
        ],
    );
    match tools.ask_json(describe) {
        Ok(mut answer) => Ok(Some(answer["Stacks"][0].take())),
        Err(error) if error.to_string().contains("does not exist") => Ok(None),
        Err(error) => Err(error),
    }
}
