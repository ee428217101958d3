//! The smoke test sees each fault, and names all of them at once.

use crate::played::{Played, site::Fault};

#[test]
fn each_fault_of_the_deployed_product_is_seen() {
    let played = Played::new();
    for (fault, words) in [
        (Fault::Asleep, "/api/health: answered 502"),
        (Fault::NoContentPolicy, "no Content-Security-Policy"),
        (Fault::NotUploaded, "/: answered 404, expected [200]"),
        (
            Fault::TakesAnyAlert,
            "an alert to an address that nobody was given: answered 200",
        ),
        (Fault::OpensAnySocket, "/socket without a ticket: answered 101"),
        (
            Fault::AnswersAnyOrigin,
            "a page of https://stranger.invalid may call the API",
        ),
        (Fault::DatabaseIsGone, "an agent with an invented key: answered 503"),
        (Fault::StreamIsOpen, "/stream without a token: answered 200"),
    ] {
        played.site.has(&[fault]);
        let outcome = played.deploy();
        assert!(
            outcome.stopped().contains("stopped at \"smoke test\""),
            "{fault:?}: {}",
            outcome.stopped()
        );
        assert!(outcome.stopped().contains(words), "{fault:?}: {}", outcome.stopped());
    }
    played.site.has(&[Fault::TakesAnyAlert, Fault::AnswersAnyOrigin]);
    let outcome = played.deploy();
    for words in ["an alert to an address", "stranger.invalid may call"] {
        assert!(outcome.stopped().contains(words), "{}", outcome.stopped());
    }
    played.site.has(&[]);
    let outcome = played.deploy();
    outcome.done();
    assert!(
        outcome.said.contains("Deployed: https://127.0.0.1:"),
        "{}",
        outcome.said
    );
}

#[test]
fn a_config_that_the_edge_still_has_from_before_is_seen() {
    let played = Played::new();
    played.on("aws-s3-cp", "exit 0");
    std::fs::write(
        played.site.config_file(),
        r#"{"supabase_url":"https://old.supabase.co","anon_key":"old"}"#,
    )
    .expect("a file");
    let outcome = played.deploy();
    assert!(
        outcome.stopped().contains("/config.json is not what was uploaded"),
        "{}",
        outcome.stopped()
    );
}
