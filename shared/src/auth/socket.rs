//! Socket tickets: a browser cannot send headers with a WebSocket, so it trades its access token for a signed ticket that
//! lives a minute and stands in the query string.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    auth::{AgentCaller, User},
    domain::UserId,
    error::{Error, Scheme},
    secret::Secret,
};

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

/// Signs and reads tickets with a secret of their own: a ticket is no access token and an access token no ticket.
pub struct TicketOffice {
    signs: EncodingKey,
    reads: DecodingKey,
}

/// A ticket that is genuine and not expired. That it was not used before, the database knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    pub id: Uuid,
    pub user_id: UserId,
    pub expires_at: Timestamp,
}

impl TicketOffice {
    pub fn new(secret: &Secret) -> Self {
        Self {
            signs: EncodingKey::from_secret(secret.expose().as_bytes()),
            reads: DecodingKey::from_secret(secret.expose().as_bytes()),
        }
    }

    pub fn issue(&self, user: &User, now: Timestamp) -> Result<Secret, Error> {
        let claims = Claims {
            sub: user.id.0,
            aud: AUDIENCE.to_owned(),
            exp: now.as_second() + TICKET_SECONDS,
            jti: Uuid::new_v4(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signs)
            .map(Secret::new)
            .map_err(|error| Error::internal("auth/issue_ticket", error))
    }

    pub fn read(&self, ticket: &Secret, now: Timestamp) -> Result<Ticket, Error> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "aud", "sub"]);
        // Against the clock that was given.
        rules.validate_exp = false;
        let refused = |why| Error::BadCredentials(Scheme::Ticket, why);
        let Ok(read) = jsonwebtoken::decode::<Claims>(ticket.expose(), &self.reads, &rules) else {
            return Err(refused("not a ticket of ours"));
        };
        let Claims { sub, aud: _, exp, jti } = read.claims;
        match Timestamp::from_second(exp) {
            Ok(expires_at) if expires_at > now => Ok(Ticket {
                id: jti,
                user_id: UserId(sub),
                expires_at,
            }),
            _ => Err(refused("expired")),
        }
    }
}

/// Who wants to open a socket, and by what proof.
#[derive(Debug)]
pub enum Opening {
    Dashboard(Secret),
    Agent(AgentCaller),
}

impl Opening {
    /// A dashboard has a ticket in its query string, an agent its id and key in headers.
    pub fn of(event: &ApiGatewayWebsocketProxyRequest) -> Result<Self, Error> {
        if let Some(ticket) = event.query_string_parameters.first("ticket") {
            return Ok(Self::Dashboard(Secret::new(ticket)));
        }
        let header = |name| event.headers.get(name).and_then(|value| value.to_str().ok());
        match (header("x-agent-id"), header("x-agent-key")) {
            (Some(id), Some(key)) => AgentCaller::of(id, key).map(Self::Agent),
            _ => Err(Error::NoCredentials(Scheme::Ticket)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn a_ticket_opens_for_a_minute_and_only_where_it_was_issued() {
        let office = TicketOffice::new(&Secret::new("one"));
        let user = User {
            id: UserId(Uuid::from_u128(7)),
            claims: String::new(),
        };
        let now = Timestamp::from_second(1_800_000_000).expect("in range");
        let ticket = office.issue(&user, now).expect("issued");
        let read = office.read(&ticket, now + 59.seconds()).expect("good");
        assert_eq!((read.user_id, read.expires_at), (user.id, now + 60.seconds()));
        assert!(office.read(&ticket, now + 60.seconds()).is_err());
        assert!(TicketOffice::new(&Secret::new("two")).read(&ticket, now).is_err());
        assert_ne!(
            read.id,
            office
                .read(&office.issue(&user, now).expect("issued"), now)
                .expect("good")
                .id
        );
    }
}
