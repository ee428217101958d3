//! The state machine of jobs.

use uuid::Uuid;

use super::{
    actor::{Actor, Refusal, assert_refused},
    fixture, schema,
};
use crate::support::Stage;

/// Every move there is; `running` goes back only once its lease ran out.
const MOVES: &[(&str, &str)] = &[
    ("pending", "running"),
    ("pending", "cancelled"),
    ("running", "completed"),
    ("running", "failed"),
    ("running", "pending"),
];

/// Makes a job in this state with this lease, and tries to change it.
async fn change(stage: &Stage, owner: Uuid, status: &str, lease: &str, change: &str) -> Result<u64, Refusal> {
    let sql = format!(
        "insert into jobs (id, user_id, job_type, broker_connection_id, agent_id, status, attempts, lease_expires_at)
            values ('{id}', '{owner}', 'trade', '{owner}', '{owner}', '{status}', 1, {lease});
         update jobs set {change} where id = '{id}'",
        id = Uuid::new_v4()
    );
    Actor::service().tries(&stage.db, &sql).await
}

const EXPIRED: &str = "now() - interval '1 second'";

#[tokio::test(flavor = "multi_thread")]
async fn a_job_moves_only_as_drawn() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    let states = schema::words(&stage.db, "jobs_status_check").await;
    assert_eq!(
        states.len(),
        5,
        "a state more or less: draw its moves in MOVES and in forexelite.guard_job"
    );
    for from in &states {
        for to in &states {
            let outcome = change(&stage, owner, from, EXPIRED, &format!("status = '{to}'")).await;
            let (what, legal) = (format!("{from} → {to}"), MOVES.contains(&(from, to)));
            if legal || from == to {
                assert_eq!(outcome, Ok(1), "{what} is a legal move");
            } else {
                assert_refused(&what, "jobs_status_move", outcome);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_goes_back_only_after_its_lease() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    for lease in ["null", "clock_timestamp() + interval '1 minute'"] {
        let outcome = change(&stage, owner, "running", lease, "status = 'pending'").await;
        assert_refused(
            &format!("running → pending with the lease {lease}"),
            "jobs_lease_is_held",
            outcome,
        );
    }
    // Whoever gives it back also clears the lease; the guard must look at the old one.
    let outcome = change(
        &stage,
        owner,
        "running",
        EXPIRED,
        "status = 'pending', lease_expires_at = null",
    )
    .await;
    assert_eq!(outcome, Ok(1), "an expired lease frees its job");
    let outcome = change(
        &stage,
        owner,
        "running",
        "now() + interval '1 hour'",
        &format!("status = 'pending', lease_expires_at = {EXPIRED}"),
    )
    .await;
    assert_refused("a lease that the same statement ends", "jobs_lease_is_held", outcome);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_job_stays_with_its_agent() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    let second = Uuid::new_v4();
    stage
        .sql(&format!(
            "insert into mt5_agents (id, user_id, agent_name) values ('{second}', '{owner}', 'Second')"
        ))
        .await;
    let to_second = format!("agent_id = '{second}'");
    for status in ["pending", "running", "completed"] {
        let outcome = change(&stage, owner, status, EXPIRED, &to_second).await;
        assert_refused(
            &format!("a {status} job to another agent"),
            "jobs_agent_is_final",
            outcome,
        );
    }
    // In two steps, as a job whose agent was deleted would be given away.
    let by_way_of_nobody = format!("agent_id = null where id = id; update jobs set {to_second}");
    let outcome = change(&stage, owner, "running", EXPIRED, &by_way_of_nobody).await;
    assert_refused(
        "a claimed job to another agent by way of none",
        "jobs_agent_is_final",
        outcome,
    );
    let outcome = change(&stage, owner, "running", EXPIRED, "agent_id = null").await;
    assert_eq!(outcome, Ok(1), "an agent can be deleted; its job then has none");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_orders_is_final_and_so_is_its_result() {
    let stage = Stage::new().await;
    let owner = fixture::owner(&stage.db).await;
    let orders = [
        "id = gen_random_uuid()",
        "user_id = gen_random_uuid()",
        "job_type = 'close_position'",
        "broker_connection_id = null",
        "entity_type = 'tv_signal'",
        "entity_id = gen_random_uuid()",
        "input_data = '{\"volume\": 100}'",
        "not_after = now()",
        "created_at = now() - interval '1 day'",
    ];
    for order in orders {
        let outcome = change(&stage, owner, "pending", "null", order).await;
        assert_refused(order, "jobs_order_is_immutable", outcome);
    }
    for status in ["completed", "failed", "cancelled"] {
        for result in [
            "output_data = '{\"ticket\": 1}'",
            "error_message = 'other'",
            "reason_code = 'other'",
            "attempts = 9",
        ] {
            let outcome = change(&stage, owner, status, "null", result).await;
            assert_refused(&format!("{result} of a {status} job"), "jobs_result_is_final", outcome);
        }
    }
    let outcome = change(
        &stage,
        owner,
        "running",
        "null",
        "status = 'completed', output_data = '{}'",
    )
    .await;
    assert_eq!(outcome, Ok(1), "a running job takes its result");
}
