//! The house rules, so far as a machine can hold them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use local_cloud::template::{Template, Values};
use xtask::{build, root};

use crate::support::{Stage, executables};

/// What the template deploys, with every parameter and secret set to a placeholder.
fn template() -> Template {
    let text = |name: &str| (name.to_owned(), "1".to_owned());
    let values = Values {
        parameters: ["SupabaseUrl", "PublicUrl", "SocketUrl", "DashboardOrigin"]
            .map(text)
            .into(),
        secrets: BTreeMap::from([(
            "forexelite".to_owned(),
            [
                "database_url",
                "supabase_jwt_secret",
                "supabase_service_key",
                "glm_api_key",
                "socket_ticket_secret",
            ]
            .map(text)
            .into(),
        )]),
    };
    Template::read(&root().join("template.yaml"), &values).expect("the template is readable")
}

/// `METHOD /path` of every route.
pub(crate) fn template_routes() -> BTreeSet<String> {
    let functions = template().functions;
    functions
        .iter()
        .flat_map(|function| {
            function
                .routes
                .iter()
                .chain(function.streams.iter().map(|stream| &stream.route))
        })
        .map(|route| format!("{} {}", route.method, route.path))
        .collect()
}

pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sql_file_prepares_on_the_migrated_schema() {
    let stage = Stage::new().await;
    let files = files_below(&root().join("shared/sql"), "sql");
    assert!(files.len() > 10, "shared/sql was not found");
    for file in files {
        if let Err(error) = stage.db.prepare(&read(&file)).await {
            panic!("{} does not prepare on the migrated schema: {error:?}", file.display());
        }
    }
}

#[test]
fn every_sql_file_is_used_by_one_statement() {
    let code: String = files_below(&root().join("shared/src"), "rs")
        .iter()
        .map(|file| read(file))
        .collect();
    let folder = root().join("shared/sql");
    for file in files_below(&folder, "sql") {
        let name = file.strip_prefix(&folder).expect("it is below").with_extension("");
        let statement = format!("statement!(\"{}\")", name.display());
        assert!(
            code.contains(&statement),
            "{} is used nowhere; delete it, or run it by {statement}",
            file.display()
        );
    }
}

#[test]
fn every_function_runs_on_exactly_what_the_template_gives_it() {
    let binaries = executables();
    for function in template().functions {
        let output = Command::new(binaries.join(&function.name))
            .env_clear()
            .output()
            .expect("a function starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        let read: BTreeSet<&str> = complaint
            .split([' ', '"', ';'])
            // Lambda itself sets what begins with AWS_.
            .filter(|word| {
                word.contains('_')
                    && !word.starts_with("AWS_")
                    && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            })
            .collect();
        let given: BTreeSet<&str> = function.environment.keys().map(String::as_str).collect();
        assert_eq!(
            read, given,
            "{} reads the variables on the left, template.yaml gives it those on the right; it said: {complaint}",
            function.name
        );
    }
}

#[test]
fn every_function_has_a_folder_a_crate_and_a_place_in_the_template() {
    let deployed: BTreeSet<String> = template().functions.into_iter().map(|function| function.name).collect();
    let written: BTreeSet<String> = build::functions()
        .expect("functions/ is readable")
        .into_iter()
        .collect();
    assert_eq!(deployed, written, "template.yaml (left) and functions/ (right) differ");
}

#[test]
fn no_function_imports_another_and_each_main_is_thin() {
    let functions = build::functions().expect("functions/ is readable");
    for function in &functions {
        let folder = root().join("functions").join(function);
        let manifest = read(&folder.join("Cargo.toml"));
        for other in &functions {
            let dependency = format!("\n{other}.workspace");
            assert!(
                !manifest.contains(&dependency),
                "{function} imports {other}; what they share belongs to shared/"
            );
        }
        let lines = read(&folder.join("src/main.rs")).lines().count();
        assert!(
            lines <= 10,
            "functions/{function}/src/main.rs has {lines} lines; at most ten, the rest belongs to lib.rs"
        );
    }
}

#[test]
fn no_function_reads_the_environment_or_speaks_sql() {
    for file in files_below(&root().join("functions"), "rs") {
        let code = read(&file);
        for (word, remedy) in [
            ("env::var", "read it by shared::config::Env in from_env"),
            (
                "query_typed",
                "put the statement into shared/sql and a function into shared::db",
            ),
            (
                "batch_execute",
                "put the statement into shared/sql and a function into shared::db",
            ),
            (".headers", "make an extractor in shared::auth or shared::http"),
        ] {
            assert!(!code.contains(word), "{} uses {word}; {remedy}", file.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_applied_again_do_nothing_and_say_so() {
    let stage = Stage::new().await;
    let report = xtask::stage::lay_database(&stage.admin_url, &stage.secrets)
        .await
        .expect("harmless");
    let files = files_below(&root().join("migrations"), "sql").len();
    assert_eq!((report.applied.len(), report.already), (0, files));
    stage.as_user(&stage.trader().await).get("/auth/me", 200).await;
}
