//! Asks for what a deployment needs. What was told before is offered again; secrets go to Secrets Manager and nowhere else.

use std::{collections::BTreeMap, io::BufRead};

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde_json::json;
use tokio_postgres::config::Host;

use super::{
    checks,
    secret::{self, Secret},
    settings::{FILE, Settings},
    tools::{Tools, call},
};
use crate::stage::write_private;

const SESSION_PORT: u16 = 5432;
const TRANSACTION_PORT: u16 = 6543;

/// Who answers: a person, whose secrets are not shown, or a script.
pub struct Answers<'a> {
    pub input: &'a mut dyn BufRead,
    pub person: bool,
}

impl Answers<'_> {
    fn ask(&mut self, tools: &mut Tools, question: &str, before: &str) -> Result<String> {
        tools.question(&if before.is_empty() {
            format!("{question}: ")
        } else {
            format!("{question} [{before}]: ")
        })?;
        let answer = self.line()?;
        Ok(if answer.is_empty() { before.to_owned() } else { answer })
    }

    fn ask_secret(&mut self, tools: &mut Tools, question: &str, before: &str) -> Result<String> {
        tools.question(&if before.is_empty() {
            format!("{question}: ")
        } else {
            format!("{question} [as it is]: ")
        })?;
        let answer = if self.person {
            rpassword::read_password()?.trim().to_owned()
        } else {
            self.line()?
        };
        Ok(if answer.is_empty() { before.to_owned() } else { answer })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.input.read_line(&mut line)? > 0, "no more answers");
        Ok(line.trim().to_owned())
    }
}

pub(super) async fn run(
    tools: &mut Tools<'_>,
    answers: &mut Answers<'_>,
    http: &Client,
    mut settings: Settings,
) -> Result<Settings> {
    tools.say("Enter keeps what stands in brackets.")?;
    let or = |value: &str, default: &str| {
        if value.is_empty() {
            default.to_owned()
        } else {
            value.to_owned()
        }
    };
    settings.region = answers.ask(tools, "AWS region", &or(&settings.region, "eu-central-1"))?;
    settings.stack = answers.ask(tools, "Name of the stack", &or(&settings.stack, "forexelite"))?;
    let url = answers.ask(
        tools,
        "Supabase: Project URL (Project Settings → Data API)",
        settings.supabase_url(),
    )?;
    settings
        .parameters
        .insert("SupabaseUrl".to_owned(), url.trim_end_matches('/').to_owned());
    let question = "Supabase: publishable or anon key (Project Settings → API Keys)";
    settings.anon_key = answers.ask(tools, question, &settings.anon_key.clone())?;
    ca(tools, answers, &mut settings)?;
    let domain = answers.ask(
        tools,
        "Domain of your own, or Enter for none",
        settings.parameter("DomainName"),
    )?;
    if !domain.is_empty() {
        let question = "ARN of its certificate (Certificate Manager, us-east-1)";
        let arn = answers.ask(tools, question, settings.parameter("CertificateArn"))?;
        settings.parameters.insert("DomainName".to_owned(), domain);
        settings.parameters.insert("CertificateArn".to_owned(), arn);
    }
    let email = answers.ask(
        tools,
        "E-mail address that is told of alarms, or Enter for none",
        settings.parameter("AlarmEmail"),
    )?;
    if !email.is_empty() {
        settings.parameters.insert("AlarmEmail".to_owned(), email);
    }
    settings.complete()?;
    settings.write(tools.root())?;
    tools.say(&format!(
        "{FILE} is written; it has no secret and belongs into the repository."
    ))?;

    let (name, admin_name) = (settings.secret_name().to_owned(), settings.admin_secret_name());
    let before = checks::fetch(tools, &settings, &name)?;
    let admin_before = checks::fetch(tools, &settings, &admin_name)?;
    let old = |secret: &Option<Secret>, key: &str| secret.as_ref().map_or("", |secret| secret.get(key)).to_owned();

    let question = "Supabase: Connect → Session pooler, with the password of postgres in it";
    let admin = answers.ask_secret(tools, question, &old(&admin_before, "database_url"))?;
    let addresses = Addresses::of(&admin, &old(&before, "database_url"))?;
    let jwt_secret = if checks::signs_asymmetrically(http, settings.supabase_url()).await? {
        tools.say("The project signs tokens with a key pair; there is no secret to give.")?;
        old(&before, "supabase_jwt_secret")
    } else {
        let question = "Supabase: Legacy JWT secret (Project Settings → JWT Keys)";
        answers.ask_secret(tools, question, &old(&before, "supabase_jwt_secret"))?
    };
    let question = "Supabase: secret or service_role key (Project Settings → API Keys)";
    let service_key = answers.ask_secret(tools, question, &old(&before, "supabase_service_key"))?;
    let glm_key = answers.ask_secret(tools, "Z.ai: API key (z.ai → API Keys)", &old(&before, "glm_api_key"))?;
    let ticket_secret = match old(&before, "socket_ticket_secret") {
        none if none.is_empty() => secret::random()?,
        kept => kept,
    };

    store(
        tools,
        &settings,
        &admin_name,
        &BTreeMap::from([("database_url", addresses.admin)]),
    )?;
    let keys = BTreeMap::from([
        ("database_url", addresses.functions),
        ("supabase_jwt_secret", jwt_secret),
        ("supabase_service_key", service_key),
        ("glm_api_key", glm_key),
        ("socket_ticket_secret", ticket_secret),
    ]);
    store(tools, &settings, &name, &keys)?;
    Ok(settings)
}

fn ca(tools: &mut Tools, answers: &mut Answers, settings: &mut Settings) -> Result<()> {
    let kept = settings.parameter("DatabaseCaPem");
    let question =
        "Supabase: file of the certificate (Project Settings → Database → SSL Configuration → Download certificate)";
    let file = answers.ask(tools, question, if kept.is_empty() { "" } else { "as it is" })?;
    if file.is_empty() || file == "as it is" {
        return Ok(());
    }
    let pem = std::fs::read_to_string(tools.root().join(&file)).with_context(|| file.clone())?;
    ensure!(
        pem.contains("-----BEGIN CERTIFICATE-----"),
        "{file} is no certificate in PEM"
    );
    settings
        .parameters
        .insert("DatabaseCaPem".to_owned(), pem.trim().to_owned());
    Ok(())
}

struct Addresses {
    /// By a session of its own, which migrations need.
    admin: String,
    /// By the transaction pooler, as the login that owns nothing.
    functions: String,
}

impl Addresses {
    /// The functions' login keeps its password.
    fn of(admin: &str, functions: &str) -> Result<Self> {
        // The parser's error could quote the password.
        let Ok(config) = admin.parse::<tokio_postgres::Config>() else {
            anyhow::bail!(
                "that is no postgres:// address; characters other than letters and digits in the password are written %XX"
            );
        };
        let Some(Host::Tcp(host)) = config.get_hosts().first() else {
            anyhow::bail!("the address names no host");
        };
        let user = config.get_user().context("the address names no user")?;
        let password = config.get_password().context("the address has no password")?;
        let password = std::str::from_utf8(password).context("the password is no text")?;
        ensure!(
            !password.contains("YOUR-PASSWORD"),
            "the address still has a placeholder for the password"
        );
        let project = user
            .split_once('.')
            .map_or_else(String::new, |(_, project)| format!(".{project}"));
        let name = config.get_dbname().unwrap_or("postgres");
        // An address of one's own that is no Supabase pooler keeps its port.
        let pooled = host.ends_with(".pooler.supabase.com");
        let port = config.get_ports().first().copied().unwrap_or(SESSION_PORT);
        let (session, transaction) = if pooled {
            (SESSION_PORT, TRANSACTION_PORT)
        } else {
            (port, port)
        };
        let admin = admin.replacen(&format!("{host}:{port}"), &format!("{host}:{session}"), 1);
        let functions = if functions.is_empty() {
            format!(
                "postgres://forexelite_api{project}:{}@{host}:{transaction}/{name}",
                secret::random()?
            )
        } else {
            functions.to_owned()
        };
        Ok(Self { admin, functions })
    }
}

/// By a file only its owner can read: arguments are seen by every user of the machine.
fn store(tools: &mut Tools, settings: &Settings, name: &str, keys: &BTreeMap<&str, String>) -> Result<()> {
    let exists = checks::fetch(tools, settings, name)?;
    if exists.is_some_and(|secret| keys.iter().all(|(key, value)| secret.get(key) == value)) {
        return tools.say(&format!("{name} is as it was"));
    }
    let folder = tools.root().join("target/deploy");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("secret.json");
    write_private(&file, &json!(keys).to_string())?;
    let text = format!("file://{}", file.display());
    let describe = call(
        "aws",
        [
            "secretsmanager",
            "describe-secret",
            "--secret-id",
            name,
            "--region",
            &settings.region,
        ],
    );
    let known = tools.ask_json(describe).is_ok();
    let write = if known {
        call("aws", ["secretsmanager", "put-secret-value", "--secret-id", name])
    } else {
        call("aws", ["secretsmanager", "create-secret", "--name", name])
    };
    let written = tools.ask_json(write.args(["--region", &settings.region, "--secret-string", &text]));
    std::fs::remove_file(&file)?;
    written.with_context(|| format!("the secret {name} could not be written"))?;
    tools.say(&format!("{name} is in Secrets Manager"))
}

impl Tools<'_> {
    fn question(&mut self, text: &str) -> Result<()> {
        let console = self.console();
        write!(console, "        {text}")?;
        console.flush().context("the console is gone")
    }
}
