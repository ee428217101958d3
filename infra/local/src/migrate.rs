//! Applies `NNNN_verb_noun.sql`, in order and each in a transaction of its own.

use std::path::Path;

use anyhow::{Context, Result, bail};
use refinery::{Migration, Runner};
use tokio_postgres::Client;

/// Out of `public`, whose tables `PostgREST` shows and default privileges open to everyone.
const HISTORY: &str = "migrations.history";

#[derive(Debug)]
pub struct Report {
    /// File names without `.sql`, in the order they were applied.
    pub applied: Vec<String>,
    /// How many had been applied before.
    pub already: usize,
}

pub async fn run(client: &mut Client, folder: &Path) -> Result<Report> {
    let migrations = read(folder)?;
    client.batch_execute("create schema if not exists migrations").await?;
    let mut runner = Runner::new(&migrations)
        .set_abort_divergent(true)
        .set_abort_missing(true);
    runner.set_migration_table_name(HISTORY);
    let report = match runner.run_async(client).await {
        Ok(report) => report,
        Err(error) => bail!(explain(error, folder)),
    };
    let applied: Vec<_> = report.applied_migrations().iter().map(file).collect();
    Ok(Report {
        already: migrations.len() - applied.len(),
        applied,
    })
}

fn read(folder: &Path) -> Result<Vec<Migration>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("migrations folder {}", folder.display()))?;
    let mut migrations = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let (number, words) = name.split_once('_').unwrap_or_default();
        if number.len() != 4 || number.bytes().any(|byte| !byte.is_ascii_digit()) || words.is_empty() {
            bail!("{}: a migration is named NNNN_verb_noun.sql", path.display());
        }
        let sql = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        migrations.push(Migration::unapplied(&format!("V{number}__{words}"), &sql)?);
    }
    migrations.sort();
    Ok(migrations)
}

fn file(migration: &Migration) -> String {
    format!("{:04}_{}", migration.version(), migration.name())
}

fn explain(error: refinery::Error, folder: &Path) -> anyhow::Error {
    use refinery::error::Kind;
    let folder = folder.display();
    let what = match error.kind() {
        Kind::DivergentVersion(applied, _) => format!(
            "{folder}/{}.sql was applied to this database with other contents: undo the edit and write a new migration instead",
            file(applied)
        ),
        Kind::MissingVersion(applied) => format!(
            "{folder}/{}.sql was applied to this database but is gone",
            file(applied)
        ),
        _ => format!("migrations in {folder}"),
    };
    anyhow::Error::new(error).context(what)
}
