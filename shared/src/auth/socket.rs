//! Socket tickets: a browser cannot send headers with a WebSocket, so it trades its access token for a signed ticket that
//! lives a minute and stands in the query string.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{auth::User, error::Error, secret::Secret};

/// How long a ticket opens the socket, in seconds.
pub const TICKET_SECONDS: i64 = 60;
const AUDIENCE: &str = "forexelite-socket";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    aud: String,
    exp: i64,
    /// What makes a ticket usable once.
    jti: Uuid,
}

/// Signs tickets with a secret of their own: a ticket is no access token and an access token no ticket.
pub struct TicketOffice(EncodingKey);

impl TicketOffice {
    pub fn new(secret: &Secret) -> Self {
        Self(EncodingKey::from_secret(secret.expose().as_bytes()))
    }

    pub fn issue(&self, user: &User, now: Timestamp) -> Result<Secret, Error> {
        let claims = Claims {
            sub: user.id.0,
            aud: AUDIENCE.to_owned(),
            exp: now.as_second() + TICKET_SECONDS,
            jti: Uuid::new_v4(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.0)
            .map(Secret::new)
            .map_err(|error| Error::internal("auth/issue_ticket", error))
    }
}
