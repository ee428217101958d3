use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{SOURCE, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_made_listed_changed_and_deleted() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let body = json!({"name": "Trend Rider", "description": "Rides\ntrends", "default_settings": {"Lots": 0.1}});
    let made = user.post("/ea/projects", body, 201).await;
    assert_eq!(
        (
            made.text("/name"),
            made.text("/description"),
            made.at("/current_version_id")
        ),
        ("Trend Rider", "Rides\ntrends", &json!(null))
    );
    assert_eq!(made.at("/default_settings"), &json!({"Lots": 0.1}));
    let path = format!("/ea/projects/{}", made.text("/id"));
    assert_eq!(user.get(&path, 200).await.json, made.json);
    assert_eq!(
        user.get("/ea/projects", 200).await.json,
        json!({"items": [made.json], "next_cursor": null})
    );
    assert_eq!(
        user.get(&format!("{path}/versions"), 200).await.at("/items"),
        &json!([])
    );

    let changed = user.patch(&path, json!({"name": "Trend Rider 2"}), 200).await;
    assert_eq!(
        (changed.text("/name"), changed.text("/description")),
        ("Trend Rider 2", "Rides\ntrends"),
        "what was not sent stays"
    );
    let changed = user
        .patch(
            &path,
            json!({"description": null, "default_settings": {"Stop": 20}}),
            200,
        )
        .await;
    assert_eq!(
        (changed.at("/description"), changed.at("/default_settings")),
        (&json!(null), &json!({"Stop": 20}))
    );
    user.delete(&path, 204).await;
    user.get(&path, 404).await;
    user.delete(&path, 404).await;
    user.get(&format!("{path}/versions"), 404).await;
    user.post(&format!("{path}/versions"), json!({"source_code": "//"}), 404)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_source_a_project_begins_with_a_draft_in_the_editor() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token).with("idempotency-key", "first");
    let body = json!({"name": "Trend Rider", "source_code": SOURCE});
    let made = user.post("/ea/projects", body.clone(), 201).await;
    let draft = user
        .get(&format!("/ea/versions/{}", made.text("/current_version_id")), 200)
        .await;
    assert_eq!(
        (
            draft.at("/version_number"),
            draft.text("/status"),
            draft.text("/source_code")
        ),
        (&json!(1), "draft", SOURCE)
    );
    let again = user.post("/ea/projects", body, 201).await;
    assert_eq!(again.json, made.json, "the same key makes the same project");
    let versions = user
        .get(&format!("/ea/projects/{}/versions", made.text("/id")), 200)
        .await;
    assert_eq!(versions.json["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_version_of_its_own_can_be_opened() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (project, first) = stage.project(&user, SOURCE).await;
    let (_, elsewhere) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/projects/{project}");
    let second = user
        .post(&format!("{path}/versions"), json!({"source_code": "// 2"}), 201)
        .await;
    assert_eq!(
        user.get(&path, 200).await.text("/current_version_id"),
        second.text("/id"),
        "a new draft is the one in the editor"
    );
    let opened = user.patch(&path, json!({"current_version_id": first}), 200).await;
    assert_eq!(opened.text("/current_version_id"), first);
    for other in [elsewhere, uuid::Uuid::new_v4().to_string()] {
        let problem = user.patch(&path, json!({"current_version_id": other}), 422).await;
        assert_eq!(problem.text("/errors/0/field"), "current_version_id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_named() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let path = format!(
        "/ea/projects/{}",
        user.post("/ea/projects", json!({"name": "EA"}), 201).await.text("/id")
    );
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(81))),
        ("name", json!("a\u{0}b")),
        ("name", json!(5)),
        ("description", json!("x".repeat(2001))),
        ("description", json!("\u{0}")),
        ("default_settings", json!([])),
        ("default_settings", json!({"a": "\u{0}"})),
        ("default_settings", json!({"a": "x".repeat(64 * 1024)})),
        ("user_id", json!("me")),
    ] {
        let mut body = json!({"name": "EA"});
        body[field] = value.clone();
        let problem = user.post("/ea/projects", body, 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "made with {field} = {value}");
        let problem = user.patch(&path, json!({field: value}), 422).await;
        assert_eq!(problem.text("/errors/0/field"), field, "changed");
    }
    // A number that is a few letters here and a million digits there.
    let absurd = r#"{"name": "EA", "default_settings": {"a": 1e400000}}"#;
    let problem = user.send_text(Method::POST, "/ea/projects", absurd, 422).await;
    assert_eq!(problem.text("/errors/0/field"), "default_settings");
    let nul = json!({"name": "EA", "source_code": "a\u{0}"});
    let problem = user.post("/ea/projects", nul, 422).await;
    assert_eq!(problem.text("/errors/0/field"), "source_code");
    for bad in [
        "limit=0",
        "cursor=x",
        "cursor=-377705116800000000_00000000000040008000000000000000",
    ] {
        user.get(&format!("/ea/projects?{bad}"), 422).await;
    }
    assert_eq!(stage.count("select count(*) from ea_projects").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_its_cursor_says() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    for number in 0..5 {
        user.post("/ea/projects", json!({"name": format!("EA {number}")}), 201)
            .await;
    }
    let (mut seen, mut path) = (Vec::new(), "/ea/projects?limit=2".to_owned());
    loop {
        let page = user.get(&path, 200).await;
        let items = page.json["items"].as_array().expect("a list").clone();
        seen.extend(items.iter().map(|item| item["name"].to_string()));
        let Some(cursor) = page.at("/next_cursor").as_str() else {
            break;
        };
        path = format!("/ea/projects?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["\"EA 4\"", "\"EA 3\"", "\"EA 2\"", "\"EA 1\"", "\"EA 0\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployed_project_is_not_deleted_and_an_ended_one_goes_with_its_files() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    let other = stage.expert_advisor(&trader).await;
    let deployment = json!({"ea_version_id": compiled.version, "mt5_agent_id": trader.agent.id,
        "symbol": "EURUSD", "timeframe": "H1"});
    let deployment = user.post("/deployments", deployment, 201).await;
    let path = format!("/ea/projects/{}", compiled.project);
    // Pending, deploying, running.
    let mut refused = vec![user.delete(&path, 409).await];
    let (job, _) = stage.claim_of(&trader.agent, "deploy").await;
    refused.push(user.delete(&path, 409).await);
    stage
        .report(&trader.agent, &job, json!({"status": "completed"}), 200)
        .await;
    refused.push(user.delete(&path, 409).await);
    for problem in refused {
        assert_eq!(problem.text("/code"), "project_deployed");
        assert!(problem.text("/detail").contains("stop it first"), "{}", problem.json);
    }
    assert_eq!(stage.files().await.len(), 4, "nothing was deleted");

    user.post(&format!("/deployments/{}/stop", deployment.text("/id")), json!({}), 200)
        .await;
    stage.carry_out(&trader.agent, "stop").await;
    // What was uploaded and never reported, and a compilation that nobody has begun.
    let waiting = user
        .post(&format!("/ea/versions/{}/compile", compiled.version), json!({}), 201)
        .await;
    let orphan = format!(
        "{}/{}/{}/Trend_Rider.ex5",
        trader.id,
        compiled.project,
        waiting.text("/version/id")
    );
    stage.upload(&orphan, b"EX5").await;
    stage.upload(&orphan.replace(".ex5", ".log"), b"0 errors").await;
    user.delete(&path, 204).await;
    let files = stage.files().await;
    assert_eq!(files.len(), 2, "the other project's are left: {files:?}");
    assert!(files.iter().all(|file| file.contains(&other.project)), "{files:?}");
    assert_eq!(stage.count("select count(*) from ea_deployments").await, 0);
    stage.claim(&trader.agent, 204).await;
    let cancelled = "select count(*) from jobs where job_type = 'compile' and status = 'cancelled' and reason_code = 'project_deleted'";
    assert_eq!(stage.count(cancelled).await, 1);
    user.get(&format!("/ea/versions/{}", compiled.version), 404).await;
    user.get(&format!("/ea/projects/{}", other.project), 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_deleted_though_its_files_cannot_be() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let compiled = stage.expert_advisor(&trader).await;
    stage.cloud.set_storage_down(true);
    let path = format!("/ea/projects/{}", compiled.project);
    stage.as_user(&trader).delete(&path, 204).await;
    assert!(
        stage.log().iter().any(|line| line.contains("storage/delete")),
        "what is left behind is in the log"
    );
    stage.as_user(&trader).get(&path, 404).await;
    assert_eq!(stage.files().await.len(), 2);
    assert_eq!(stage.claim(&trader.agent, 204).await.json, Value::Null);
}
