//! Every minute: what waited too long ends or goes back, and what is kept no longer is deleted.

use serde::de::IgnoredAny;
use shared::{
    config::Env,
    db::{
        Db,
        sweep::{self, Standing, Swept},
    },
    error::Error,
    news::{News, Newsroom},
    telemetry::{self, Gauge},
};

pub struct App {
    db: Db,
    newsroom: Newsroom,
}

impl App {
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        Ok(Self {
            newsroom: Newsroom::from_env(env),
            db: Db::from_env(env)?,
        })
    }
}

/// What one sweep has done so far.
#[derive(Default)]
struct Tally {
    news: Vec<News>,
    failure: Option<Error>,
}

impl Tally {
    /// Notes what a duty did, and how many rows it took.
    fn add(&mut self, duty: &str, outcome: Result<Swept, Error>) -> usize {
        match outcome {
            Ok(Swept { rows: 0, news: _ }) => 0,
            Ok(Swept { rows, news }) => {
                tracing::info!(sweep.duty = duty, sweep.rows = rows, "swept");
                self.news.extend(news);
                rows
            }
            Err(error) => {
                self.fail(error);
                0
            }
        }
    }

    /// The invocation reports one failure; the others are logged here.
    fn fail(&mut self, error: Error) {
        match &self.failure {
            Some(_) => error.log(),
            None => self.failure = Some(error),
        }
    }
}

/// Does every duty, whatever becomes of the others. An error is the first of those that failed: the next minute tries again.
pub async fn sweep(app: &App, _: IgnoredAny) -> Result<(), Error> {
    let (db, mut tally) = (&app.db, Tally::default());
    tally.add("release leases", sweep::release_leases(db).await);
    tally.add("abandon jobs", sweep::abandon_jobs(db).await);
    let expired = tally.add("expire entries", sweep::expire_entries(db).await);
    tally.add("mark silent agents", sweep::mark_silent_agents(db).await);
    tally.add("hang up sockets", sweep::hang_up_sockets(db).await);
    // What people wait for is told before what nobody waits for is done.
    app.newsroom.send(&tally.news).await;
    match sweep::measure(db).await {
        Ok(standing) => record(expired, &standing),
        Err(error) => tally.fail(error),
    }
    tally.add("forget tickets", sweep::forget_tickets(db).await);
    tally.add("prune candles", sweep::prune_candles(db).await);
    tally.add("prune jobs", sweep::prune_jobs(db).await);
    tally.failure.map_or(Ok(()), Err)
}

fn record(expired: usize, standing: &Standing) {
    let Standing {
        jobs_waiting,
        signals_late,
        agents_online,
        agents_offline,
        database_connections,
        database_connections_allowed,
    } = *standing;
    telemetry::record(&[
        Gauge::count("entries_expired", i64::try_from(expired).unwrap_or(i64::MAX)),
        Gauge::count("jobs_waiting", jobs_waiting),
        Gauge::count("signals_late", signals_late),
        Gauge::count("agents_online", agents_online),
        Gauge::count("agents_offline", agents_offline),
        Gauge::count("database_connections", database_connections),
        Gauge::percent(
            "database_connections_used",
            database_connections * 100 / database_connections_allowed.max(1),
        ),
    ]);
}
