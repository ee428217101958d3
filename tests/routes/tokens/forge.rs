//! Access tokens as a forger makes them.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Stage, Trader};

/// A forger's own key; it opens nothing.
const OWN_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgip2/udx0GiI/NGfq
qhbKJohfH/FSPh+x3Vbi+tt7q4KhRANCAASK4Vb8FYrXBbQfLou8rw7lvDdEZnRx
9kGxGbmepy2oIRZhDi0jP/fwVlVJzRV5r9rrafFNhAdw3mxZkUcFJFzo
-----END PRIVATE KEY-----
";

/// What DER writes before the point of a public P-256 key.
const PUBLIC_KEY_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A way to forge, and the token it makes.
pub(super) type Forgery = (String, String);

/// Everything that Supabase says of a signed-in user.
pub(crate) fn claims(stage: &Stage, user: Uuid) -> Value {
    let now = jiff::Timestamp::now().as_second();
    json!({
        "iss": format!("{}/auth/v1", stage.cloud.supabase_url()),
        "sub": user,
        "aud": "authenticated",
        "role": "authenticated",
        "email": "somebody@example.test",
        "iat": now,
        "exp": now + 3600,
        "session_id": Uuid::new_v4(),
        "is_anonymous": false,
    })
}

pub(super) fn signed(header: &Header, claims: &Value, secret: &[u8]) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret)).expect("a token can be signed")
}

/// As the project itself signs with its legacy secret.
pub(crate) fn hs256(stage: &Stage, claims: &Value) -> String {
    signed(
        &Header::new(Algorithm::HS256),
        claims,
        stage.secrets.jwt_secret.as_bytes(),
    )
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().expect("claims are an object").remove(name);
    claims
}

/// Tokens that name the victim and must open nothing, whichever way the project signs.
pub(super) fn forgeries(stage: &Stage, victim: &Trader) -> Vec<Forgery> {
    let good = claims(stage, victim.id);
    let now = jiff::Timestamp::now().as_second();
    let secret = stage.secrets.jwt_secret.as_bytes();
    let mut forged: Vec<Forgery> = [
        ("an empty token", String::new()),
        ("garbage", "garbage".to_owned()),
        ("three parts of nothing", "a.b.c".to_owned()),
        ("a refresh token", victim.refresh_token.clone()),
        ("a webhook secret", victim.webhook_secret.clone()),
        ("the pairing key", victim.agent.key.clone()),
        ("the project's anon key", stage.cloud.anon_key().to_owned()),
        (
            "the project's service_role key",
            stage.cloud.service_role_key().to_owned(),
        ),
        (
            "another secret",
            signed(
                &Header::new(Algorithm::HS256),
                &good,
                b"another secret of thirty-two bytes.",
            ),
        ),
        ("no secret", signed(&Header::new(Algorithm::HS256), &good, b"")),
        (
            "HS384 with the secret",
            signed(&Header::new(Algorithm::HS384), &good, secret),
        ),
        (
            "HS512 with the secret",
            signed(&Header::new(Algorithm::HS512), &good, secret),
        ),
        ("ES256 without a key id", own_key(&Header::new(Algorithm::ES256), &good)),
        ("ES256 with an unknown key id", own_key(&named("unknown"), &good)),
        (
            "ES256 with a key of its own in the header",
            own_key(
                &Header {
                    jwk: Some(own_jwk()),
                    ..named("own")
                },
                &good,
            ),
        ),
    ]
    .map(|(how, token)| (how.to_owned(), token))
    .into();
    for alg in ["none", "None", "NONE", ""] {
        forged.push((format!("alg {alg:?} without a signature"), unsigned(alg, &good, "")));
        forged.push((
            format!("alg {alg:?} with a signature"),
            unsigned(alg, &good, "c2lnbmF0dXJl"),
        ));
    }
    let (header, signature) = parts(&hs256(stage, &good));
    let other = BASE64URL_NOPAD.encode(with(&good, "sub", json!(Uuid::new_v4())).to_string().as_bytes());
    forged.push((
        "a good token whose subject was exchanged".to_owned(),
        format!("{header}.{other}.{signature}"),
    ));
    forged.push((
        "a good token without its signature".to_owned(),
        format!("{header}.{other}."),
    ));

    let claims = [
        ("exp", json!(now - 60)),
        ("exp", json!(now - 86_400)),
        ("exp", json!("never")),
        ("aud", json!("anon")),
        ("aud", json!(["anon", "another"])),
        ("iss", json!("https://another.supabase.co/auth/v1")),
        ("iss", json!(stage.cloud.supabase_url())),
        ("role", json!("anon")),
        ("role", json!("service_role")),
        ("role", json!("postgres")),
        ("sub", json!("")),
        ("sub", json!("not-a-uuid")),
        ("sub", json!(42)),
        ("sub", json!([victim.id])),
    ];
    for (name, value) in claims {
        forged.push((format!("{name} = {value}"), hs256(stage, &with(&good, name, value))));
    }
    for name in ["exp", "aud", "iss", "role", "sub"] {
        forged.push((format!("without {name}"), hs256(stage, &without(&good, name))));
    }
    forged
}

/// What only a project with published keys can be told: `key` is one of them, as its JWKS has it.
pub(super) fn forgeries_of_published(stage: &Stage, victim: &Trader, key: &Value) -> Vec<Forgery> {
    let good = claims(stage, victim.id);
    let text = |name: &str| key[name].as_str().expect("a published key is text").to_owned();
    let half = |name: &str| {
        BASE64URL_NOPAD
            .decode(text(name).as_bytes())
            .expect("a coordinate is base64url")
    };
    let point = [vec![4], half("x"), half("y")].concat();
    let der = [&PUBLIC_KEY_HEAD[..], &point].concat();
    let base64 = BASE64.encode(&der);
    let (first, second) = base64.split_at(64);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----");
    let (kid, x) = (text("kid"), text("x"));
    let secrets: [(&str, Vec<u8>); 7] = [
        ("in PEM", pem.clone().into_bytes()),
        ("in PEM with a line break at its end", format!("{pem}\n").into_bytes()),
        ("in DER", der),
        ("as a point", point),
        ("as JSON", key.to_string().into_bytes()),
        ("as its x", x.into_bytes()),
        ("as its name", kid.clone().into_bytes()),
    ];
    let mut forged = Vec::new();
    for (form, secret) in secrets {
        for header in [
            Header::new(Algorithm::HS256),
            Header {
                kid: Some(kid.clone()),
                ..Header::new(Algorithm::HS256)
            },
        ] {
            let how = format!("HS256 with the public key {form}, key id {:?}", header.kid);
            forged.push((how, signed(&header, &good, &secret)));
        }
    }
    forged.push((
        "ES256 with another key under the published name".to_owned(),
        own_key(&named(&kid), &good),
    ));
    let with_own = Header {
        jwk: Some(own_jwk()),
        ..named(&kid)
    };
    forged.push(("the same, its key in the header".to_owned(), own_key(&with_own, &good)));
    forged
}

fn own_key(header: &Header, claims: &Value) -> String {
    let key = EncodingKey::from_ec_pem(OWN_KEY.as_bytes()).expect("a key in PEM");
    encode(header, claims, &key).expect("a token can be signed")
}

fn own_jwk() -> Jwk {
    let key = EncodingKey::from_ec_pem(OWN_KEY.as_bytes()).expect("a key in PEM");
    Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a public key")
}

fn named(kid: &str) -> Header {
    Header {
        kid: Some(kid.to_owned()),
        ..Header::new(Algorithm::ES256)
    }
}

fn unsigned(alg: &str, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!(
        "{}.{}.{signature}",
        part(&json!({"alg": alg, "typ": "JWT"})),
        part(claims)
    )
}

/// Header and signature.
fn parts(token: &str) -> (String, String) {
    let mut parts = token.split('.').map(str::to_owned);
    (parts.next().expect("a header"), parts.nth(1).expect("a signature"))
}
