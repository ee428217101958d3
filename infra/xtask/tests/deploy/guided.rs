//! `--guided`.

use serde_json::Value;
use xtask::deploy::Options;

use crate::played::{ADMIN_PASSWORD, Played, jwt};

fn guided() -> Options {
    Options {
        guided: true,
        ..Options::default()
    }
}

/// Keeps what is written to Secrets Manager, and with which rights the file lay there.
fn keeps_secrets(played: &Played) {
    let folder = played.path("");
    let folder = folder.display();
    played.on(
        "aws-secretsmanager-describe-secret",
        &format!("test -f {folder}/secret-\"$4\".json && echo '{{}}'"),
    );
    for call in ["create-secret", "put-secret-value"] {
        let script = format!(
            "file=${{8#file://}}; stat -c %a \"$file\" > {folder}/rights; cp \"$file\" {folder}/written-\"$4\"\n\
             /usr/bin/python3 -c 'import json,sys; print(json.dumps(dict(Name=sys.argv[1], VersionId=\"version-2\", SecretString=open(sys.argv[2]).read())))' \
             \"$4\" \"$file\" > {folder}/secret-\"$4\".json\necho '{{\"VersionId\": \"version-2\"}}'"
        );
        played.on(&format!("aws-secretsmanager-{call}"), &script);
    }
}

#[test]
fn a_stranger_is_asked_and_then_everything_is_deployed() {
    let played = Played::new();
    played.no_secrets();
    keeps_secrets(&played);
    std::fs::remove_file(played.path("repository/samconfig.toml")).expect("it was there");
    played.write(
        "repository/prod-ca.crt",
        "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n",
    );
    let answers = [
        "eu-west-1",
        "",
        &format!("{}/", played.site.url()),
        &jwt("anon"),
        "prod-ca.crt",
        "",
        "trader@example.com",
        &format!("postgresql://postgres.ref:{ADMIN_PASSWORD}@aws-0-eu-west-1.pooler.supabase.com:6543/postgres"),
        "jwt-secret-Bb52",
        &jwt("service_role"),
        "glm-key-Lm03",
    ];
    let outcome = played.deploy_with(&guided(), &format!("{}\n", answers.join("\n")));
    outcome.done();

    let secret: Value = serde_json::from_str(&played.read("written-forexelite")).expect("JSON");
    assert_eq!(played.read("rights").trim(), "600");
    assert_eq!(secret["supabase_jwt_secret"], "jwt-secret-Bb52");
    assert_eq!(secret["supabase_service_key"], jwt("service_role"));
    assert_eq!(secret["glm_api_key"], "glm-key-Lm03");
    assert_eq!(secret["socket_ticket_secret"].as_str().expect("text").len(), 43);
    let address = secret["database_url"].as_str().expect("text");
    let (before, after) = (
        "postgres://forexelite_api.ref:",
        "@aws-0-eu-west-1.pooler.supabase.com:6543/postgres",
    );
    assert!(address.starts_with(before) && address.ends_with(after), "{address}");
    assert_eq!(
        address.len(),
        before.len() + 43 + after.len(),
        "the password is 256 random bits"
    );
    let admin: Value = serde_json::from_str(&played.read("written-forexelite-admin")).expect("JSON");
    assert_eq!(
        admin["database_url"],
        format!("postgresql://postgres.ref:{ADMIN_PASSWORD}@aws-0-eu-west-1.pooler.supabase.com:5432/postgres"),
        "migrations need a session of their own"
    );
    assert!(
        !played.path("repository/target/deploy/secret.json").exists(),
        "the file with the secret is gone"
    );

    let samconfig = played.read("repository/samconfig.toml");
    for part in [
        "stack_name = \"forexelite\"",
        "region = \"eu-west-1\"",
        "SupabaseUrl=",
        "BEGIN CERTIFICATE",
    ] {
        assert!(samconfig.contains(part), "{part} is not in {samconfig}");
    }
    let sam = played
        .changes()
        .into_iter()
        .find(|call| call.starts_with("sam deploy"))
        .expect("sam was run");
    assert!(
        sam.contains("--region eu-west-1") && sam.contains("SecretsVersion=\"version-2\""),
        "{sam}"
    );

    // The second time Enter keeps everything, and no secret is written.
    for written in ["written-forexelite", "written-forexelite-admin"] {
        std::fs::remove_file(played.path(written)).expect("it was there");
    }
    played.deploy_with(&guided(), &"\n".repeat(11)).done();
    assert!(
        !played.path("written-forexelite").exists(),
        "an unchanged secret was written again"
    );
    assert_eq!(played.read("repository/samconfig.toml"), samconfig);
}

#[test]
fn one_key_is_replaced_and_the_others_are_kept() {
    let played = Played::new();
    keeps_secrets(&played);
    let answers = format!("{}new-glm-key\n", "\n".repeat(10));
    played.deploy_with(&guided(), &answers).done();
    let written: Value = serde_json::from_str(&played.read("written-forexelite")).expect("JSON");
    let mut expected = Played::good_secret();
    expected["glm_api_key"] = "new-glm-key".into();
    assert_eq!(written, expected);
    assert!(
        !played.path("written-forexelite-admin").exists(),
        "the other secret is as it was"
    );
}

#[test]
fn comments_in_samconfig_toml_stay() {
    let played = Played::new();
    keeps_secrets(&played);
    let text = format!(
        "# Ours.\n{}\n[default.validate.parameters]\nlint = true\n",
        played.samconfig("")
    );
    played.write("repository/samconfig.toml", &text);
    played.deploy_with(&guided(), &"\n".repeat(11)).done();
    let after = played.read("repository/samconfig.toml");
    assert!(
        after.starts_with("# Ours.\n") && after.contains("[default.validate.parameters]\nlint = true"),
        "{after}"
    );
}

#[test]
fn an_address_with_a_placeholder_for_the_password_is_refused() {
    let played = Played::new();
    keeps_secrets(&played);
    let address = "postgresql://postgres.ref:[YOUR-PASSWORD]@aws-0.pooler.supabase.com:5432/postgres";
    let outcome = played.deploy_with(&guided(), &format!("{}{address}\n\n\n\n", "\n".repeat(7)));
    assert!(outcome.stopped().contains("placeholder"), "{}", outcome.stopped());
    assert_eq!(played.changes(), Vec::<String>::new());
}

#[test]
fn a_secret_key_where_a_public_one_belongs_is_not_written_down() {
    let played = Played::new();
    let before = played.read("repository/samconfig.toml");
    for key in ["sb_secret_1".to_owned(), jwt("service_role")] {
        let outcome = played.deploy_with(&guided(), &format!("\n\n\n{key}\n\n\n\n"));
        assert!(
            outcome.stopped().contains("supabase_anon_key is"),
            "{}",
            outcome.stopped()
        );
        assert_eq!(played.read("repository/samconfig.toml"), before);
    }
}
