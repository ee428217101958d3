//! A step that fails stops what comes after it, and the same command goes on from there once it is mended.

use crate::played::Played;

#[test]
fn nothing_comes_after_the_step_that_failed() {
    for (call, step, last) in [
        (
            "cargo-xtask-package",
            "functions",
            "cargo xtask package --architecture arm64",
        ),
        ("sam-build", "functions", "sam build"),
        ("npm-ci", "dashboard", "npm ci"),
        ("npm-run-build", "dashboard", "npm run build"),
        ("cargo-xtask-migrate", "migrations", "cargo xtask migrate"),
        ("sam-deploy", "stack", "sam deploy"),
        ("aws-s3-sync", "upload", "aws s3 sync out/_next/static"),
        ("aws-s3-cp", "upload", "aws s3 cp"),
        (
            "aws-cloudfront-create-invalidation",
            "upload",
            "aws cloudfront create-invalidation",
        ),
        ("aws-cloudfront-wait", "upload", "aws cloudfront wait"),
    ] {
        let played = Played::new();
        let healthy = std::fs::read_to_string(played.path(&format!("on/{call}"))).ok();
        played.fails(call);
        let outcome = played.deploy();
        assert!(
            outcome.stopped().contains(&format!("stopped at \"{step}\"")),
            "{}",
            outcome.stopped()
        );
        assert!(
            outcome.stopped().contains("run the same command again"),
            "{}",
            outcome.stopped()
        );
        let changes = played.changes();
        let stopped_at = changes.last().expect("something was run");
        assert!(stopped_at.starts_with(last), "{stopped_at}");

        match healthy {
            Some(script) => played.on(call, &script),
            None => played.on(call, "exit 0"),
        }
        played.deploy().done();
    }
}

#[test]
fn an_old_file_is_deleted_only_after_everybody_gets_the_new_pages() {
    let played = Played::new();
    played.deploy().done();
    let changes = played.changes();
    let at = |part: &str| changes.iter().position(|call| call.contains(part)).expect("it was run");
    assert!(at("invalidation-completed") < at("--delete"));
    assert!(
        at("_next/static s3://") < at("sync out s3://"),
        "a page must not name a file that is not there yet"
    );
}

#[test]
fn a_build_without_a_page_is_not_uploaded() {
    let played = Played::new();
    played.on("npm-run-build", "exit 0");
    let outcome = played.deploy();
    assert!(
        outcome.stopped().contains("left no frontend/out/index.html"),
        "{}",
        outcome.stopped()
    );
    assert_eq!(played.changes().last().map(String::as_str), Some("npm run build"));
}

#[test]
fn a_template_without_the_outputs_is_named() {
    let played = Played::new();
    let stack = played
        .stack("CREATE_COMPLETE")
        .to_string()
        .replace("DashboardBucketName", "Other");
    played.write("stack.json", &stack);
    let outcome = played.deploy();
    assert!(
        outcome.stopped().contains("no output DashboardBucketName"),
        "{}",
        outcome.stopped()
    );
}
