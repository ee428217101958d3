use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use shared::{
    auth::User,
    db::{self, Db, strategy::WebhookBase},
    domain::{
        StrategyId,
        alert::template::{self, AlertKind, TextDialect},
    },
    error::{Error, Filtered, Guarded, Missing},
    http::{Filter, PathId},
};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    dialect: TextDialect,
    kind: AlertKind,
}

/// What to paste into TradingView.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertText {
    /// For the box Webhook URL.
    webhook_url: String,
    dialect: TextDialect,
    kind: AlertKind,
    /// For the box Message.
    text: String,
    /// Where both go and what TradingView needs, in plain words.
    note: String,
}

/// Write the text of an alert
///
/// With TradingView's placeholders, which it fills when the alert fires.
#[utoipa::path(get, path = "/strategies/{id}/alert-text", tag = "signals", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The strategy"), Wanted),
    responses(
        (status = 200, body = AlertText),
        Guarded, Missing, Filtered,
    ))]
pub(crate) async fn show(
    State(db): State<Arc<Db>>,
    State(base): State<WebhookBase>,
    user: User,
    PathId(id): PathId,
    Filter(Wanted { dialect, kind }): Filter<Wanted>,
) -> Result<Json<AlertText>, Error> {
    let strategy = db::strategy::show(db.as_user(&user), &base, StrategyId(id)).await?;
    Ok(Json(AlertText {
        webhook_url: strategy.webhook_url,
        dialect,
        kind,
        text: template::text(dialect, kind),
        note: template::note(kind),
    }))
}
