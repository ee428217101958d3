//! What a deployment is told: `samconfig.toml`, which SAM reads too, and the command line over it.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, bail, ensure};
use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

use super::secret::role_of;

pub(super) const FILE: &str = "samconfig.toml";
const SECRET_NAME: &str = "forexelite";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) stack: String,
    pub(super) region: String,
    /// Of the template.
    pub(super) parameters: BTreeMap<String, String>,
    /// Public: the dashboard shows it to everybody. A publishable key, or the JWT of the role `anon`.
    pub(super) anon_key: String,
}

impl Settings {
    /// An error says what is missing and how it gets there.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let document = document(root)?;
        let text = |section: &str, key: &str| {
            let found = document.get("default")?.get(section)?.get("parameters")?.get(key)?;
            found.as_str().map(str::to_owned)
        };
        let of_deploy = |key: &str| text("deploy", key).or_else(|| text("global", key));
        let overrides = document
            .get("default")
            .and_then(|section| section.get("deploy")?.get("parameters")?.get("parameter_overrides"));
        Ok(Self {
            stack: of_deploy("stack_name").unwrap_or_default(),
            region: of_deploy("region").unwrap_or_default(),
            parameters: overrides.map(parameters).transpose()?.unwrap_or_default(),
            anon_key: text("dashboard", "supabase_anon_key").unwrap_or_default(),
        })
    }

    pub(super) fn complete(&self) -> Result<()> {
        let missing: Vec<_> = [
            ("stack_name", &self.stack),
            ("region", &self.region),
            (
                "SupabaseUrl",
                self.parameters.get("SupabaseUrl").unwrap_or(&String::new()),
            ),
            ("supabase_anon_key", &self.anon_key),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.is_empty().then_some(name))
        .collect();
        ensure!(
            missing.is_empty(),
            "{FILE} has no {}. `cargo xtask deploy --guided` asks for it and writes it there",
            missing.join(", no ")
        );
        refuse_secret(&self.anon_key)?;
        ensure!(
            self.parameter("DomainName").is_empty() == self.parameter("CertificateArn").is_empty(),
            "DomainName and CertificateArn go together: name both in {FILE}, or neither"
        );
        Ok(())
    }

    /// The comments and everything else in the file stay.
    pub(super) fn write(&self, root: &Path) -> Result<()> {
        let mut document = document(root)?;
        document.entry("version").or_insert(value(0.1));
        let deploy = section(&mut document, "deploy")?;
        deploy["stack_name"] = value(&self.stack);
        deploy["region"] = value(&self.region);
        let mut overrides = Array::new();
        for (name, text) in &self.parameters {
            let mut line = Value::from(format!("{name}=\"{text}\""));
            line.decor_mut().set_prefix("\n    ");
            overrides.push_formatted(line);
        }
        overrides.set_trailing("\n");
        overrides.set_trailing_comma(true);
        deploy["parameter_overrides"] = value(overrides);
        section(&mut document, "dashboard")?["supabase_anon_key"] = value(&self.anon_key);
        std::fs::write(root.join(FILE), document.to_string()).context(FILE)
    }

    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    pub(super) fn secret_name(&self) -> &str {
        match self.parameter("SecretName") {
            "" => SECRET_NAME,
            name => name,
        }
    }

    /// Kept apart from what the functions get: its login may change every table.
    pub(super) fn admin_secret_name(&self) -> String {
        format!("{}-admin", self.secret_name())
    }

    pub(super) fn supabase_url(&self) -> &str {
        self.parameter("SupabaseUrl").trim_end_matches('/')
    }

    pub(super) fn storage_bucket(&self) -> &str {
        match self.parameter("StorageBucket") {
            "" => "ea",
            name => name,
        }
    }

    pub(super) fn architecture(&self) -> &str {
        match self.parameter("Architecture") {
            "" => "arm64",
            name => name,
        }
    }
}

/// The dashboard would show it to everybody.
fn refuse_secret(anon_key: &str) -> Result<()> {
    if let Some(role) = role_of(anon_key) {
        ensure!(
            role == "anon",
            "supabase_anon_key is the key of the role {role}. Take the one of anon, and rotate this one if it was in {FILE}"
        );
    }
    ensure!(
        !anon_key.starts_with("sb_secret_"),
        "supabase_anon_key is a secret key. Take the publishable one, and rotate this one if it was in {FILE}"
    );
    Ok(())
}

/// `NAME=VALUE`, with or without SAM's quotes.
pub(super) fn assignment(text: &str) -> Result<(String, String)> {
    let (name, value) = text
        .split_once('=')
        .with_context(|| format!("{text} is not NAME=VALUE"))?;
    let unquoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value);
    Ok((name.to_owned(), unquoted.to_owned()))
}

fn document(root: &Path) -> Result<DocumentMut> {
    match std::fs::read_to_string(root.join(FILE)) {
        Ok(text) => text.parse().context(FILE),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(DocumentMut::new()),
        Err(error) => Err(error).context(FILE),
    }
}

/// A list, a table, or SAM's one line of `NAME="VALUE"`.
fn parameters(overrides: &Item) -> Result<BTreeMap<String, String>> {
    if let Some(table) = overrides.as_table_like() {
        let text = |item: &Item| {
            item.as_str()
                .map(str::to_owned)
                .or_else(|| Some(item.as_integer()?.to_string()))
        };
        return table
            .iter()
            .map(|(name, item)| {
                Ok((
                    name.to_owned(),
                    text(item).with_context(|| format!("{FILE}: {name} is no text"))?,
                ))
            })
            .collect();
    }
    if let Some(list) = overrides.as_array() {
        let text = |item: &Value| {
            item.as_str()
                .map(str::to_owned)
                .context("parameter_overrides is a list of texts")
        };
        return list.iter().map(|item| assignment(&text(item)?)).collect();
    }
    let Some(line) = overrides.as_str() else {
        bail!("{FILE}: parameter_overrides is neither text nor list");
    };
    let mut found = BTreeMap::new();
    let mut rest = line.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted
                .split_once('"')
                .with_context(|| format!("{FILE}: {name}'s quotes never end"))?,
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        found.insert(name.to_owned(), value.to_owned());
        rest = after.trim_start();
    }
    ensure!(
        rest.is_empty(),
        "{FILE}: {rest} in parameter_overrides is not NAME=VALUE"
    );
    Ok(found)
}

fn section<'a>(document: &'a mut DocumentMut, name: &str) -> Result<&'a mut Table> {
    let mut table = document.as_table_mut();
    for key in ["default", name, "parameters"] {
        let item = table.entry(key).or_insert_with(|| {
            let mut made = Table::new();
            made.set_implicit(key != "parameters");
            Item::Table(made)
        });
        table = item
            .as_table_mut()
            .with_context(|| format!("{FILE}: {key} is no table"))?;
    }
    Ok(table)
}
