//! Market orders by hand.

use jiff::Timestamp;
use tokio_postgres::types::Type;

use super::{Db, Params, connection, job, job::Ordered, statement};
use crate::{
    domain::{
        JobId, UserId,
        order::{self, NewOrder},
    },
    error::Error,
};

/// Places the order by a job of this id, or returns the one of the same id. What the risk gate refuses is an error.
pub async fn place(db: &Db, owner: UserId, id: JobId, order: &NewOrder) -> Result<Ordered, Error> {
    let NewOrder {
        broker_connection_id,
        symbol,
        side,
        volume,
        risk_pct,
        sl,
        sl_pips,
        tp,
        tp_pips,
        deviation_points,
        price,
    } = order;
    let params: &Params = &[
        (&owner, Type::UUID),
        (&id, Type::UUID),
        (broker_connection_id, Type::UUID),
        (&symbol.as_str(), Type::TEXT),
        (&side.as_str(), Type::TEXT),
        (volume, Type::NUMERIC),
        (risk_pct, Type::NUMERIC),
        (price, Type::NUMERIC),
        (sl, Type::NUMERIC),
        (tp, Type::NUMERIC),
        (sl_pips, Type::NUMERIC),
        (tp_pips, Type::NUMERIC),
        (&order::comment(id), Type::TEXT),
        (&deviation_points.unwrap_or(order::DEVIATION_POINTS), Type::INT4),
        (&None::<Timestamp>, Type::TIMESTAMPTZ),
    ];
    let row = db.as_service().query_opt(statement!("order/place"), params).await?;
    let row = row.ok_or_else(connection::unknown)?;
    job::read_ordered(&row, owner)?.ok_or_else(|| Error::internal("order/place", "neither a job nor a refusal"))
}
