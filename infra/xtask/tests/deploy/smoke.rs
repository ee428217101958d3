//! The smoke test sees each fault, and names all of them at once.

use crate::played::{Played, site::Faults};

#[test]
fn each_fault_of_the_deployed_product_is_seen() {
    let none = Faults::default();
    let played = Played::new();
    for (faults, words) in [
        (Faults { asleep: true, ..none }, "/api/health: answered 502"),
        (
            Faults {
                no_content_policy: true,
                ..none
            },
            "no Content-Security-Policy",
        ),
        (
            Faults {
                not_uploaded: true,
                ..none
            },
            "/: answered 404, expected [200]",
        ),
        (
            Faults {
                takes_any_alert: true,
                ..none
            },
            "an alert to an address that nobody was given: answered 200",
        ),
        (
            Faults {
                opens_any_socket: true,
                ..none
            },
            "/socket without a ticket: answered 101",
        ),
        (
            Faults {
                answers_any_origin: true,
                ..none
            },
            "a page of https://stranger.invalid may call the API",
        ),
        (
            Faults {
                database_is_gone: true,
                ..none
            },
            "an agent with an invented key: answered 503",
        ),
        (
            Faults {
                stream_is_open: true,
                ..none
            },
            "/stream without a token: answered 200",
        ),
    ] {
        played.site.has(faults);
        let outcome = played.deploy();
        assert!(
            outcome.stopped().contains("stopped at \"smoke test\""),
            "{faults:?}: {}",
            outcome.stopped()
        );
        assert!(outcome.stopped().contains(words), "{faults:?}: {}", outcome.stopped());
    }
    played.site.has(Faults {
        takes_any_alert: true,
        answers_any_origin: true,
        ..none
    });
    let outcome = played.deploy();
    for words in ["an alert to an address", "stranger.invalid may call"] {
        assert!(outcome.stopped().contains(words), "{}", outcome.stopped());
    }
    played.site.has(none);
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
