//! Every minute: what waited too long ends or goes back, and what is kept no longer is deleted.

use serde::de::IgnoredAny;
use shared::{
    config::Env,
    db::{
        Db,
        sweep::{self, Swept},
    },
    error::Error,
    news::{News, Newsroom},
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
    fn add(&mut self, duty: &str, outcome: Result<Swept, Error>) {
        match outcome {
            Ok(Swept { rows: 0, news: _ }) => {}
            Ok(Swept { rows, news }) => {
                tracing::info!(sweep.duty = duty, sweep.rows = rows, "swept");
                self.news.extend(news);
            }
            // The invocation reports one; the others are logged here.
            Err(error) => match &self.failure {
                Some(_) => error.log(),
                None => self.failure = Some(error),
            },
        }
    }
}

/// Does every duty, whatever becomes of the others. An error is the first of those that failed: the next minute tries again.
pub async fn sweep(app: &App, _: IgnoredAny) -> Result<(), Error> {
    let (db, mut tally) = (&app.db, Tally::default());
    tally.add("release leases", sweep::release_leases(db).await);
    tally.add("abandon jobs", sweep::abandon_jobs(db).await);
    tally.add("expire entries", sweep::expire_entries(db).await);
    tally.add("mark silent agents", sweep::mark_silent_agents(db).await);
    tally.add("hang up sockets", sweep::hang_up_sockets(db).await);
    // What people wait for is told before what nobody waits for is done.
    app.newsroom.send(&tally.news).await;
    tally.add("forget tickets", sweep::forget_tickets(db).await);
    tally.add("prune candles", sweep::prune_candles(db).await);
    tally.add("prune jobs", sweep::prune_jobs(db).await);
    tally.failure.map_or(Ok(()), Err)
}
