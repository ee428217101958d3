use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    spine::until,
    support::{Proxy, SOURCE, Setting, Stage, held_at_the_commit, until_waiting},
};

/// SHA-256 of the source.
const CHECKSUM: &str = "select encode(sha256($1::text::bytea), 'hex')";

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_compiled_by_an_agent_of_its_user() {
    let stage = Stage::new().await;
    let (trader, stranger) = (stage.trader().await, stage.trader().await);
    let user = stage.as_user(&trader);
    let (project, draft) = stage.project(&user, SOURCE).await;
    user.clone()
        .with("if-match", "*")
        .patch(&format!("/ea/versions/{draft}"), json!({"config": {"Lots": 0.1}}), 200)
        .await;
    let path = format!("/ea/versions/{draft}/compile");
    let made = user.post(&path, json!({}), 201).await;
    let version = made.text("/version/id").to_owned();
    assert_eq!(
        (made.at("/version/version_number"), made.text("/version/status")),
        (&json!(2), "compiling")
    );
    assert_eq!(made.text("/version/source_code"), SOURCE);
    assert_eq!(made.at("/version/config"), &json!({"Lots": 0.1}));
    assert_eq!(
        (made.text("/job/job_type"), made.text("/job/status")),
        ("compile", "pending")
    );
    let checksum: String = stage.db.query_one(CHECKSUM, &[&SOURCE]).await.expect("a digest").get(0);
    let source = made.at("/version/artifacts/0").clone();
    assert_eq!(
        (&source["artifact_type"], &source["checksum"], &source["file_size"]),
        (&json!("mq5"), &json!(checksum), &json!(SOURCE.len()))
    );
    assert_eq!(
        user.get(&format!("/ea/projects/{project}"), 200)
            .await
            .text("/current_version_id"),
        draft,
        "the draft is what stays in the editor"
    );

    stage.claim(&stranger.agent, 204).await;
    let (job, input) = stage.claim_of(&trader.agent, "compile").await;
    assert_eq!(job, made.text("/job/id"));
    let folder = format!("{}/{project}/{version}", trader.id);
    assert_eq!(input["file_name"], "Trend_Rider_v2.mq5");
    let keys: Vec<_> = input.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["file_name", "log_upload_url", "source_url", "upload_url"]);
    assert_eq!(stage.fetched(&input["source_url"]).await, SOURCE);
    assert_eq!(stage.files().await, [format!("{folder}/Trend_Rider.mq5")]);
    stage.put(&input["upload_url"], "EX5 program").await;
    let program = format!("{folder}/Trend_Rider.ex5");
    assert!(
        stage.files().await.contains(&program),
        "it is where the version's files are"
    );
    stage.put(&input["log_upload_url"], "0 errors").await;
    assert!(stage.files().await.contains(&format!("{folder}/Trend_Rider.log")));
    let output = json!({"checksum": "5f1c", "file_size": 11, "diagnostics": [], "log": "0 errors", "log_checksum": "a1", "log_size": 8});
    stage
        .report(
            &trader.agent,
            &job,
            json!({"status": "completed", "output": output}),
            200,
        )
        .await;
    let shown = user.get(&format!("/ea/versions/{version}"), 200).await;
    assert_eq!(
        (shown.text("/status"), shown.at("/compilation_error")),
        ("compiled", &Value::Null)
    );
    assert_eq!(shown.at("/artifacts/0"), &source);
    let program = shown.at("/artifacts/1");
    assert_eq!(
        (&program["artifact_type"], &program["checksum"], &program["file_size"]),
        (&json!("ex5"), &json!("5f1c"), &json!(11))
    );
    let log = shown.at("/artifacts/2");
    assert_eq!(
        (&log["artifact_type"], &log["checksum"], &log["file_size"]),
        (&json!("log"), &json!("a1"), &json!(8))
    );
    let signed = user
        .get(
            &format!("/ea/artifacts/{}/download", shown.text("/artifacts/2/id")),
            200,
        )
        .await;
    assert_eq!(stage.fetched(signed.at("/url")).await, "0 errors");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_compilers_errors_stay_with_the_version() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (project, draft) = stage.project(&user, "void OnTick() { x; }").await;
    let made = user
        .post(&format!("/ea/versions/{draft}/compile"), json!({}), 201)
        .await;
    let (job, input) = stage.claim_of(&trader.agent, "compile").await;
    stage.put(&input["log_upload_url"], "1 error").await;
    let diagnostics =
        json!([{"line": 1, "column": 17, "severity": "error", "code": 256, "message": "undeclared identifier"}]);
    let result = json!({"status": "failed", "error_message": "1 error",
            "output": {"diagnostics": diagnostics, "log": "1 error", "log_checksum": "a1", "log_size": 7}});
    stage.report(&trader.agent, &job, result, 200).await;
    let shown = user
        .get(&format!("/ea/versions/{}", made.text("/version/id")), 200)
        .await;
    assert_eq!(
        (shown.text("/status"), shown.text("/compilation_error")),
        ("failed", "(1,17) undeclared identifier")
    );
    let kinds = [0, 1, 2].map(|file| shown.json.pointer(&format!("/artifacts/{file}/artifact_type")).cloned());
    assert_eq!(kinds, [Some(json!("mq5")), Some(json!("log")), None]);
    let listed = user.get(&format!("/ea/projects/{project}/versions"), 200).await;
    assert_eq!(listed.text("/items/0/status"), "failed");
    // What failed can be given to the compiler again, say to another agent's.
    let again = user
        .post(
            &format!("/ea/versions/{}/compile", made.text("/version/id")),
            json!({}),
            201,
        )
        .await;
    assert_eq!(again.at("/version/version_number"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_idempotency_key_compiles_once() {
    let stage = Stage::with(Setting {
        max_instances: Some(6),
        ..Setting::default()
    })
    .await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader).with("idempotency-key", "compile it");
    let (_, draft) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/versions/{draft}/compile");
    let at_once = futures_util::future::join_all((0..6).map(|_| user.post(&path, json!({}), 201))).await;
    let first = &at_once[0];
    for made in &at_once {
        assert_eq!(made.json, first.json);
    }
    assert_eq!(first.at("/version/version_number"), 2, "no number was lost");
    stage.carry_out(&trader.agent, "compile").await;
    let again = user.post(&path, json!({}), 201).await;
    assert_eq!(again.text("/version/id"), first.text("/version/id"));
    assert_eq!(again.text("/job/status"), "completed", "as it is by now");
    assert_eq!(
        stage.files().await.len(),
        1,
        "the files of those that came late are gone"
    );
    assert_eq!(stage.count("select count(*) from jobs").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_compiled_is_refused() {
    let stage = Stage::new().await;
    let (_, token, _) = stage.sign_up().await;
    let user = stage.anybody().bearing(&token);
    let (_, empty) = stage.project(&user, " \n").await;
    let problem = user
        .post(&format!("/ea/versions/{empty}/compile"), json!({}), 422)
        .await;
    assert_eq!(problem.text("/errors/0/field"), "source_code");
    let (_, draft) = stage.project(&user, SOURCE).await;
    let problem = user
        .post(&format!("/ea/versions/{draft}/compile"), json!({}), 409)
        .await;
    assert_eq!(problem.text("/code"), "no_agent");
    user.post(&format!("/ea/versions/{}/compile", Uuid::new_v4()), json!({}), 404)
        .await;
    assert_eq!(stage.files().await, [""; 0]);
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_storage_down_nothing_is_compiled_and_later_it_is() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (_, draft) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/versions/{draft}/compile");
    stage.cloud.set_storage_down(true);
    assert_eq!(user.post(&path, json!({}), 503).await.text("/code"), "dependency_down");
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
    assert_eq!(stage.count("select count(*) from ea_versions").await, 1);
    assert_eq!(stage.files().await, [""; 0]);
    stage.cloud.set_storage_down(false);
    user.post(&path, json!({}), 201).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_postgres_refuses_at_the_last_step_the_file_is_gone_again() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (_, draft) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/versions/{draft}/compile");
    // At the commit, when everything was done.
    stage
        .sql(
            "create function refuse_it() returns trigger language plpgsql as $$ begin
                raise exception using errcode = 'disk_full', message = 'no'; end $$;
             create constraint trigger refuse_it after insert on jobs deferrable initially deferred
                for each row execute function refuse_it()",
        )
        .await;
    let keyed = user.clone().with("idempotency-key", "again");
    keyed.post(&path, json!({}), 503).await;
    let log = stage.log().join("\n");
    assert!(
        log.contains("POST /storage/v1/object/ea/"),
        "it had been uploaded: {log}"
    );
    assert_eq!(stage.files().await, [""; 0]);
    assert_eq!(stage.count("select count(*) from jobs").await, 0);
    assert_eq!(stage.count("select count(*) from ea_versions").await, 1);
    stage.sql("drop trigger refuse_it on jobs").await;
    assert_eq!(keyed.post(&path, json!({}), 201).await.at("/version/version_number"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compilation_whose_answer_was_lost_keeps_its_file() {
    let first = Stage::new().await;
    let wire = Proxy::to(&first.admin_url).await;
    let stage = held_at_the_commit(&first, &wire, "jobs").await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (_, draft) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/versions/{draft}/compile");
    let compiled = user.post(&path, json!({}), 201);
    let lost_and_found = async {
        until_waiting(&stage, "advisory").await;
        wire.snap();
        // The function asks again, and waits for what it no longer hears of.
        until_waiting(&stage, "transactionid").await;
        stage.sql("select pg_advisory_unlock(13)").await;
    };
    let (made, ()) = tokio::join!(compiled, lost_and_found);
    assert_eq!(made.text("/version/status"), "compiling");
    let (_, input) = stage.claim_of(&trader.agent, "compile").await;
    assert_eq!(
        (
            stage.files().await.len(),
            stage.fetched(&input["source_url"]).await.as_str()
        ),
        (1, SOURCE)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_can_tell_what_became_of_a_compilation_its_file_stays() {
    let first = Stage::new().await;
    let wire = Proxy::to(&first.admin_url).await;
    let stage = held_at_the_commit(&first, &wire, "jobs").await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader).with("idempotency-key", "compile it");
    let (_, draft) = stage.project(&user, SOURCE).await;
    let path = format!("/ea/versions/{draft}/compile");
    let refused = user.post(&path, json!({}), 503);
    let lost = async {
        until_waiting(&stage, "advisory").await;
        wire.cut(true);
    };
    tokio::join!(refused, lost);
    stage.sql("select pg_advisory_unlock(13)").await;
    wire.cut(false);
    until("it was stored all the same", async || {
        (stage.count("select count(*) from jobs").await == 1).then_some(())
    })
    .await;
    let made = user.post(&path, json!({}), 201).await;
    assert_eq!(
        made.at("/version/version_number"),
        2,
        "sent again, it is the one that was stored"
    );
    let (_, input) = stage.claim_of(&trader.agent, "compile").await;
    assert_eq!(
        (
            stage.files().await.len(),
            stage.fetched(&input["source_url"]).await.as_str()
        ),
        (1, SOURCE)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_dashboards_hear_of_a_compilation_at_once() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let (_, draft) = stage.project(&user, SOURCE).await;
    let mut bell = stage.doorbell(&trader.agent).await.expect("its key opens it");
    let mut dashboard = stage.dashboard(&trader, &[]).await;
    let made = user
        .post(&format!("/ea/versions/{draft}/compile"), json!({}), 201)
        .await;
    assert_eq!(bell.next().await, json!({"type": "jobs_waiting"}));
    let job = dashboard.next_of("job").await["job"].clone();
    assert_eq!(
        job,
        json!({"id": made.text("/job/id"), "job_type": "compile", "status": "pending"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_downloaded_by_an_address_of_five_minutes() {
    let stage = Stage::new().await;
    let trader = stage.trader().await;
    let user = stage.as_user(&trader);
    let compiled = stage.expert_advisor(&trader).await;
    let path = format!("/ea/artifacts/{}/download", compiled.program);
    let signed = user.get(&path, 200).await;
    let expires: jiff::Timestamp = signed.text("/expires_at").parse().expect("a time");
    let lasts = expires.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((290..=300).contains(&lasts), "{lasts} s");
    let file = stage
        .http
        .get(signed.text("/url"))
        .send()
        .await
        .expect("Storage answers");
    assert_eq!(file.status(), 200);
    let disposition = file.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(disposition.contains("Trend_Rider_v2.ex5"), "{disposition}");
    assert_eq!(file.bytes().await.expect("a body").as_ref(), b"EX5 program");

    // Of what is lost there is nothing to sign; with Storage down nobody knows.
    stage.sql("delete from storage.objects where name like '%.ex5'").await;
    user.get(&path, 404).await;
    stage.cloud.set_storage_down(true);
    user.get(&path, 503).await;
    user.get("/ea/artifacts/no-uuid/download", 404).await;
}
