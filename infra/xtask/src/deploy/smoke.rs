//! What a stranger sees of the deployed product: each thing that must answer does, and each that must refuse refuses.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::{
    Client, Method, RequestBuilder, Response,
    header::{
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, CONNECTION, CONTENT_SECURITY_POLICY, HeaderName,
        ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use serde_json::Value;
use uuid::Uuid;

use super::{secret, settings::Settings};

const STRANGER: &str = "https://stranger.invalid";

/// How long a new address may take to answer everywhere.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub at_most: Duration,
    pub between: Duration,
}

/// What was seen, one line each.
pub(super) async fn check(http: &Client, site: &str, settings: &Settings, patience: Patience) -> Result<Vec<String>> {
    let site = Site { http, url: site };
    site.awake(patience).await?;
    let checks = [
        site.page().await,
        site.config(settings).await,
        site.refuses_users().await,
        site.refuses_agents().await,
        site.knows_no_such_webhook().await,
        site.refuses_streams().await,
        site.refuses_sockets().await,
        site.answers_only_its_own_origin().await,
    ];
    let mut seen = vec!["/api/health answers".to_owned()];
    let mut wrong = Vec::new();
    for check in checks {
        match check {
            Ok(line) => seen.push(line),
            Err(error) => wrong.push(format!("{error:#}")),
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(seen)
}

struct Site<'a> {
    http: &'a Client,
    url: &'a str,
}

impl Site<'_> {
    async fn awake(&self, patience: Patience) -> Result<()> {
        let began = Instant::now();
        loop {
            let answer = self.answer(self.get("/api/health")).await;
            let found = match answer {
                Ok(response) if response.status() == 200 => return Ok(()),
                Ok(response) => format!("answered {}", response.status()),
                Err(error) => format!("{error:#}"),
            };
            ensure!(
                began.elapsed() < patience.at_most,
                "{}/api/health: {found}. A function that does not start says why in its log group; a DNS record that is missing \
                 points your domain to the distribution (output DistributionDomain)",
                self.url
            );
            tokio::time::sleep(patience.between).await;
        }
    }

    async fn page(&self) -> Result<String> {
        let response = self.answer(self.get("/")).await?;
        expect(&response, "/", &[200])?;
        let policy = response.headers().get(CONTENT_SECURITY_POLICY);
        ensure!(
            policy.is_some(),
            "/ has no Content-Security-Policy; is it the distribution that answers?"
        );
        let page = response.text().await?;
        ensure!(
            page.to_lowercase().contains("<html"),
            "/ is no page; was the dashboard uploaded?"
        );
        Ok("/ is the dashboard, with its content policy".to_owned())
    }

    async fn config(&self, settings: &Settings) -> Result<String> {
        let response = self.answer(self.get("/config.json")).await?;
        expect(&response, "/config.json", &[200])?;
        let config: Value = response.json().await.context("/config.json is no JSON")?;
        ensure!(
            config["supabase_url"] == settings.supabase_url() && config["anon_key"] == settings.anon_key.as_str(),
            "/config.json is not what was uploaded; look at its cache behaviour in the distribution"
        );
        Ok("/config.json is what was uploaded".to_owned())
    }

    async fn refuses_users(&self) -> Result<String> {
        let response = self.answer(self.get("/api/auth/me")).await?;
        expect(&response, "/api/auth/me without a token", &[401])?;
        Ok("a user without a token is refused".to_owned())
    }

    async fn refuses_agents(&self) -> Result<String> {
        let path = format!("/api/agents/{}/jobs/next", Uuid::new_v4());
        let key = format!("fxa_{:.8}_{}", secret::random()?, secret::random()?);
        let response = self.answer(self.get(&path).header("x-agent-key", key)).await?;
        // The way to the database is proven by this: only it knows that there is no such key.
        expect(&response, "an agent with an invented key", &[401])?;
        Ok("an agent with an invented key is refused, and the database was asked".to_owned())
    }

    async fn knows_no_such_webhook(&self) -> Result<String> {
        let path = format!("/api/webhooks/tv/{}", secret::random()?);
        let post = self.request(Method::POST, &path).body("smoke test");
        expect(
            &self.answer(post).await?,
            "an alert to an address that nobody was given",
            &[404],
        )?;
        Ok("an alert with an invented secret is not found".to_owned())
    }

    async fn refuses_streams(&self) -> Result<String> {
        let path = format!("/stream/ea/projects/{}/generate", Uuid::new_v4());
        let post = self
            .request(Method::POST, &path)
            .header("content-type", "application/json");
        expect(&self.answer(post.body("{}")).await?, "/stream without a token", &[401])?;
        Ok("/stream without a token is refused".to_owned())
    }

    async fn refuses_sockets(&self) -> Result<String> {
        let upgrade = self
            .get("/socket")
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            // The key of RFC 6455's example; any will do.
            .header(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
        expect(&self.answer(upgrade).await?, "/socket without a ticket", &[401, 403])?;
        Ok("/socket without a ticket is refused".to_owned())
    }

    async fn answers_only_its_own_origin(&self) -> Result<String> {
        for (origin, allowed) in [(self.url, true), (STRANGER, false)] {
            let preflight = self
                .request(Method::OPTIONS, "/api/settings")
                .header(ORIGIN, origin)
                .header(ACCESS_CONTROL_REQUEST_METHOD, "GET");
            let response = self.answer(preflight).await?;
            let header = header(&response, &ACCESS_CONTROL_ALLOW_ORIGIN);
            ensure!(
                (header.as_deref() == Some(origin)) == allowed && header.as_deref() != Some("*"),
                "a page of {origin} {} call the API: Access-Control-Allow-Origin is {header:?}; look at DashboardOrigin",
                if allowed { "may not" } else { "may" }
            );
        }
        Ok("pages of other origins may not call the API".to_owned())
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .timeout(Duration::from_secs(30))
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response> {
        request
            .send()
            .await
            .with_context(|| format!("{} does not answer", self.url))
    }
}

fn expect(response: &Response, what: &str, statuses: &[u16]) -> Result<()> {
    let found = response.status().as_u16();
    ensure!(
        statuses.contains(&found),
        "{what}: answered {found}, expected {statuses:?}"
    );
    Ok(())
}

fn header(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}
