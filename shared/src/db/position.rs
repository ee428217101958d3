//! Open positions, and the jobs that close them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rust_decimal::Decimal;
use tokio_postgres::{Row, types::Type};

use super::{Db, Params, Session, job, job::Ordered, statement};
use crate::{
    domain::{
        JobId, SignalId, UserId,
        position::{ClosePosition, Flattened, Position, PositionFilter},
        settings::TradingMode,
        signal::SignalStatus,
    },
    error::Error,
    news::{News, SignalNews, TOLD_AT_ONCE},
};

pub async fn list(session: Session<'_>, filter: &PositionFilter) -> Result<Vec<Position>, Error> {
    let PositionFilter {
        symbol,
        broker_connection_id,
    } = filter;
    let rows = session
        .query(
            statement!("position/list"),
            &[(symbol, Type::TEXT), (broker_connection_id, Type::UUID)],
        )
        .await?;
    let positions = rows.iter().map(|row| Position {
        broker_connection_id: row.get("broker_connection_id"),
        ticket: row.get("ticket"),
        symbol: row.get("symbol"),
        side: row.get("side"),
        volume: row.get("volume"),
        open_price: row.get("open_price"),
        sl: row.get("sl"),
        tp: row.get("tp"),
        profit: row.get("profit"),
        swap: row.get("swap"),
        magic_number: row.get("magic_number"),
        opened_at: row.get("opened_at"),
        reported_at: row.get("reported_at"),
        strategy_id: row.get("strategy_id"),
        strategy_name: row.get("strategy_name"),
        closing_job_id: row.get("closing_job_id"),
    });
    Ok(positions.collect())
}

/// Closes a position, or a part of it, by a job of this id; returns the job that already closes it, or the one of the same
/// id. What the risk gate refuses is an error.
pub async fn close(db: &Db, owner: UserId, id: JobId, ticket: i64, close: &ClosePosition) -> Result<Ordered, Error> {
    let ClosePosition {
        broker_connection_id,
        volume,
    } = close;
    let params: &Params = &[
        (&owner, Type::UUID),
        (&id, Type::UUID),
        (&ticket, Type::INT8),
        (broker_connection_id, Type::UUID),
        (volume, Type::NUMERIC),
        (&None::<Timestamp>, Type::TIMESTAMPTZ),
    ];
    let row = db.as_service().query_opt(statement!("position/close"), params).await?;
    let row = row.ok_or_else(|| Error::internal("position/close", "no row"))?;
    if let Some(ordered) = job::read_ordered(&row, owner)? {
        return Ok(ordered);
    }
    Err(match row.get::<_, i64>("matches") {
        0 => Error::NotFound("position"),
        1 => {
            let closable: Decimal = row.get("closable");
            let closable = closable.normalize();
            Error::invalid("volume", format!("at most the {closable} lots that nothing closes yet"))
        }
        _ => Error::invalid(
            "broker_connection_id",
            "the account whose position it is: the ticket is open on more than one of yours",
        ),
    })
}

/// Closes everything and lets no entry pass any more; the news tells a part of what changed. 404 when the token outlived its
/// user.
pub async fn flatten(db: &Db, owner: UserId) -> Result<(Flattened, Vec<News>), Error> {
    let params: &Params = &[(&owner, Type::UUID), (&None::<Timestamp>, Type::TIMESTAMPTZ)];
    let rows = db.as_service().query(statement!("position/flatten"), params).await?;
    let of = |what: &'static str| rows.iter().filter(move |row| row.get::<_, &str>("what") == what);
    let summary = of("summary").next().ok_or(Error::NotFound("user"))?;
    let flattened = Flattened {
        trading_mode: TradingMode::Reducing,
        created: of("created").map(job::read).collect(),
        underway: of("underway").map(job::read).collect(),
        entries_cancelled: i64::try_from(of("cancelled").count()).unwrap_or(i64::MAX),
        entries_on_their_way: summary.get("entries_on_their_way"),
        left_open: summary.get("switched_off"),
    };
    if !summary.get::<_, bool>("watched") {
        return Ok((flattened, Vec::new()));
    }
    let accounts: BTreeSet<_> = flattened.created.iter().map(|job| job.broker_connection_id).collect();
    let rings = accounts.into_iter().map(|account| job::rings(account, owner));
    let cancelled = of("cancelled").take(TOLD_AT_ONCE);
    let cancelled = cancelled.flat_map(|row| [Some(job::changed(&job::read(row), owner)), discarded(row, owner)]);
    let created = flattened.created.iter().take(TOLD_AT_ONCE);
    let created = created.map(|job| job::changed(job, owner));
    let news = rings.chain(cancelled.flatten()).chain(created).collect();
    Ok((flattened, news))
}

fn discarded(row: &Row, user_id: UserId) -> Option<News> {
    let id: SignalId = row.get::<_, Option<_>>("signal_id")?;
    Some(News::Signal {
        user_id,
        signal: SignalNews {
            id,
            status: SignalStatus::Discarded,
            symbol: row.get("symbol"),
            action: row.get("action"),
            reason_code: row.get("reason_code"),
        },
    })
}
