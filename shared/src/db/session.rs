//! Sessions. A statement runs in a transaction of its own that first takes a role; `BEGIN`, role, statement and `COMMIT`
//! go out together and cost one network round trip.
//!
//! Statements are unnamed and typed, so nothing is prepared: the same code runs on a direct connection and behind a pooler
//! in transaction mode.

use std::{future::Future, time::Duration};

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};
use futures_util::future::join_all;
use tokio_postgres::{
    Row,
    config::SslMode,
    error::SqlState,
    types::{ToSql, Type},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{auth::User, config::Env, error::Error, tls};

/// A connection that slept longer than this is asked whether it still lives: a frozen instance does not notice that the
/// other side hung up.
const ASK_AFTER_IDLE: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ASK_TIMEOUT: Duration = Duration::from_secs(1);
/// Longer than the role's `statement_timeout`, shorter than the function's.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(9);

/// A statement under the name of its file.
#[derive(Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// `statement!("job/claim")` is `shared/sql/job/claim.sql`.
macro_rules! statement {
    ($name:literal) => {
        $crate::db::Statement {
            name: $name,
            sql: include_str!(concat!("../../sql/", $name, ".sql")),
        }
    };
}
pub(crate) use statement;

pub(crate) type Params<'a> = [(&'a (dyn ToSql + Sync), Type)];

/// The database, by a pool of one: an instance serves one request at a time.
pub struct Db {
    pool: Pool,
}

impl Db {
    /// Reads `DATABASE_URL`, and `DATABASE_CA_PEM` (empty where a public authority signed). Connects on first use.
    pub fn from_env(env: &mut Env) -> Result<Self, Error> {
        const OP: &str = "db/configure";
        let (url, ca_pem) = (env.secret("DATABASE_URL"), env.text_or_empty("DATABASE_CA_PEM"));
        // A missing address is the environment's problem, which names it.
        let text = if url.expose().is_empty() {
            "postgres://"
        } else {
            url.expose()
        };
        let mut config: tokio_postgres::Config = text.parse().map_err(|error| Error::internal(OP, error))?;
        config
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(Duration::from_secs(15))
            .tcp_user_timeout(ANSWER_TIMEOUT);
        if config.get_application_name().is_none() {
            config.application_name("forexelite");
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(config, tokio_postgres::NoTls, recycling)
        } else {
            // The default, "prefer", would send the password in clear to whoever offers no TLS.
            config.ssl_mode(SslMode::Require);
            let tls = tls::client_config(ca_pem.as_deref()).map_err(|error| Error::internal(OP, error))?;
            Manager::from_config(config, MakeRustlsConnect::new(tls), recycling)
        };
        let timeouts = Timeouts {
            wait: Some(CONNECT_TIMEOUT),
            create: Some(CONNECT_TIMEOUT),
            recycle: Some(ASK_TIMEOUT),
        };
        let pool = Pool::builder(manager)
            .max_size(1)
            .runtime(Runtime::Tokio1)
            .timeouts(timeouts)
            .pre_recycle(Hook::async_fn(|client, metrics| {
                Box::pin(async move {
                    if metrics.last_used() < ASK_AFTER_IDLE {
                        return Ok(());
                    }
                    client.batch_execute("").await.map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|error| Error::internal(OP, error))?;
        Ok(Self { pool })
    }

    /// A session as `service_role`, which row-level security does not restrict: every statement names the owner.
    pub fn as_service(&self) -> Session<'_> {
        Session { db: self, user: None }
    }

    /// A session as `authenticated` with the user's claims: row-level security answers.
    pub fn as_user<'a>(&'a self, user: &'a User) -> Session<'a> {
        Session {
            db: self,
            user: Some(user),
        }
    }

    async fn connection(&self) -> Result<Object, Error> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => failure("db/connect", error),
            other => Error::dependency("db/connect", other),
        })
    }
}

#[derive(Clone, Copy)]
pub struct Session<'a> {
    db: &'a Db,
    user: Option<&'a User>,
}

const TAKE_SERVICE_ROLE: &str = "begin; set local role service_role";
const TAKE_USER_ROLE: &str = "begin; set local role authenticated";
const SET_CLAIMS: &str = "select set_config('request.jwt.claims', $1, true)";

impl Session<'_> {
    /// One statement in a transaction of its own, in one round trip.
    pub(crate) async fn query(self, statement: Statement, params: &Params<'_>) -> Result<Vec<Row>, Error> {
        let [rows] = self.query_each([(statement, params)]).await?;
        Ok(rows)
    }

    /// Several statements that do not need each other's answers, in one transaction and one round trip.
    pub(crate) async fn query_each<const N: usize>(
        self,
        statements: [(Statement, &Params<'_>); N],
    ) -> Result<[Vec<Row>; N], Error> {
        let connection = Lease::new(self.db.connection().await?);
        let client = connection.client();
        let (first, _) = statements[0];
        let work = async {
            // All are sent before the first answer is awaited; a statement that fails makes the commit a rollback.
            let rows = async {
                let answers = statements.map(|(statement, params)| client.query_typed(statement.sql, params));
                let rows: Vec<_> = join_all(answers).await.into_iter().collect::<Result<_, _>>()?;
                Ok(<[_; N]>::try_from(rows).expect("as many answers as statements"))
            };
            match self.user {
                None => {
                    let (begun, rows, committed) = tokio::join!(biased; client.batch_execute(TAKE_SERVICE_ROLE), rows, client.batch_execute("commit"));
                    begun.and(rows).and_then(|rows| committed.map(|()| rows))
                }
                Some(user) => {
                    let claims: &Params = &[(&user.claims, Type::TEXT)];
                    let (begun, claimed, rows, committed) = tokio::join!(biased;
                        client.batch_execute(TAKE_USER_ROLE), client.query_typed(SET_CLAIMS, claims), rows, client.batch_execute("commit"));
                    begun.and(claimed).and(rows).and_then(|rows| committed.map(|()| rows))
                }
            }
        };
        let rows = in_time(first.name, work).await?;
        connection.give_back();
        Ok(rows)
    }

    /// As [`Session::query`], for at most one row.
    pub(crate) async fn query_opt(self, statement: Statement, params: &Params<'_>) -> Result<Option<Row>, Error> {
        Ok(self.query(statement, params).await?.into_iter().next())
    }

    /// A transaction of several statements.
    pub async fn begin(self) -> Result<Tx, Error> {
        let connection = Lease::new(self.db.connection().await?);
        let client = connection.client();
        in_time("db/begin", async {
            match self.user {
                None => client.batch_execute(TAKE_SERVICE_ROLE).await,
                Some(user) => {
                    let claims: &Params = &[(&user.claims, Type::TEXT)];
                    let (begun, claimed) =
                        tokio::join!(biased; client.batch_execute(TAKE_USER_ROLE), client.query_typed(SET_CLAIMS, claims));
                    begun.and(claimed.map(|_| ()))
                }
            }
        })
        .await?;
        Ok(Tx { connection })
    }
}

/// A transaction of several statements. Dropped before [`Tx::commit`], it takes its connection with it, which rolls back.
pub struct Tx {
    connection: Lease,
}

impl Tx {
    pub(crate) async fn query_opt(&self, statement: Statement, params: &Params<'_>) -> Result<Option<Row>, Error> {
        let rows = in_time(
            statement.name,
            self.connection.client().query_typed(statement.sql, params),
        )
        .await?;
        Ok(rows.into_iter().next())
    }

    /// From here on as `service_role`, for what users may not write themselves; what it concerns was read as the user.
    pub async fn elevate(&self) -> Result<(), Error> {
        in_time(
            "db/elevate",
            self.connection.client().batch_execute("set local role service_role"),
        )
        .await
    }

    pub async fn commit(self) -> Result<(), Error> {
        in_time("db/commit", self.connection.client().batch_execute("commit")).await?;
        self.connection.give_back();
        Ok(())
    }
}

/// A connection on loan. Unless given back in a known state it is closed: a transaction left open would be the next
/// request's.
struct Lease(Option<Object>);

impl Lease {
    fn new(connection: Object) -> Self {
        Self(Some(connection))
    }

    fn client(&self) -> &tokio_postgres::Client {
        self.0
            .as_ref()
            .expect("a lease holds its connection until it is given back")
    }

    fn give_back(mut self) {
        self.0.take();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

async fn in_time<T>(
    op: &'static str,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(ANSWER_TIMEOUT, work).await {
        Ok(result) => result.map_err(|error| failure(op, error)),
        Err(elapsed) => Err(Error::dependency(op, elapsed)),
    }
}

/// Whether the database could not (its trouble, try again) or would not (ours), or was given what no text can be.
fn failure(op: &'static str, error: tokio_postgres::Error) -> Error {
    // Neither text nor JSON may hold NUL. Where a field has rules of its own it was refused by name before.
    if matches!(
        error.code(),
        Some(&(SqlState::CHARACTER_NOT_IN_REPERTOIRE | SqlState::UNTRANSLATABLE_CHARACTER))
    ) {
        return Error::invalid("body", "no text in it may hold the character NUL");
    }
    let passing = error.as_db_error().is_none_or(|refusal| {
        let code = refusal.code();
        let class = &code.code()[..2];
        // Connection, resources, operator intervention (also a cancelled statement), rollback by concurrency.
        matches!(class, "08" | "53" | "57" | "40") || *code == SqlState::LOCK_NOT_AVAILABLE
    });
    // Without a database error it is the connection, unless the value itself could not be sent or read.
    if passing && (error.as_db_error().is_some() || error.is_closed() || is_io(&error)) {
        Error::dependency(op, error)
    } else {
        Error::internal(op, error)
    }
}

/// Reaching the server and speaking TLS with it fail as I/O.
fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// Gives a violated constraint, named where it is written, its meaning.
pub(crate) fn conflict_on(constraint: &str, error: Error, meaning: impl FnOnce() -> Error) -> Error {
    let violated = match &error {
        Error::Internal { source, .. } => source
            .downcast_ref::<tokio_postgres::Error>()
            .and_then(tokio_postgres::Error::as_db_error)
            .is_some_and(|refusal| refusal.constraint() == Some(constraint)),
        _ => false,
    };
    if violated { meaning() } else { error }
}
