use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    auth::User,
    db::{self, Db},
    domain::{account::Profile, strategy::is_name},
    error::{Checked, Error, Guarded, Missing},
    http::{Input, sent},
};
use utoipa::ToSchema;

/// Show my profile
#[utoipa::path(get, path = "/profile", tag = "onboarding", security(("bearer" = [])),
    responses(
        (status = 200, body = Profile),
        Guarded, Missing,
    ))]
pub(crate) async fn show(State(db): State<Arc<Db>>, user: User) -> Result<Json<Profile>, Error> {
    db::profile::show(db.as_user(&user), user.id).await.map(Json)
}

/// What changes; a field that is not sent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileChange {
    /// 1 to 80 characters; `null` clears it.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    display_name: Option<Option<String>>,
}

/// Change my profile
#[utoipa::path(patch, path = "/profile", tag = "onboarding", security(("bearer" = [])), request_body = ProfileChange,
    responses(
        (status = 200, body = Profile),
        Guarded, Missing, Checked,
    ))]
pub(crate) async fn update(
    State(db): State<Arc<Db>>,
    user: User,
    Input(ProfileChange { display_name }): Input<ProfileChange>,
) -> Result<Json<Profile>, Error> {
    let display_name = display_name.as_ref().map(Option::as_deref);
    if !display_name.flatten().is_none_or(is_name) {
        return Err(Error::invalid("display_name", "1 to 80 characters, or null"));
    }
    db::profile::update(db.as_user(&user), user.id, display_name)
        .await
        .map(Json)
}
