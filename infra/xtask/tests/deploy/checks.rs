//! What is asked first. Whatever is wrong, nothing has been changed, and the message says what to do.

use serde_json::{Value, json};

use crate::played::{Played, jwt, site::Fault};

/// Stops with these words, having changed nothing.
fn stops(played: &Played, words: &[&str]) {
    let outcome = played.deploy();
    for word in words {
        assert!(
            outcome.stopped().contains(word),
            "expected \"{word}\" in: {}",
            outcome.stopped()
        );
    }
    assert_eq!(played.changes(), Vec::<String>::new());
}

#[test]
fn each_missing_tool_is_named_with_where_it_comes_from() {
    let played = Played::new();
    played.forgets("sam");
    played.forgets("npm");
    stops(
        &played,
        &[
            "sam is not on the PATH",
            "pip install 'aws-sam-cli>=1.170'",
            "npm is not on the PATH",
        ],
    );
}

#[test]
fn an_old_node_is_refused() {
    let played = Played::new();
    played.on("node---version", "echo v18.19.0");
    stops(&played, &["Node 20 or newer", "v18.19.0"]);
}

#[test]
fn who_is_not_known_to_aws_is_told_to_sign_in() {
    let played = Played::new();
    played.on(
        "aws-sts-get-caller-identity",
        "echo >&2 'Unable to locate credentials'; exit 253",
    );
    stops(&played, &["aws sso login", "Unable to locate credentials"]);
}

#[test]
fn an_incomplete_samconfig_names_what_it_lacks() {
    let played = Played::new();
    played.write("repository/samconfig.toml", "version = 0.1\n");
    stops(
        &played,
        &["stack_name", "region", "SupabaseUrl", "supabase_anon_key", "--guided"],
    );
}

#[test]
fn a_missing_secret_is_named() {
    let played = Played::new();
    played.no_secrets();
    stops(&played, &["there is no secret forexelite in eu-central-1", "--guided"]);
}

#[test]
fn a_refusal_of_secrets_manager_is_not_taken_for_a_missing_secret() {
    let played = Played::new();
    played.on(
        "aws-secretsmanager-get-secret-value",
        "echo >&2 'An error occurred (AccessDeniedException) when calling the GetSecretValue operation'; exit 254",
    );
    stops(&played, &["AccessDeniedException"]);
}

#[test]
fn every_key_of_the_secret_is_looked_at() {
    let played = Played::new();
    let admin = json!({"database_url": Played::admin_url()});
    let address = |text: &str| json!(format!("postgres://{text}/postgres"));
    let cases = [
        ("database_url", Value::Null, "database_url is missing"),
        ("supabase_jwt_secret", Value::Null, "supabase_jwt_secret is missing"),
        ("supabase_service_key", Value::Null, "supabase_service_key is missing"),
        ("glm_api_key", Value::Null, "glm_api_key is missing"),
        ("socket_ticket_secret", Value::Null, "socket_ticket_secret is missing"),
        ("glm_api_key", json!(""), "glm_api_key is empty"),
        (
            "glm_api_key",
            json!("<your key>"),
            "glm_api_key still has a placeholder",
        ),
        ("glm_api_key", json!("CHANGEME"), "glm_api_key still has a placeholder"),
        (
            "glm_api_key",
            json!(" x"),
            "glm_api_key begins or ends with white space",
        ),
        (
            "supabase_service_key",
            json!(jwt("anon")),
            "is the key of the role anon",
        ),
        (
            "supabase_service_key",
            json!("eyJ"),
            "is neither an sb_secret_ key nor a JWT",
        ),
        ("socket_ticket_secret", json!("short"), "is shorter than 32 characters"),
        ("database_url", json!("nonsense"), "is no postgres:// address"),
        (
            "database_url",
            address("postgres.ref:p@aws-0.pooler.supabase.com:6543"),
            "logs in as postgres.ref",
        ),
        (
            "database_url",
            address("forexelite_api:p@aws-0.pooler.supabase.com:6543"),
            "needs the project in its user name",
        ),
        (
            "database_url",
            address("forexelite_api.ref:p@aws-0.pooler.supabase.com:5432"),
            "is the session pooler",
        ),
        (
            "database_url",
            address("forexelite_api:p@db.ref.supabase.co:5432"),
            "is the direct address",
        ),
    ];
    for (key, value, problem) in cases {
        let mut secret = Played::good_secret();
        let keys = secret.as_object_mut().expect("an object");
        if value.is_null() {
            keys.remove(key);
        } else {
            keys.insert(key.to_owned(), value);
        }
        played.secrets(&secret, &admin);
        stops(&played, &[problem, "--guided"]);
    }
    played.secrets(&json!("glm-key-Lm03, which is not JSON"), &admin);
    stops(&played, &["no JSON object"]);
}

#[test]
fn the_login_that_migrates_has_a_secret_of_its_own() {
    let played = Played::new();
    played.secrets(&Played::good_secret(), &json!({}));
    stops(&played, &["forexelite-admin has no database_url"]);
}

#[test]
fn keys_that_supabase_refuses_are_told_apart() {
    let played = Played::new();
    let mut secret = Played::good_secret();
    secret["supabase_service_key"] = json!("sb_secret_of_another_project");
    played.secrets(&secret, &json!({"database_url": Played::admin_url()}));
    stops(&played, &["Supabase refuses supabase_service_key"]);

    secret["supabase_service_key"] = json!("sb_secret_of_this_project");
    played.secrets(&secret, &json!({"database_url": Played::admin_url()}));
    played.deploy().done();

    let played = Played::new();
    let with = |key: &str| played.samconfig("").replace(&jwt("anon"), key);
    played.write("repository/samconfig.toml", &with("sb_publishable_of_another_project"));
    stops(&played, &["Supabase refuses supabase_anon_key"]);
    played.write("repository/samconfig.toml", &with("sb_secret_1"));
    stops(&played, &["supabase_anon_key is a secret key", "rotate"]);
    played.write("repository/samconfig.toml", &with(&jwt("authenticated")));
    stops(&played, &["is the key of the role authenticated"]);
}

#[test]
fn the_shared_jwt_secret_may_be_empty_only_where_a_key_pair_signs() {
    let played = Played::new();
    let mut secret = Played::good_secret();
    secret["supabase_jwt_secret"] = json!("");
    played.secrets(&secret, &json!({"database_url": Played::admin_url()}));
    stops(&played, &["supabase_jwt_secret is empty"]);
    played.site.has(&[Fault::KeyPair]);
    played.deploy().done();
}

#[test]
fn a_project_that_does_not_answer_is_named() {
    let played = Played::new();
    // A port that was given back: nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let nobody = format!("http://{}", nobody.expect("a port"));
    let text = played.samconfig("").replace(played.site.url(), &nobody);
    played.write("repository/samconfig.toml", &text);
    stops(&played, &["does not answer", "paused"]);
}

#[test]
fn a_certificate_that_cloudfront_would_not_take_is_refused() {
    let played = Played::new();
    let with = |more: &str| played.write("repository/samconfig.toml", &played.samconfig(more));
    with("\"DomainName=trade.example.com\",");
    stops(&played, &["DomainName and CertificateArn go together"]);

    with("\"DomainName=trade.example.com\", \"CertificateArn=arn:aws:acm:eu-central-1:1:certificate/1\",");
    stops(&played, &["must be a certificate in us-east-1"]);

    with("\"DomainName=trade.example.com\", \"CertificateArn=arn:aws:acm:us-east-1:1:certificate/1\",");
    let answers = |status: &str, name: &str| {
        let certificate = json!({"Certificate": {"Status": status, "SubjectAlternativeNames": [name]}});
        played.answers("aws-acm-describe-certificate", &certificate);
    };
    answers("PENDING_VALIDATION", "trade.example.com");
    stops(&played, &["PENDING_VALIDATION", "CNAME"]);
    for other in ["example.com", "*.trade.example.com", "*.com"] {
        answers("ISSUED", other);
        stops(&played, &["the certificate is not for trade.example.com"]);
    }
}

#[test]
fn a_stack_that_nothing_can_be_deployed_to_says_how_to_free_it() {
    for (status, remedy) in [
        (
            "ROLLBACK_COMPLETE",
            "aws cloudformation delete-stack --stack-name forexelite",
        ),
        (
            "UPDATE_ROLLBACK_FAILED",
            "aws cloudformation continue-update-rollback --stack-name forexelite",
        ),
        ("UPDATE_IN_PROGRESS", "somebody else is deploying"),
    ] {
        let played = Played::new();
        played.deployed(status);
        let outcome = played.deploy();
        assert!(outcome.stopped().contains(remedy), "{}", outcome.stopped());
        assert!(
            !played.changes().iter().any(|call| call.starts_with("sam deploy")),
            "{status}"
        );
    }
}
