//! Expert advisors as an agent sees them: claimed, compiled, reported; and their files.

use serde_json::{Value, json};
use shared::{secret::Secret, storage::Storage};

use super::{AgentKey, Caller, Reply, Stage, Trader};

pub(crate) const SOURCE: &str = "void OnTick() {}";

/// A version that an agent has compiled.
pub(crate) struct Compiled {
    pub(crate) project: String,
    pub(crate) version: String,
    /// The id of its program among the version's files.
    pub(crate) program: String,
}

impl Stage {
    /// The files of expert advisors, asked as the functions do.
    pub(crate) fn storage(&self) -> Storage {
        let key = Secret::new(self.cloud.service_role_key());
        Storage::new(self.cloud.supabase_url(), "ea", key)
    }

    /// The paths of all files.
    pub(crate) async fn files(&self) -> Vec<String> {
        let sql = "select name from storage.objects where bucket_id = 'ea' order by name";
        let rows = self.db.query(sql, &[]).await.expect("files can be listed");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// A project with a draft of this source: its id and the draft's.
    pub(crate) async fn project(&self, user: &Caller<'_>, source: &str) -> (String, String) {
        let body = json!({"name": "Trend Rider", "source_code": source});
        let made = user.post("/ea/projects", body, 201).await;
        (made.text("/id").to_owned(), made.text("/current_version_id").to_owned())
    }

    /// Uploads a program as an agent would that was given an address for it.
    pub(crate) async fn upload(&self, path: &str, content: &'static [u8]) {
        let url = self.storage().sign_upload(path).await.expect("an address to upload to");
        let request = self.http.put(url).header("content-type", "application/octet-stream");
        let answer = request.body(content).send().await.expect("Storage answers");
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    }

    /// The agent's result for a job it has claimed.
    pub(crate) async fn report(&self, agent: &AgentKey, job: &str, result: Value, expected: u16) -> Reply {
        let path = format!("/agents/{}/jobs/{job}/result", agent.id);
        self.as_agent(agent).post(&path, result, expected).await
    }

    /// Claims the agent's next job, which must be of this type, and returns its id and input.
    pub(crate) async fn claim_of(&self, agent: &AgentKey, job_type: &str) -> (String, Value) {
        let claimed = self.claim(agent, 200).await;
        assert_eq!(claimed.text("/job/job_type"), job_type, "{}", claimed.json);
        (claimed.text("/job/id").to_owned(), claimed.at("/job/input").clone())
    }

    /// Claims the agent's next job, which must be of this type, and reports it done.
    pub(crate) async fn carry_out(&self, agent: &AgentKey, job_type: &str) -> Value {
        let (job, input) = self.claim_of(agent, job_type).await;
        self.report(agent, &job, json!({"status": "completed", "attempt": 1}), 200)
            .await;
        input
    }

    /// What an address in a job's input leads to.
    pub(crate) async fn fetched(&self, url: &Value) -> String {
        let file = self
            .http
            .get(url.as_str().expect("an address"))
            .send()
            .await
            .expect("Storage answers");
        file.error_for_status()
            .expect("it is there")
            .text()
            .await
            .expect("text")
    }

    /// As an agent puts a file to where its job's input says.
    pub(crate) async fn put(&self, url: &Value, content: &'static str) {
        let request = self.http.put(url.as_str().expect("an address")).body(content);
        let request = request.header("content-type", "application/octet-stream");
        let answer = request.send().await.expect("Storage answers");
        answer.error_for_status().expect("it is taken");
    }

    /// Lets the trader's agent compile this version of a project.
    pub(crate) async fn compiled(&self, trader: &Trader, project: &str, version: &str) -> Compiled {
        let user = self.as_user(trader);
        let made = user
            .post(&format!("/ea/versions/{version}/compile"), json!({}), 201)
            .await;
        let (job, input) = self.claim_of(&trader.agent, "compile").await;
        self.put(&input["upload_url"], "EX5 program").await;
        let output = json!({"checksum": "5f1c", "file_size": 11, "diagnostics": [], "log": ""});
        self.report(
            &trader.agent,
            &job,
            json!({"status": "completed", "attempt": 1, "output": output}),
            200,
        )
        .await;
        let version = made.text("/version/id").to_owned();
        let shown = user.get(&format!("/ea/versions/{version}"), 200).await;
        assert_eq!(shown.text("/artifacts/1/artifact_type"), "ex5", "{}", shown.json);
        Compiled {
            project: project.to_owned(),
            program: shown.text("/artifacts/1/id").to_owned(),
            version,
        }
    }

    /// A new project whose only version is compiled.
    pub(crate) async fn expert_advisor(&self, trader: &Trader) -> Compiled {
        let (project, draft) = self.project(&self.as_user(trader), SOURCE).await;
        self.compiled(trader, &project, &draft).await
    }
}
