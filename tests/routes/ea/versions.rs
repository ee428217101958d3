use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, SOURCE, Setting, Stage};

fn etag(reply: &Reply) -> String {
    reply.headers["etag"].to_str().expect("text").to_owned()
}

async fn save(user: &Caller<'_>, version: &str, if_match: &str, source: &str, expected: u16) -> Reply {
    let user = user.clone().with("if-match", if_match);
    user.patch(
        &format!("/ea/versions/{version}"),
        json!({"source_code": source}),
        expected,
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_saved_on_the_state_it_was_edited_on() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let (_, version) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/versions/{version}");
    let shown = user.get(&path, 200).await;
    assert_eq!(etag(&shown), format!("\"{}\"", shown.text("/updated_at")));
    assert_eq!(
        (shown.at("/source_bytes"), shown.at("/artifacts"), shown.at("/config")),
        (&json!(SOURCE.len()), &json!([]), &json!({}))
    );

    let saved = save(&user, &version, &etag(&shown), "// two", 200).await;
    assert_eq!(saved.text("/source_code"), "// two");
    assert_ne!(etag(&saved), etag(&shown));
    assert_eq!(user.get(&path, 200).await.json, saved.json);
    // The body's own time does as well, without quotes.
    let again = save(&user, &version, saved.text("/updated_at"), "// two", 200).await;
    assert_eq!(
        again.json, saved.json,
        "the same again changes nothing, its time neither"
    );
    assert_eq!(etag(&again), etag(&saved));

    let configured = user
        .clone()
        .with("if-match", "*")
        .patch(&path, json!({"config": {"Lots": 0.1}}), 200)
        .await;
    assert_eq!(
        (
            configured.at("/config").to_string().as_str(),
            configured.text("/source_code")
        ),
        (r#"{"Lots":0.1}"#, "// two"),
        "what was not sent stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_the_second_gets_what_the_first_saved_and_nothing_is_lost() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let (_, version) = stage.project(&user, SOURCE).await;
    let opened = etag(&user.get(&format!("/ea/versions/{version}"), 200).await);

    let first = save(&user, &version, &opened, "// first tab", 200).await;
    let problem = save(&user, &version, &opened, "// second tab", 412).await;
    assert_eq!(problem.text("/code"), "version_changed");
    assert_eq!(problem.at("/current"), &first.json, "the other's version, whole");
    assert_eq!(etag(&problem), etag(&first));
    let merged = save(&user, &version, &etag(&problem), "// first tab\n// second tab", 200).await;
    assert_eq!(merged.text("/source_code"), "// first tab\n// second tab");
    // A tag that never was; one that is no time; one from before all time.
    for never in [
        "\"2026-01-01T00:00:00Z\"",
        "\"stale\"",
        "-009999-01-01T00:00:00Z",
        "W/\"*\"",
    ] {
        let problem = save(&user, &version, never, "// lost?", 412).await;
        assert_eq!(problem.at("/current"), &merged.json, "{never}");
    }
    let problem = user
        .patch(
            &format!("/ea/versions/{version}"),
            json!({"source_code": "// lost?"}),
            428,
        )
        .await;
    assert_eq!(problem.text("/code"), "precondition_required");
    save(&user, &version, "*", "// whatever is there", 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_save_at_once_one_wins_and_the_others_learn_who() {
    const TABS: usize = 12;
    let stage = Stage::with(Setting {
        max_instances: Some(TABS),
        ..Setting::default()
    })
    .await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let (_, version) = stage.project(&user, SOURCE).await;
    let opened = etag(&user.get(&format!("/ea/versions/{version}"), 200).await);
    let url = format!("{}/ea/versions/{version}", stage.cloud.http_url());
    let saves = (0..TABS).map(|tab| {
        let request = stage.http.patch(&url).bearer_auth(&token).header("if-match", &opened);
        let request = request.json(&json!({"source_code": format!("// tab {tab}")}));
        async move {
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            (status, answer.json::<Value>().await.expect("JSON"))
        }
    });
    let (won, lost): (Vec<_>, Vec<_>) = futures_util::future::join_all(saves)
        .await
        .into_iter()
        .partition(|(status, _)| *status == 200);
    let [(_, winner)] = won.as_slice() else {
        panic!("one save wins, but {} did", won.len());
    };
    for (status, problem) in lost {
        assert_eq!(status, 412, "{problem}");
        assert_eq!(&problem["current"], winner, "each is told of the version that won");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_draft_can_be_edited() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (project, draft) = stage.project(&user, SOURCE).await;
    let compiled = stage.compiled(&trader, &project, &draft).await;
    for if_match in ["*", "\"2026-01-01T00:00:00Z\""] {
        let problem = save(&user, &compiled.version, if_match, "// other", 409).await;
        assert_eq!(problem.text("/code"), "not_a_draft");
    }
    save(&user, &draft, "*", "// the draft goes on", 200).await;
    let shown = user.get(&format!("/ea/versions/{}", compiled.version), 200).await;
    assert_eq!(shown.text("/source_code"), SOURCE);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_versions_made_at_once_have_the_numbers_one_to_twenty() {
    let stage = Stage::with(Setting {
        max_instances: Some(10),
        ..Setting::default()
    })
    .await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let project = user
        .post("/ea/projects", json!({"name": "EA"}), 201)
        .await
        .text("/id")
        .to_owned();
    let path = format!("/ea/projects/{project}/versions");
    let makes = (0..20).map(|n| user.post(&path, json!({"source_code": format!("// {n}")}), 201));
    let made = futures_util::future::join_all(makes).await;
    let mut numbers: Vec<i64> = made
        .iter()
        .map(|version| version.at("/version_number").as_i64().expect("a number"))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    // One that is refused at its end takes no number with it.
    stage
        .sql(
            "create function refuse_it() returns trigger language plpgsql as $$ begin
                raise exception using errcode = 'disk_full', message = 'no'; end $$;
             create trigger refuse_it before update on ea_projects for each row execute function refuse_it()",
        )
        .await;
    user.post(&path, json!({"source_code": "//"}), 503).await;
    stage.sql("drop trigger refuse_it on ea_projects").await;
    let next = user.post(&path, json!({"source_code": "//"}), 201).await;
    assert_eq!(next.at("/version_number"), 21);

    let (mut seen, mut page) = (Vec::new(), format!("{path}?limit=8"));
    loop {
        let list = user.get(&page, 200).await;
        for item in list.json["items"].as_array().expect("a list") {
            assert_eq!(item.get("source_code"), None, "a list has no sources");
            seen.push(item["version_number"].as_i64().expect("a number"));
        }
        let Some(cursor) = list.at("/next_cursor").as_str() else {
            break;
        };
        page = format!("{path}?limit=8&cursor={cursor}");
    }
    assert_eq!(seen, (1..=21).rev().collect::<Vec<_>>(), "newest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_makes_one_version_and_leaves_the_editor_alone() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let (project, first) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/projects/{project}");
    let keyed = user.clone().with("idempotency-key", "second");
    let body = json!({"source_code": "// 2", "config": {"Lots": 1}});
    let made = keyed.post(&format!("{path}/versions"), body.clone(), 201).await;
    assert_eq!(
        (made.at("/version_number"), made.at("/config")),
        (&json!(2), &json!({"Lots": 1}))
    );
    user.patch(&path, json!({"current_version_id": first}), 200).await;
    let other = json!({"source_code": "// another"});
    let again = keyed.post(&format!("{path}/versions"), other, 201).await;
    assert_eq!(again.json, made.json, "the first is returned as it is");
    assert_eq!(user.get(&path, 200).await.text("/current_version_id"), first);
    let (elsewhere, _) = stage.project(&user, SOURCE).await;
    let theirs = keyed
        .post(&format!("/ea/projects/{elsewhere}/versions"), body, 201)
        .await;
    assert_ne!(theirs.text("/id"), made.text("/id"), "a key is of its project");
}

#[tokio::test(flavor = "multi_thread")]
async fn source_of_two_mebibytes_is_taken_and_a_byte_more_is_not() {
    const MOST: usize = 2 * 1024 * 1024;
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token).with("if-match", "*");
    let line = format!("{}\"\n", "x".repeat(62));
    let largest = line.repeat(MOST / line.len());
    let (project, version) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/versions/{version}");
    let saved = user.patch(&path, json!({"source_code": largest}), 200).await;
    assert_eq!(saved.at("/source_bytes"), MOST);
    let versions = format!("/ea/projects/{project}/versions");
    for bytes in [MOST + 1, 2 * MOST] {
        let source = "x".repeat(bytes);
        let named = json!({"name": "EA", "source_code": source});
        let bare = json!({"source_code": source});
        for (method, path, body) in [
            (Method::PATCH, path.as_str(), &bare),
            (Method::POST, versions.as_str(), &bare),
            (Method::POST, "/ea/projects", &named),
        ] {
            let problem = user.send_text(method, path, &body.to_string(), 413).await;
            assert_eq!(problem.text("/code"), "too_large", "{bytes} bytes to {path}");
        }
    }
    for (body, field) in [
        (json!({"source_code": "a\u{0}"}), "source_code"),
        (json!({"source_code": 5}), "source_code"),
        (json!({"config": []}), "config"),
        (json!({"config": {"a": "\u{0}"}}), "config"),
        (json!({"status": "compiled"}), "status"),
    ] {
        let problem = user.patch(&path, body.clone(), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "{body}");
    }
    user.post(&versions, json!({}), 422).await;
    user.get("/ea/versions/no-uuid", 404).await;
}
