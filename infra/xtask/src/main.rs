//! `cargo xtask …`: everything a developer runs.

mod bench;
mod browser;
mod checks;
mod contract;
mod demo;
mod dev;
mod lints;
mod migrate;
mod package;
mod product;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::{audit, deploy, scale};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The automation of ForexElite Pro")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring up everything on this machine; Ctrl-C stops it
    Dev(dev::Options),
    /// Run every test there is, installing what it needs
    Test {
        /// Only the Rust tests whose names contain this
        filter: Option<String>,
    },
    /// Apply the migrations to a database
    Migrate {
        /// postgres://… of a login that may create roles and tables
        #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
        database_url: String,
        /// The private certificate authority of the database, in PEM
        #[arg(long)]
        ca: Option<PathBuf>,
        /// postgres://… of the functions: its login is made where it cannot get in
        #[arg(long, env = "FUNCTIONS_DATABASE_URL", hide_env_values = true)]
        functions_database_url: Option<String>,
    },
    /// Write openapi.json from the handlers
    Openapi,
    /// Hunt for answers that openapi.json does not describe, with schemathesis against the running product
    Contract,
    /// Try the dashboard in a browser, against the running product
    E2e,
    /// Take pictures of every page, dark and light, wide and narrow, into frontend/shots
    Shots,
    /// Make the deployable zip of every function
    Package {
        /// arm64 or x86_64
        #[arg(long, default_value = "arm64")]
        architecture: package::Architecture,
    },
    /// Put it on AWS: checks, builds, migrations, stack, dashboard, smoke test
    Deploy(deploy::Options),
    /// Ask whether a dependency, of Rust or of the dashboard, has a known weakness
    Audit(audit::Options),
    /// Print the tables of docs/scale.md
    Scale,
    /// Measure against an empty function and against pgbench's way to ask
    Bench(bench::Options),
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Dev(options) => dev::run(options),
        Command::Test { filter } => checks::run(filter.as_deref()),
        Command::Migrate {
            database_url,
            ca,
            functions_database_url,
        } => migrate::run(&database_url, ca.as_deref(), functions_database_url.as_deref()),
        Command::Openapi => checks::write_openapi(),
        Command::Contract => contract::run(),
        Command::E2e => browser::run("e2e"),
        Command::Shots => browser::run("shots"),
        Command::Package { architecture } => package::run(architecture),
        Command::Deploy(options) => deploy::run(&options),
        Command::Audit(options) => audit::run(&options),
        Command::Scale => {
            print!("{}", scale::tables());
            Ok(())
        }
        Command::Bench(options) => bench::run(&options),
    }
}
