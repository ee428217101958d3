//! Transactions that are held at their commit, so that a test can do what happens meanwhile.

use super::{Proxy, Setting, Stage};
use crate::spine::until;

/// A stage behind a wire. Whoever inserts into this table waits at the commit while somebody holds the advisory lock 13, as the
/// test does from now on.
pub(crate) async fn held_at_the_commit(first: &Stage, wire: &Proxy, table: &str) -> Stage {
    let setting = Setting {
        database_port: Some(wire.port),
        ..Setting::default()
    };
    let stage = Stage::on(first.database(), setting).await;
    stage
        .sql(&format!(
            "create function wait_for_it() returns trigger language plpgsql as $$ begin
                perform pg_advisory_xact_lock(13); return null; end $$;
             create constraint trigger wait_for_it after insert on {table} deferrable initially deferred
                for each row execute function wait_for_it();
             select pg_advisory_lock(13)"
        ))
        .await;
    stage
}

/// Until some transaction waits for this.
pub(crate) async fn until_waiting(stage: &Stage, for_what: &str) {
    let sql = format!(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
            and wait_event = '{for_what}'"
    );
    until("Postgres waits", async || (stage.count(&sql).await > 0).then_some(())).await;
}
