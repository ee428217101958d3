//! The functions' statements without functions: the same text, parameters, role and transaction, sent as `shared` sends
//! them, written a second time here so that a slow session layer there shows.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use tokio_postgres::{
    Client, Row,
    types::{ToSql, Type},
};
use uuid::Uuid;
use xtask::stage;

use super::{
    Set,
    callers::{self, Job},
};

const RECEIVE: &str = include_str!("../../../../shared/sql/signal/receive.sql");
const CLAIM: &str = include_str!("../../../../shared/sql/job/claim.sql");

pub(super) struct Direct {
    client: Client,
    webhook_secret_digest: Vec<u8>,
    agent: Uuid,
    key_prefix: String,
    key_hash: String,
}

impl Direct {
    pub(super) async fn connect(set: &Set) -> Result<Self> {
        let agent = &set.callers.agent;
        let mut direct = Self {
            client: stage::connect(&set.functions_url).await?,
            webhook_secret_digest: Sha256::digest(&set.callers.webhook_secret).to_vec(),
            agent: agent.agent_id.parse()?,
            key_prefix: agent
                .agent_key
                .split('_')
                .nth(1)
                .context("the agent key has no prefix")?
                .to_owned(),
            key_hash: String::new(),
        };
        // Against no hash nothing is claimed, but the stored one is told: what a function asks first, too.
        let (_, row) = direct.ask_for_job().await?;
        direct.key_hash = row.get("pairing_key_hash");
        Ok(direct)
    }

    /// Stores an alert and its job.
    pub(super) async fn receive(&self) -> Result<Duration> {
        let body = callers::alert();
        let payload: serde_json::Value = serde_json::from_str(&body)?;
        let digest = HEXLOWER.encode(&Sha256::digest(&body));
        let (signal, job) = (Uuid::new_v4(), Uuid::new_v4());
        let comment = format!("FE{}", &job.simple().to_string()[..20]);
        let number = |value: i64, scale: u32| Some(Decimal::new(value, scale));
        let (no_text, no_number, no_time) = (None::<&str>, None::<Decimal>, None::<Timestamp>);
        let (took, row) = self
            .ask(
                RECEIVE,
                &[
                    (&self.webhook_secret_digest, Type::BYTEA),
                    (&signal, Type::UUID),
                    (&job, Type::UUID),
                    (&"EURUSD", Type::TEXT),
                    (&"buy", Type::TEXT),
                    (&no_text, Type::TEXT),
                    (&number(10850, 4), Type::NUMERIC),
                    (&number(10, 2), Type::NUMERIC),
                    (&no_number, Type::NUMERIC),
                    (&number(10800, 4), Type::NUMERIC),
                    (&number(10950, 4), Type::NUMERIC),
                    (&no_number, Type::NUMERIC),
                    (&no_number, Type::NUMERIC),
                    (&no_time, Type::TIMESTAMPTZ),
                    (&payload, Type::JSONB),
                    (&digest, Type::TEXT),
                    (&no_text, Type::TEXT),
                    (&no_text, Type::TEXT),
                    (&comment, Type::TEXT),
                    (&20_i32, Type::INT4),
                    (&no_time, Type::TIMESTAMPTZ),
                ],
            )
            .await?;
        let (status, reason): (&str, Option<&str>) = (row.get("status"), row.get("error_message"));
        ensure!(
            status == "pending",
            "an alert given to Postgres directly became {status}: {reason:?}"
        );
        Ok(took)
    }

    pub(super) async fn claim(&self) -> Result<(Duration, Option<Job>)> {
        let (took, row) = self.ask_for_job().await?;
        let job = row.get::<_, Option<Uuid>>("job_id").map(|id| Job {
            id: id.to_string(),
            attempt: row.get::<_, i32>("attempts").into(),
        });
        Ok((took, job))
    }

    async fn ask_for_job(&self) -> Result<(Duration, Row)> {
        self.ask(
            CLAIM,
            &[
                (&self.key_prefix, Type::TEXT),
                (&self.key_hash, Type::TEXT),
                (&self.agent, Type::UUID),
                (&None::<Timestamp>, Type::TIMESTAMPTZ),
            ],
        )
        .await
    }

    async fn ask(&self, sql: &str, params: &[(&(dyn ToSql + Sync), Type)]) -> Result<(Duration, Row)> {
        let asked = Instant::now();
        let (begun, rows, committed) = tokio::join!(biased;
            self.client.batch_execute("begin; set local role service_role"),
            self.client.query_typed(sql, params),
            self.client.batch_execute("commit"));
        let took = asked.elapsed();
        begun?;
        let row = rows?
            .into_iter()
            .next()
            .context("Postgres, asked directly, knows neither strategy nor agent")?;
        committed?;
        Ok((took, row))
    }
}
