//! What is asked before anything is changed: tools, account, secrets, Supabase, certificate.

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, StatusCode};
use serde_json::Value;

use super::{
    secret::Secret,
    settings::Settings,
    tools::{Tools, call},
};

/// What it is, where it comes from.
const TOOLS: [(&str, &str); 6] = [
    (
        "aws",
        "AWS's command line: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    ),
    ("sam", "AWS SAM: `pip install 'aws-sam-cli>=1.170'`"),
    ("cargo", "Rust: https://rustup.rs"),
    (
        "python3",
        "Python 3.11 or newer, which installs cargo-lambda: https://www.python.org",
    ),
    ("node", "Node 20 or newer: https://nodejs.org"),
    ("npm", "npm, which comes with Node"),
];

pub(super) fn tools(tools: &mut Tools) -> Result<()> {
    let missing: Vec<_> = TOOLS
        .into_iter()
        .filter(|(name, _)| tools.find(name).is_none())
        .map(|(name, source)| format!("{name} is not on the PATH. It is {source}"))
        .collect();
    ensure!(missing.is_empty(), "{}", missing.join("\n"));
    let version = tools.ask(call("node", ["--version"]))?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    ensure!(
        major.parse::<u32>().is_ok_and(|major| major >= 20),
        "the dashboard is built by Node 20 or newer; this is {}",
        version.trim()
    );
    Ok(())
}

pub(super) fn account(tools: &mut Tools) -> Result<()> {
    let who = tools
        .ask_json(call("aws", ["sts", "get-caller-identity"]))
        .context("AWS does not know who you are. Run `aws sso login` or `aws configure`, and set AWS_PROFILE if it is not your default")?;
    let text = |key: &str| who[key].as_str().unwrap_or("?").to_owned();
    tools.say(&format!("account {}, {}", text("Account"), text("Arn")))
}

pub(super) fn secret(tools: &mut Tools, settings: &Settings) -> Result<Secret> {
    let name = settings.secret_name();
    let secret = fetch(tools, settings, name)?.with_context(|| {
        format!(
            "there is no secret {name} in {}. `cargo xtask deploy --guided` makes it",
            settings.region
        )
    })?;
    secret.check().with_context(|| {
        format!(
            "the secret {name} is not complete. `cargo xtask deploy --guided` asks for what is wrong and keeps the rest"
        )
    })?;
    tools.say(&format!("{name}, version {}", secret.version))?;
    Ok(secret)
}

/// The address of the login that migrates.
pub(super) fn admin_address(tools: &mut Tools, settings: &Settings) -> Result<String> {
    let name = settings.admin_secret_name();
    let how = "`cargo xtask deploy --guided` makes it";
    let secret = fetch(tools, settings, &name)?
        .with_context(|| format!("there is no secret {name} in {}. {how}", settings.region))?;
    let address = secret.get("database_url").to_owned();
    ensure!(!address.is_empty(), "the secret {name} has no database_url. {how}");
    Ok(address)
}

/// `None` where there is no such secret.
pub(super) fn fetch(tools: &mut Tools, settings: &Settings, name: &str) -> Result<Option<Secret>> {
    let get = call(
        "aws",
        [
            "secretsmanager",
            "get-secret-value",
            "--secret-id",
            name,
            "--region",
            &settings.region,
        ],
    );
    match tools.ask_json(get) {
        Ok(answer) => Secret::parse(&answer)
            .with_context(|| format!("the secret {name}"))
            .map(Some),
        Err(error) if error.to_string().contains("(ResourceNotFoundException)") => Ok(None),
        Err(error) => Err(error),
    }
}

/// That the project answers, signs tokens with what we are told, and takes the key for its files.
pub(super) async fn supabase(http: &Client, settings: &Settings, secret: &Secret) -> Result<String> {
    let url = settings.supabase_url();
    ensure!(
        url.starts_with("https://") || url.starts_with("http://127.0.0.1:"),
        "SupabaseUrl must begin with https://; it is {url}"
    );
    let get = async |path: &str, key: &str| -> Result<(StatusCode, String)> {
        let mut request = http.get(format!("{url}{path}")).header("apikey", key);
        // The new kind of key is no JWT, and is refused where one is expected.
        if !key.starts_with("sb_") {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await.with_context(|| {
            format!("{url} does not answer; look at SupabaseUrl, and whether the project is paused")
        })?;
        Ok((answer.status(), answer.text().await?))
    };
    let (status, _) = get("/auth/v1/settings", &settings.anon_key).await?;
    match status {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            bail!("Supabase refuses supabase_anon_key ({status}): Project Settings → API Keys has it")
        }
        status => bail!("{url}/auth/v1/settings answered {status}"),
    }
    let asymmetric = signs_asymmetrically(http, url).await?;
    ensure!(
        asymmetric || !secret.get("supabase_jwt_secret").is_empty(),
        "the project signs tokens with a shared secret, and supabase_jwt_secret is empty: Project Settings → JWT Keys → \
         Legacy JWT secret has it"
    );
    let bucket = settings.storage_bucket();
    let (status, body) = get(
        &format!("/storage/v1/bucket/{bucket}"),
        secret.get("supabase_service_key"),
    )
    .await?;
    // Storage puts the status that it means into the body of a 400.
    let meant = serde_json::from_str::<Value>(&body).ok().and_then(|body| {
        let code = &body["statusCode"];
        code.as_str()
            .map(str::to_owned)
            .or_else(|| Some(code.as_u64()?.to_string()))
    });
    let refused = [status.as_str(), meant.as_deref().unwrap_or_default()]
        .iter()
        .any(|code| ["401", "403"].contains(code));
    ensure!(
        !refused,
        "Supabase refuses supabase_service_key: Project Settings → API Keys has the key of service_role"
    );
    Ok(format!(
        "{url}, tokens signed {}",
        if asymmetric {
            "with a key pair"
        } else {
            "with the shared secret"
        }
    ))
}

pub(super) async fn signs_asymmetrically(http: &Client, url: &str) -> Result<bool> {
    let keys = http.get(format!("{url}/auth/v1/.well-known/jwks.json")).send().await;
    let keys: Value = keys.and_then(reqwest::Response::error_for_status)?.json().await?;
    Ok(keys["keys"].as_array().is_some_and(|keys| !keys.is_empty()))
}

/// Of an own domain. `CloudFront` takes it only from us-east-1, issued, and for this name.
pub(super) fn certificate(tools: &mut Tools, settings: &Settings) -> Result<()> {
    let (domain, arn) = (settings.parameter("DomainName"), settings.parameter("CertificateArn"));
    if domain.is_empty() {
        return tools.say("no domain of your own; CloudFront gives one");
    }
    ensure!(
        arn.starts_with("arn:aws:acm:us-east-1:"),
        "CertificateArn must be a certificate in us-east-1, whatever the region of the stack: Certificate Manager → \
         N. Virginia → Request"
    );
    let describe = call(
        "aws",
        [
            "acm",
            "describe-certificate",
            "--region",
            "us-east-1",
            "--certificate-arn",
            arn,
        ],
    );
    let answer = tools.ask_json(describe).context("CertificateArn")?;
    let certificate = &answer["Certificate"];
    let status = certificate["Status"].as_str().unwrap_or("?");
    ensure!(
        status == "ISSUED",
        "the certificate is {status}; add the CNAME records that Certificate Manager shows to your DNS and wait until it is issued"
    );
    let names = certificate["SubjectAlternativeNames"].as_array();
    let covered = names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .any(|name| covers(name, domain));
    ensure!(covered, "the certificate is not for {domain}; request one that is");
    tools.say(&format!("{domain}, certificate issued"))
}

fn covers(name: &str, domain: &str) -> bool {
    name == domain
        || name
            .strip_prefix("*.")
            .is_some_and(|parent| domain.split_once('.').is_some_and(|(_, rest)| rest == parent))
}
