//! The AWS clients' common ground. Credentials and region are what Lambda puts into the environment for the life of an
//! instance.

pub(crate) mod sign;

use aws_credential_types::Credentials;

use crate::config::Env;

#[derive(Clone)]
pub(crate) struct Aws {
    pub(crate) region: String,
    pub(crate) credentials: Credentials,
}

impl Aws {
    pub(crate) fn from_env(env: &mut Env) -> Self {
        let (id, secret) = (env.secret("AWS_ACCESS_KEY_ID"), env.secret("AWS_SECRET_ACCESS_KEY"));
        let session = env.secret("AWS_SESSION_TOKEN");
        Self {
            region: env.text("AWS_REGION"),
            credentials: Credentials::new(
                id.expose(),
                secret.expose(),
                Some(session.expose().to_owned()),
                None,
                "environment",
            ),
        }
    }
}
