//! What the documents name is there. A runbook that sends people somewhere else helps nobody at three in the morning.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Everything in docs/ and docs/runbooks/.
pub(crate) fn documents() -> Vec<PathBuf> {
    let docs = xtask::root().join("docs");
    let of = |folder: PathBuf| {
        let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        files.map(|entry| entry.expect("a folder can be read").path())
    };
    let mut found: Vec<_> = of(docs.clone()).chain(of(docs.join("runbooks"))).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found
}

pub(crate) fn sql_blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```sql\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap_or_default())
}

#[test]
fn every_xtask_command_of_the_docs_exists() {
    let help = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--help")
        .output()
        .expect("it starts");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for file in documents() {
        let text = fs::read_to_string(&file).expect("a document");
        for after in text.split("cargo xtask ").skip(1) {
            let name: String = after
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '-')
                .collect();
            assert!(
                help.contains(&format!("\n  {name} ")),
                "{} names `cargo xtask {name}`, which does not exist",
                file.display()
            );
        }
    }
}

#[test]
fn every_alarm_has_its_runbook_and_every_runbook_names_what_the_template_has() {
    let template = fs::read_to_string(xtask::root().join("template.yaml")).expect("template.yaml");
    let runbooks: Vec<_> = template
        .split("Runbook: ")
        .skip(1)
        .map(|rest| rest.split_whitespace().next())
        .collect();
    assert!(runbooks.len() > 5, "template.yaml names runbooks as `Runbook: docs/…`");
    for runbook in runbooks.into_iter().flatten() {
        assert!(
            xtask::root().join(runbook).is_file(),
            "template.yaml names {runbook}, which does not exist"
        );
    }
    for file in documents()
        .into_iter()
        .filter(|file| file.parent().is_some_and(|folder| folder.ends_with("runbooks")))
    {
        let text = fs::read_to_string(&file).expect("a document");
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let named = words.filter(|word| {
            let suffix = ["Alarm", "Function"]
                .iter()
                .find_map(|suffix| word.strip_suffix(suffix));
            suffix.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
        });
        for name in named {
            assert!(
                template.contains(&format!("\n  {name}:\n")),
                "{} names {name}, which template.yaml does not have",
                file.display()
            );
        }
    }
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let root = xtask::root();
    let others = ["README.md", "SECURITY.md", "ARCHITECTURE.md"].map(|name| root.join(name));
    for file in documents().into_iter().chain(others) {
        let text = fs::read_to_string(&file).expect("a document");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            let folder = file.parent().unwrap_or(Path::new("/"));
            assert!(
                folder.join(path).exists(),
                "{} links to {link}, which is not there",
                file.display()
            );
        }
    }
}
