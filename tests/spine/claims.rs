use std::collections::HashMap;

use futures_util::future::join_all;

use crate::support::{AgentKey, Setting, Stage};

const USERS: usize = 16;
const AGENTS_A_USER: usize = 4;
const JOBS: usize = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_agents_claim_ten_thousand_jobs_once_each_and_only_their_own() {
    let stage = Stage::with(Setting {
        max_instances: Some(8),
        ..Setting::default()
    })
    .await;
    let mut agents: Vec<(AgentKey, uuid::Uuid)> = Vec::new();
    for _ in 0..USERS {
        let trader = stage.trader().await;
        let user = stage.as_user(&trader);
        // Two agents on each of two accounts.
        let second = stage.connection_of(trader.id).await;
        agents.push((trader.agent.clone(), trader.connection));
        agents.push((stage.agent_of(&user, trader.connection).await, trader.connection));
        for _ in 2..AGENTS_A_USER {
            agents.push((stage.agent_of(&user, second).await, second));
        }
    }
    stage
        .sql(&format!(
            "insert into jobs (user_id, broker_connection_id, job_type, input_data)
             select c.user_id, c.id, 'trade', '{{\"symbol\":\"EURUSD\",\"side\":\"buy\"}}'
               from generate_series(1, {JOBS}) n
               join (select id, user_id, row_number() over () as k from broker_connections) c
                 on c.k = 1 + n % (select count(*) from broker_connections)"
        ))
        .await;
    // On a busy machine this takes longer than a lease, and what came back after it would look like a job claimed twice.
    stage
        .sql(
            "create function wait_longer() returns trigger language plpgsql as $$ begin
                new.lease_expires_at := new.lease_expires_at + interval '1 hour'; return new; end $$;
             create trigger wait_longer before update on jobs for each row execute function wait_longer()",
        )
        .await;
    let owners: HashMap<String, uuid::Uuid> = stage
        .db
        .query("select id, broker_connection_id from jobs", &[])
        .await
        .expect("the jobs")
        .iter()
        .map(|row| (row.get::<_, uuid::Uuid>(0).to_string(), row.get(1)))
        .collect();

    let drained = join_all(agents.iter().map(async |(agent, account)| {
        let path = format!("{}/agents/{}/jobs/next", stage.cloud.http_url(), agent.id);
        let mut mine = Vec::new();
        loop {
            let answer = stage
                .http
                .get(&path)
                .header("x-agent-key", &agent.key)
                .send()
                .await
                .expect("the gateway answers");
            match answer.status().as_u16() {
                204 => break,
                200 => {
                    let body: serde_json::Value = answer.json().await.expect("a job");
                    mine.push(body["job"]["id"].as_str().expect("an id").to_owned());
                }
                other => panic!("a claim answered {other}"),
            }
        }
        for job in &mine {
            assert_eq!(owners[job], *account, "a job of another account");
        }
        mine
    }))
    .await;
    let mut claimed: Vec<String> = drained.into_iter().flatten().collect();
    assert_eq!(claimed.len(), JOBS, "every job, no job twice");
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), JOBS, "a job was claimed twice");
    assert_eq!(
        stage
            .count("select count(*) from jobs where status <> 'running' or attempts <> 1")
            .await,
        0
    );
}
