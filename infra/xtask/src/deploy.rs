//! `cargo xtask deploy`: from a checkout to a product that answers. Every step may be repeated; what is done already is done
//! again harmlessly, so after a failure one mends what it names and runs the same command.

mod checks;
mod dashboard;
mod guided;
mod secret;
mod settings;
mod smoke;
mod stack;
mod tools;

use std::{
    ffi::OsString,
    io::{BufReader, IsTerminal, Write},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Args;

pub use self::{guided::Answers, smoke::Patience};
use self::{
    settings::{Settings, assignment},
    tools::{Tools, call},
};

#[derive(Args, Default)]
pub struct Options {
    /// Ask for what is needed, and keep it in Secrets Manager and samconfig.toml
    #[arg(long, conflicts_with = "dry_run")]
    pub guided: bool,
    /// Say what would be run, and run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Leave the database as it is, to go back to an earlier commit: it is ahead of that one, which a migration must allow
    #[arg(long)]
    pub without_migrations: bool,
    /// The stack, over samconfig.toml
    #[arg(long)]
    pub stack: Option<String>,
    /// The region, over samconfig.toml
    #[arg(long)]
    pub region: Option<String>,
    /// NAME=VALUE of a template's parameter, over samconfig.toml
    #[arg(long = "parameter")]
    pub parameters: Vec<String>,
}

/// Where a deployment takes place. The tests play all of it.
pub struct Place<'a> {
    pub root: &'a Path,
    /// Where programs are looked for.
    pub path: OsString,
    /// Of the deployed product: https.
    pub scheme: &'a str,
    pub patience: Patience,
    pub console: &'a mut dyn Write,
    pub answers: Answers<'a>,
}

/// What the secrets say, so far as later steps need it. No `Debug`: it would show them.
#[derive(Default)]
struct Known {
    secrets_version: String,
    functions_url: String,
    admin_url: String,
}

pub fn run(options: &Options) -> Result<()> {
    let (stdin, root) = (std::io::stdin(), crate::root());
    let person = stdin.is_terminal();
    let place = Place {
        root: &root,
        path: std::env::var_os("PATH").unwrap_or_default(),
        scheme: "https",
        patience: Patience {
            at_most: Duration::from_mins(3),
            between: Duration::from_secs(5),
        },
        console: &mut std::io::stderr(),
        answers: Answers {
            input: &mut BufReader::new(stdin),
            person,
        },
    };
    run_in(options, place)
}

pub fn run_in(options: &Options, place: Place) -> Result<()> {
    let Place {
        root,
        path,
        scheme,
        patience,
        console,
        mut answers,
    } = place;
    let mut steps = Steps {
        tools: Tools::new(root, &path, options.dry_run, console),
        done: 0,
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let http = crate::http_client();

    let mut settings = Settings::read(root)?;
    if options.guided {
        steps.step("questions", |tools| {
            checks::tools(tools)?;
            checks::account(tools)?;
            settings = runtime.block_on(guided::run(tools, &mut answers, &http, settings.clone()))?;
            Ok(())
        })?;
    }
    settings.stack = options.stack.clone().unwrap_or(settings.stack);
    settings.region = options.region.clone().unwrap_or(settings.region);
    for text in &options.parameters {
        settings.parameters.extend([assignment(text)?]);
    }
    settings.complete()?;
    let settings = settings;

    if options.dry_run {
        steps
            .tools
            .heading("Nothing is run. These would be, after asking AWS and Supabase whether everything is there:\n")?;
    }
    let known = if options.dry_run {
        Known::default()
    } else {
        steps.step("tools", checks::tools)?;
        steps.step("account", checks::account)?;
        let known = steps.step("secrets", |tools| {
            let secret = checks::secret(tools, &settings)?;
            let seen = runtime.block_on(checks::supabase(&http, &settings, &secret))?;
            tools.say(&seen)?;
            Ok(Known {
                secrets_version: secret.version.clone(),
                functions_url: secret.get("database_url").to_owned(),
                admin_url: checks::admin_address(tools, &settings)?,
            })
        })?;
        steps.step("domain", |tools| checks::certificate(tools, &settings))?;
        known
    };
    steps.step("functions", |tools| {
        let architecture = settings.architecture();
        tools.run(call("cargo", ["xtask", "package", "--architecture", architecture]))?;
        // One after the other it would compile them; built already, they are only put together.
        let build = call(
            "sam",
            ["build", "--template-file", "template.yaml", "--parameter-overrides"],
        );
        tools.run(build.args([format!("Architecture={architecture}")]))
    })?;
    steps.step("dashboard", dashboard::build)?;
    // After the builds: one that fails leaves the database alone.
    if !options.without_migrations {
        steps.step("migrations", |tools| migrate(tools, &settings, &known))?;
    }
    let outputs = steps.step("stack", |tools| stack::deploy(tools, &settings, &known.secrets_version))?;
    steps.step("upload", |tools| dashboard::upload(tools, &settings, &outputs))?;
    if options.dry_run {
        return Ok(());
    }
    let site = outputs.dashboard_url.replacen("https", scheme, 1);
    steps.step("smoke test", |tools| {
        for line in runtime.block_on(smoke::check(&http, &site, &settings, patience))? {
            tools.say(&line)?;
        }
        Ok(())
    })?;
    summary(&mut steps.tools, &settings, &outputs)
}

/// The addresses go by the environment: arguments are seen by every user of the machine.
fn migrate(tools: &mut Tools, settings: &Settings, known: &Known) -> Result<()> {
    let mut migrate = call("cargo", ["xtask", "migrate"]);
    let pem = settings.parameter("DatabaseCaPem");
    if !pem.is_empty() {
        let file = "target/deploy/database-ca.pem";
        if !tools.dry_run() {
            let path = tools.root().join(file);
            std::fs::create_dir_all(path.parent().context("it has a folder")?)?;
            std::fs::write(path, pem)?;
        }
        migrate = migrate.args(["--ca", file]);
    }
    tools.run(
        migrate
            .secretly("DATABASE_URL", known.admin_url.as_str())
            .secretly("FUNCTIONS_DATABASE_URL", known.functions_url.as_str()),
    )
}

fn summary(tools: &mut Tools, settings: &Settings, outputs: &stack::Outputs) -> Result<()> {
    let url = &outputs.dashboard_url;
    tools.heading(&format!("\nDeployed: {url}"))?;
    for (name, value) in [
        ("API", format!("{url}/api")),
        (
            "alarms and graphs",
            format!("CloudWatch in {}, stack {}", settings.region, settings.stack),
        ),
        ("roll back", "docs/runbooks/bad-release.md".to_owned()),
    ] {
        tools.say(&format!("{name:<18} {value}"))?;
    }
    if !settings.parameter("DomainName").is_empty() {
        let record = format!("{} → {}", settings.parameter("DomainName"), outputs.distribution_domain);
        tools.say(&format!("{:<18} {record}", "DNS record"))?;
    }
    Ok(())
}

struct Steps<'a> {
    tools: Tools<'a>,
    done: usize,
}

impl<'a> Steps<'a> {
    fn step<T>(&mut self, name: &str, work: impl FnOnce(&mut Tools<'a>) -> Result<T>) -> Result<T> {
        self.done += 1;
        self.tools.heading(&format!("[{:>2}] {name}", self.done))?;
        let began = Instant::now();
        let made = work(&mut self.tools).with_context(|| {
            format!("stopped at \"{name}\". Mend what is named below, then run the same command again: repeating what went well does no harm")
        })?;
        if !self.tools.dry_run() {
            self.tools.say(&format!("ok, {:.1} s", began.elapsed().as_secs_f64()))?;
        }
        Ok(made)
    }
}
