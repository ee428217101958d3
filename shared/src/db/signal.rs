//! Signals: received by the webhook, read by their owner.

use jiff::Timestamp;
use rust_decimal::Decimal;
use tokio_postgres::{Row, types::Type};

use super::{Db, Session, statement};
use crate::{
    domain::{
        JobId, SignalId, StrategyId,
        alert::{Alert, Reading, Unreadable},
        job::{JobStatus, JobType},
        order,
        signal::{LatencyTrail, Signal, SignalStatus},
    },
    error::Error,
    http::Cursor,
    news::{JobNews, News, SignalNews},
};

/// An alert as it came in, read or not.
pub struct Received<'a> {
    pub secret_digest: &'a [u8],
    pub reading: &'a Result<Reading, Unreadable>,
    /// What is kept of the body, secrets blanked.
    pub raw_payload: &'a serde_json::Value,
    /// Hex SHA-256 of the body: the same text is the same alert.
    pub body_digest: &'a str,
}

/// What became of an alert.
pub struct Stored {
    pub id: SignalId,
    pub status: SignalStatus,
    pub reason_code: Option<String>,
    pub detail: Option<String>,
    /// The alert had been stored before; `id` is the first one's.
    pub duplicate: bool,
    /// What its owner's sockets are to hear; empty where there are none, or nothing is new.
    pub news: Vec<News>,
}

/// Stores an alert with its verdict, and its job where it passed; `None` when no strategy has this secret.
pub async fn receive(db: &Db, received: Received<'_>) -> Result<Option<Stored>, Error> {
    let Received {
        secret_digest,
        reading,
        raw_payload,
        body_digest,
    } = received;
    let (id, job_id) = (SignalId(uuid::Uuid::new_v4()), JobId(uuid::Uuid::new_v4()));
    let alert = reading.as_ref().ok().map(|reading| &reading.alert);
    let unreadable = reading.as_ref().err();
    let symbol = alert.map(|alert| alert.symbol.as_str());
    let action = alert.map(|alert| alert.action.as_str());
    let close_side = alert
        .and_then(|alert| alert.close_side)
        .map(crate::domain::alert::PositionSide::as_str);
    let number = |field: fn(&Alert) -> Option<Decimal>| alert.and_then(field);
    let row = db
        .as_service()
        .query_opt(
            statement!("signal/receive"),
            &[
                (&secret_digest, Type::BYTEA),
                (&id, Type::UUID),
                (&job_id, Type::UUID),
                (&symbol, Type::TEXT),
                (&action, Type::TEXT),
                (&close_side, Type::TEXT),
                (&number(|alert| alert.price), Type::NUMERIC),
                (&number(|alert| alert.volume), Type::NUMERIC),
                (&number(|alert| alert.risk_pct), Type::NUMERIC),
                (&number(|alert| alert.sl), Type::NUMERIC),
                (&number(|alert| alert.tp), Type::NUMERIC),
                (&number(|alert| alert.sl_pips), Type::NUMERIC),
                (&number(|alert| alert.tp_pips), Type::NUMERIC),
                (&alert.and_then(|alert| alert.time), Type::TIMESTAMPTZ),
                (raw_payload, Type::JSONB),
                (&body_digest, Type::TEXT),
                (&unreadable.map(|unreadable| unreadable.code.as_str()), Type::TEXT),
                (&unreadable.map(|unreadable| unreadable.detail.as_str()), Type::TEXT),
                (&order::comment(job_id), Type::TEXT),
                (&order::DEVIATION_POINTS, Type::INT4),
                (&None::<Timestamp>, Type::TIMESTAMPTZ),
            ],
        )
        .await?;
    Ok(row.map(|row| {
        let stored = Stored {
            id: row.get("id"),
            status: row.get("status"),
            reason_code: row.get("reason_code"),
            detail: row.get("error_message"),
            duplicate: row.get("duplicate"),
            news: Vec::new(),
        };
        let news = news_of(&stored, &row, alert, job_id);
        Stored { news, ..stored }
    }))
}

fn news_of(stored: &Stored, row: &Row, alert: Option<&Alert>, job_id: JobId) -> Vec<News> {
    if stored.duplicate || !row.get::<_, bool>("watched") {
        return Vec::new();
    }
    let user_id = row.get("user_id");
    let signal = SignalNews {
        id: stored.id,
        status: stored.status,
        symbol: alert.map(|alert| alert.symbol.as_str().to_owned()),
        action: alert.map(|alert| alert.action),
        reason_code: stored.reason_code.clone(),
    };
    let mut news = vec![News::Signal { user_id, signal }];
    if stored.status == SignalStatus::Pending {
        let job = JobNews {
            id: job_id,
            job_type: JobType::Trade,
            status: JobStatus::Pending,
        };
        let broker_connection_id = row.get("broker_connection_id");
        news.push(News::JobsWaiting {
            user_id,
            broker_connection_id,
        });
        news.push(News::Job { user_id, job });
    }
    news
}

/// What to list of the caller's signals.
pub struct SignalFilter {
    pub strategy_id: Option<StrategyId>,
    pub status: Option<SignalStatus>,
    pub after: Option<Cursor>,
}

/// The caller's signals, newest first; one more than `limit` when there are more.
pub async fn list(session: Session<'_>, filter: &SignalFilter, limit: i64) -> Result<Vec<Signal>, Error> {
    let SignalFilter {
        strategy_id,
        status,
        after,
    } = filter;
    let rows = session
        .query(
            statement!("signal/list"),
            &[
                (strategy_id, Type::UUID),
                (&status.map(SignalStatus::as_str), Type::TEXT),
                (&after.map(|cursor| cursor.at), Type::TIMESTAMPTZ),
                (&after.map(|cursor| cursor.id), Type::UUID),
                (&(limit + 1), Type::INT8),
            ],
        )
        .await?;
    Ok(rows.iter().map(read).collect())
}

pub async fn show(session: Session<'_>, id: SignalId) -> Result<Signal, Error> {
    let row = session
        .query_opt(statement!("signal/show"), &[(&id, Type::UUID)])
        .await?;
    row.as_ref().map(read).ok_or(Error::NotFound("signal"))
}

fn read(row: &Row) -> Signal {
    let (received_at, filled_at): (Timestamp, Option<Timestamp>) = (row.get("received_at"), row.get("filled_at"));
    Signal {
        id: row.get("id"),
        strategy_id: row.get("strategy_id"),
        symbol: row.get("symbol"),
        action: row.get("action"),
        price: row.get("price"),
        volume: row.get("volume"),
        sl: row.get("sl"),
        tp: row.get("tp"),
        status: row.get("status"),
        reason_code: row.get("reason_code"),
        error_message: row.get("error_message"),
        fill_price: row.get("fill_price"),
        broker_order_id: row.get("broker_order_id"),
        job_id: row.get("job_id"),
        raw_payload: row.get("raw_payload"),
        latency: LatencyTrail {
            tv_time: row.get("tv_time"),
            received_at,
            claimed_at: row.get("claimed_at"),
            sent_at: row.get("sent_at"),
            filled_at,
            resolved_at: row.get("resolved_at"),
            total_ms: filled_at.map(|at| at.as_millisecond() - received_at.as_millisecond()),
        },
    }
}
