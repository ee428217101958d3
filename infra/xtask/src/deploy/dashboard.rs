//! The dashboard: files first, then the pages that name them, and only when everybody gets the new pages what is old goes.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{
    settings::Settings,
    stack::Outputs,
    tools::{Tools, call},
};

const FOLDER: &str = "frontend";
const BUILT: &str = "out";
const ASSETS: &str = "_next/static";
const CONFIG: &str = "config.json";
/// A page that was opened before a release still asks for its parts.
const ASSETS_KEPT_HOURS: i64 = 30 * 24;
/// What S3 deletes with one request.
const MOST_DELETED: usize = 1000;

pub(super) fn build(tools: &mut Tools) -> Result<()> {
    ensure!(
        tools.dry_run() || tools.root().join(FOLDER).join("package.json").is_file(),
        "{FOLDER}/package.json is missing"
    );
    tools.run(call("npm", ["ci"]).in_folder(FOLDER))?;
    tools.run(call("npm", ["run", "build"]).in_folder(FOLDER))?;
    ensure!(
        tools.dry_run() || tools.root().join(FOLDER).join(BUILT).join("index.html").is_file(),
        "the build left no {FOLDER}/{BUILT}/index.html"
    );
    Ok(())
}

pub(super) fn upload(tools: &mut Tools, settings: &Settings, outputs: &Outputs) -> Result<()> {
    let region = settings.region.as_str();
    let bucket = format!("s3://{}", outputs.bucket);
    let (assets, assets_there) = (format!("{BUILT}/{ASSETS}"), format!("{bucket}/{ASSETS}"));
    let not_assets = format!("{ASSETS}/*");

    let immutable = "public, max-age=31536000, immutable";
    let sync = call(
        "aws",
        [
            "s3",
            "sync",
            &assets,
            &assets_there,
            "--region",
            region,
            "--cache-control",
            immutable,
        ],
    );
    tools.run(sync.in_folder(FOLDER))?;

    let pages = |more: &[&str]| {
        let sync = call(
            "aws",
            [
                "s3",
                "sync",
                BUILT,
                &bucket,
                "--region",
                region,
                "--exclude",
                &not_assets,
            ],
        );
        sync.args(["--exclude", CONFIG])
            .args(more.iter().copied())
            .in_folder(FOLDER)
    };
    tools.run(pages(&["--cache-control", "no-cache"]))?;

    let config = json!({
        "api_url": "/api",
        "stream_url": "/stream",
        "supabase_url": settings.supabase_url(),
        "anon_key": settings.anon_key,
    });
    let file = Scratch::new(tools, CONFIG, &config)?;
    let copy = call(
        "aws",
        ["s3", "cp", &file.0, &format!("{bucket}/{CONFIG}"), "--region", region],
    );
    tools.run(copy.args(["--cache-control", "no-store", "--content-type", "application/json"]))?;

    invalidate(tools, outputs)?;

    // Only what is gone: what was sent a moment ago has the size it has here.
    tools.run(pages(&["--delete", "--size-only"]))?;
    forget_old_assets(tools, settings, outputs)
}

fn invalidate(tools: &mut Tools, outputs: &Outputs) -> Result<()> {
    let id = outputs.distribution_id.as_str();
    let create = call(
        "aws",
        [
            "cloudfront",
            "create-invalidation",
            "--distribution-id",
            id,
            "--paths",
            "/*",
        ],
    );
    if tools.dry_run() {
        return tools.run(create);
    }
    let answer = tools.ask_json(create)?;
    let invalidation = answer["Invalidation"]["Id"]
        .as_str()
        .context("the invalidation has no id")?;
    tools.run(call(
        "aws",
        [
            "cloudfront",
            "wait",
            "invalidation-completed",
            "--distribution-id",
            id,
            "--id",
            invalidation,
        ],
    ))
}

fn forget_old_assets(tools: &mut Tools, settings: &Settings, outputs: &Outputs) -> Result<()> {
    let (bucket, region) = (outputs.bucket.as_str(), settings.region.as_str());
    let list = call(
        "aws",
        ["s3api", "list-objects-v2", "--bucket", bucket, "--region", region],
    );
    let list = list.args(["--prefix", &format!("{ASSETS}/")]);
    if tools.dry_run() {
        return tools.run(list);
    }
    let listed = tools.ask_json(list)?;
    let before = Timestamp::now() - ASSETS_KEPT_HOURS.hours();
    let built = tools.root().join(FOLDER).join(BUILT);
    let old: Vec<_> = listed["Contents"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|object| old_asset(object, before, &built))
        .take(MOST_DELETED)
        .collect();
    if old.is_empty() {
        return Ok(());
    }
    tools.say(&format!("{} files of releases of more than a month ago", old.len()))?;
    let objects: Vec<_> = old.iter().map(|key| json!({ "Key": key })).collect();
    let file = Scratch::new(tools, "old-assets.json", &json!({ "Objects": objects, "Quiet": true }))?;
    let delete = call(
        "aws",
        ["s3api", "delete-objects", "--bucket", bucket, "--region", region],
    );
    tools.run(delete.args(["--delete", &format!("file://{}", file.0)]))
}

fn old_asset(object: &Value, before: Timestamp, built: &Path) -> Option<String> {
    let key = object["Key"].as_str()?;
    let at: Timestamp = object["LastModified"].as_str()?.parse().ok()?;
    (at < before && !built.join(key).is_file()).then(|| key.to_owned())
}

/// A file that a program is handed, below `target/`.
struct Scratch(String);

impl Scratch {
    fn new(tools: &Tools, name: &str, value: &Value) -> Result<Self> {
        let file = format!("target/deploy/{name}");
        if !tools.dry_run() {
            let path = tools.root().join(&file);
            std::fs::create_dir_all(path.parent().context("it has a folder")?)?;
            std::fs::write(&path, value.to_string()).with_context(|| path.display().to_string())?;
        }
        Ok(Self(file))
    }
}
