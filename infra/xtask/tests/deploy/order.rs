//! What is run, in which order, with what.

use serde_json::{Value, json};
use xtask::deploy::Options;

use crate::played::{ADMIN_PASSWORD, DATABASE_PASSWORD, Played, jwt};

#[test]
fn the_first_deployment_builds_migrates_deploys_twice_uploads_and_tidies_up() {
    let played = Played::new();
    played.deploy().done();
    let (url, host) = (
        played.site.url().replacen("http", "https", 1),
        &played.site.url()["http://".len()..],
    );
    let sam = "sam deploy --template-file .aws-sam/build/template.yaml --stack-name forexelite --region eu-central-1 --capabilities CAPABILITY_IAM \
               --resolve-s3 --no-confirm-changeset --no-fail-on-empty-changeset --parameter-overrides";
    let supabase = format!("SupabaseUrl=\"{}\"", played.site.url());
    let bucket = "s3://forexelite-dashboardbucket-1";
    let pages =
        format!("aws s3 sync out {bucket} --region eu-central-1 --exclude _next/static/* --exclude config.json");
    let expected = [
        "cargo xtask package --architecture arm64".to_owned(),
        "sam build --template-file template.yaml --parameter-overrides Architecture=arm64".to_owned(),
        "npm ci".to_owned(),
        "npm run build".to_owned(),
        "cargo xtask migrate".to_owned(),
        format!("{sam} SecretsVersion=\"version-of-forexelite\" {supabase}"),
        format!(
            "{sam} DashboardOrigin=\"{url}\" PublicUrl=\"{url}/api\" SecretsVersion=\"version-of-forexelite\" \
             SocketUrl=\"wss://{host}/socket\" {supabase}"
        ),
        format!(
            "aws s3 sync out/_next/static {bucket}/_next/static --region eu-central-1 --cache-control public, max-age=31536000, \
             immutable"
        ),
        format!("{pages} --cache-control no-cache"),
        format!(
            "aws s3 cp target/deploy/config.json {bucket}/config.json --region eu-central-1 --cache-control no-store \
             --content-type application/json"
        ),
        "aws cloudfront create-invalidation --distribution-id EDFDVBD6EXAMPLE --paths /* --output json".to_owned(),
        "aws cloudfront wait invalidation-completed --distribution-id EDFDVBD6EXAMPLE --id I2J0I21PCUYOIK".to_owned(),
        format!("{pages} --delete --size-only"),
    ];
    assert_eq!(played.changes(), expected);

    let migrated = played.read("migrated");
    let addresses: Vec<_> = migrated.lines().collect();
    assert!(
        addresses[0].starts_with(&format!("postgres://postgres.ref:{ADMIN_PASSWORD}@")),
        "the login that migrates"
    );
    assert!(
        addresses[1].starts_with(&format!("postgres://forexelite_api.ref:{DATABASE_PASSWORD}@")),
        "the login of the functions"
    );
    let config = std::fs::read_to_string(played.site.config_file()).expect("it was uploaded");
    let config: Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!(
        config,
        json!({"api_url": "/api", "stream_url": "/stream", "supabase_url": played.site.url(), "anon_key": jwt("anon")})
    );
}

#[test]
fn a_later_deployment_knows_its_address_and_goes_once_through_sam() {
    let played = Played::new();
    played.deployed("UPDATE_COMPLETE");
    played.deploy().done();
    let sams: Vec<_> = played
        .changes()
        .into_iter()
        .filter(|call| call.starts_with("sam deploy"))
        .collect();
    assert_eq!(sams.len(), 1, "{sams:#?}");
    assert!(sams[0].contains("PublicUrl=\"https://127.0.0.1:"), "{}", sams[0]);
}

#[test]
fn a_domain_of_ones_own_is_known_before_the_first_deployment() {
    let played = Played::new();
    let arn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    played.write(
        "repository/samconfig.toml",
        &played.samconfig(&format!("\"DomainName=trade.example.com\", \"CertificateArn={arn}\",")),
    );
    let names = json!(["*.example.com"]);
    played.answers(
        "aws-acm-describe-certificate",
        &json!({"Certificate": {"Status": "ISSUED", "SubjectAlternativeNames": names}}),
    );
    // The played stack says another address, so a second pass would show.
    let mut stack = played.stack("CREATE_COMPLETE");
    let outputs = stack["Stacks"][0]["Outputs"].as_array_mut().expect("outputs");
    for output in outputs
        .iter_mut()
        .filter(|output| output["OutputKey"] == "DashboardUrl")
    {
        output["OutputValue"] = json!("https://trade.example.com");
    }
    played.write("stack.json", &stack.to_string());
    let outcome = played.deploy();
    // No such site is played; everything before the smoke test is what counts here.
    assert!(outcome.stopped().contains("smoke test"), "{}", outcome.stopped());
    let sams: Vec<_> = played
        .changes()
        .into_iter()
        .filter(|call| call.starts_with("sam deploy"))
        .collect();
    assert_eq!(sams.len(), 1, "{sams:#?}");
    for part in [
        "PublicUrl=\"https://trade.example.com/api\"",
        "SocketUrl=\"wss://trade.example.com/socket\"",
        "DashboardOrigin=\"https://trade.example.com\"",
    ] {
        assert!(sams[0].contains(part), "{part} is not in {}", sams[0]);
    }
}

#[test]
fn the_authority_of_the_database_goes_to_migrate_and_to_the_stack() {
    let played = Played::new();
    let pem = "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----";
    let more = format!("\"\"\"DatabaseCaPem=\"{pem}\\\" \"\"\",").replace("\\\" \"\"\"", "\\\"\"\"\"");
    played.write("repository/samconfig.toml", &played.samconfig(&more));
    played.deploy().done();
    let changes = played.changes().join("\n");
    assert!(
        changes.contains("cargo xtask migrate --ca target/deploy/database-ca.pem"),
        "{changes}"
    );
    assert_eq!(played.read("repository/target/deploy/database-ca.pem"), pem);
    assert!(
        changes.contains(&format!("DatabaseCaPem=\"{}\"", pem.replace('\n', "~"))),
        "{changes}"
    );
}

#[test]
fn only_files_of_old_releases_that_no_page_names_any_more_are_deleted() {
    let played = Played::new();
    let object = |key: &str, at: &str| json!({"Key": format!("_next/static/{key}"), "LastModified": at, "Size": 1});
    let long_ago = "2020-01-01T00:00:00+00:00";
    played.answers(
        "aws-s3api-list-objects-v2",
        &json!({"Contents": [object("old.js", long_ago), object("now.js", long_ago), object("new.js", "2999-01-01T00:00:00.000Z")]}),
    );
    played.on(
        "aws-s3api-delete-objects",
        &format!("cp target/deploy/old-assets.json {}", played.path("deleted").display()),
    );
    played.deploy().done();
    let deleted: Value = serde_json::from_str(&played.read("deleted")).expect("JSON");
    assert_eq!(deleted["Objects"], json!([{"Key": "_next/static/old.js"}]));
    let last = played.changes().pop().unwrap_or_default();
    assert!(last.contains("delete-objects"), "it comes last, and is {last}");
}

#[test]
fn options_go_over_samconfig_toml() {
    let played = Played::new();
    let options = Options {
        stack: Some("second".to_owned()),
        region: Some("us-east-1".to_owned()),
        parameters: vec!["Architecture=x86_64".to_owned(), "GlmModel=glm-5.3".to_owned()],
        ..Options::default()
    };
    played.deploy_with(&options, "").done();
    let changes = played.changes();
    assert_eq!(changes[0], "cargo xtask package --architecture x86_64");
    let sam = changes
        .iter()
        .find(|call| call.starts_with("sam deploy"))
        .expect("sam was run");
    for part in [
        "--stack-name second",
        "--region us-east-1",
        "Architecture=\"x86_64\"",
        "GlmModel=\"glm-5.3\"",
    ] {
        assert!(sam.contains(part), "{part} is not in {sam}");
    }
}

#[test]
fn each_form_in_which_sam_keeps_parameters_is_read() {
    for overrides in [
        "parameter_overrides = \"SupabaseUrl=\\\"URL\\\" GlmModel=glm-5.3 StorageBucket=\\\"two words\\\"\"",
        "parameter_overrides = [\"SupabaseUrl=URL\", \"GlmModel=\\\"glm-5.3\\\"\", \"StorageBucket=two words\"]",
        "parameter_overrides = { SupabaseUrl = \"URL\", GlmModel = \"glm-5.3\", StorageBucket = \"two words\" }",
    ] {
        let played = Played::new();
        let text = format!(
            "version = 0.1\n[default.global.parameters]\nstack_name = \"forexelite\"\nregion = \"eu-central-1\"\n\
             [default.deploy.parameters]\n{}\n[default.dashboard.parameters]\nsupabase_anon_key = \"{}\"\n",
            overrides.replace("URL", played.site.url()),
            jwt("anon")
        );
        played.write("repository/samconfig.toml", &text);
        let outcome = played.deploy_with(
            &Options {
                dry_run: true,
                ..Options::default()
            },
            "",
        );
        outcome.done();
        for part in [
            "GlmModel=\"glm-5.3\"",
            "StorageBucket=\"two words\"",
            "--stack-name forexelite",
        ] {
            assert!(outcome.said.contains(part), "{part}: {}", outcome.said);
        }
    }
}

#[test]
fn a_dry_run_names_every_step_and_runs_nothing() {
    let played = Played::new();
    let options = Options {
        dry_run: true,
        ..Options::default()
    };
    let outcome = played.deploy_with(&options, "");
    outcome.done();
    assert_eq!(played.calls(), Vec::<String>::new());
    let mut rest = outcome.said.as_str();
    for step in [
        "$ cargo xtask package",
        "$ sam build",
        "$ npm ci",
        "$ npm run build",
        "$ cargo xtask migrate",
        "$ sam deploy",
        "once more",
        "$ sam deploy",
        "$ aws s3 sync out/_next/static",
        "$ aws s3 sync out s3://BUCKET",
        "$ aws s3 cp",
        "$ aws cloudfront create-invalidation",
        "--delete",
    ] {
        let at = rest
            .find(step)
            .unwrap_or_else(|| panic!("{step} is missing or out of order in\n{}", outcome.said));
        rest = &rest[at + step.len()..];
    }
}

#[test]
fn an_earlier_commit_is_deployed_without_its_migrations() {
    let played = Played::new();
    let options = Options {
        without_migrations: true,
        ..Options::default()
    };
    played.deploy_with(&options, "").done();
    let changes = played.changes();
    assert!(!changes.iter().any(|call| call.contains("migrate")), "{changes:#?}");
    assert!(
        changes.iter().any(|call| call.starts_with("sam deploy")),
        "{changes:#?}"
    );
}

#[test]
fn a_deployment_that_went_through_can_be_repeated() {
    let played = Played::new();
    played.deploy().done();
    let first = played.changes().len();
    played.deploy().done();
    // One pass of sam less: the address is known by now.
    assert_eq!(played.changes().len(), 2 * first - 1);
}
