use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    auth::User,
    db::{self, Db},
    domain::settings::{Settings, SettingsChange},
    error::{Checked, Error, Guarded, Missing, require_none},
    http::Input,
};
use utoipa::ToSchema;

/// Show my settings
#[utoipa::path(get, path = "/settings", tag = "onboarding", security(("bearer" = [])),
    responses(
        (status = 200, body = Settings),
        Guarded, Missing,
    ))]
pub(crate) async fn show(State(db): State<Arc<Db>>, user: User) -> Result<Json<Settings>, Error> {
    db::settings::show(db.as_user(&user), user.id).await.map(Json)
}

/// Change my settings
///
/// The disclaimer is accepted by `POST /onboarding/disclaimer`.
#[utoipa::path(patch, path = "/settings", tag = "onboarding", security(("bearer" = [])), request_body = SettingsChange,
    responses(
        (status = 200, body = Settings),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn update(
    State(db): State<Arc<Db>>,
    user: User,
    Input(change): Input<SettingsChange>,
) -> Result<Json<Settings>, Error> {
    require_none(change.problems())?;
    db::settings::update(db.as_user(&user), user.id, &change)
        .await
        .map(Json)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disclaimer {
    /// `true`; there is no way back.
    accepted: bool,
}

/// Accept the disclaimer
///
/// Sent again it changes nothing.
#[utoipa::path(post, path = "/onboarding/disclaimer", tag = "onboarding", security(("bearer" = [])), request_body = Disclaimer,
    responses(
        (status = 200, body = Settings),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn accept_disclaimer(
    State(db): State<Arc<Db>>,
    user: User,
    Input(Disclaimer { accepted }): Input<Disclaimer>,
) -> Result<Json<Settings>, Error> {
    if !accepted {
        return Err(Error::invalid("accepted", "true"));
    }
    db::settings::accept_disclaimer(db.as_user(&user), user.id)
        .await
        .map(Json)
}
