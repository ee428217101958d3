use std::sync::Arc;

use axum::{Json, extract::State};
use shared::{
    auth::User,
    db::{self, Db},
    domain::onboarding::OnboardingStatus,
    error::{Error, Guarded, Missing},
};

/// Show how far I have come
#[utoipa::path(get, path = "/onboarding/status", tag = "onboarding", security(("bearer" = [])),
    responses(
        (status = 200, body = OnboardingStatus),
        Guarded, Missing,
    ))]
pub(crate) async fn show(State(db): State<Arc<Db>>, user: User) -> Result<Json<OnboardingStatus>, Error> {
    let done = db::onboarding::show(db.as_user(&user), user.id).await?;
    Ok(Json(done.into()))
}
