//! A request of the shared case files, and the layer of the sender that it is said to come from.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::Provider;
use tower_webhook::provider::senders::{
    ADYEN_PLATFORM, Adyen, BoxWebhooks, Braintree, Contentful, HubSpot, Mailgun, Mandrill, Twilio,
};
use tower_webhook::testing::ManualClock;
use tower_webhook::{ConfigError, Reason, Rejection, Secret, Secrets, VerifyLayer};

use crate::shared;

/// A request, with everything that its receiver must know.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    pub provider: String,
    pub scheme: String,
    pub secrets: Vec<String>,
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub now: u64,
    pub tolerance: Option<u64>,
    /// What it must be answered with; the file says no more than this.
    pub expected: Expected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Accept,
    Challenge,
    Reject,
    /// The suites are not of one mind.
    Contested,
}

/// The cases in a shared file whose sender is one of these; none where the file is missing.
pub fn known(file: &str, providers: &[&str]) -> Option<Vec<Case>> {
    let document = shared::read(file)?;
    let list = document["cases"]
        .as_array()
        .or_else(|| document.as_array())
        .unwrap();
    let is_theirs = |case: &&Value| providers.contains(&case["provider"].as_str().unwrap());
    Some(list.iter().filter(is_theirs).map(Case::read).collect())
}

impl Case {
    fn read(case: &Value) -> Self {
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let headers = match &case["headers"] {
            Value::Array(list) => list
                .iter()
                .map(|pair| (string(&pair[0]), string(&pair[1])))
                .collect(),
            Value::Object(map) => map
                .iter()
                .map(|(name, value)| (name.clone(), string(value)))
                .collect(),
            _ => Vec::new(),
        };
        let body = case["body_utf8"].as_str().or_else(|| case["body"].as_str());
        let secrets = match &case["secrets"] {
            Value::Array(list) => list.iter().map(string).collect(),
            _ => [&case["secret"], &case["secret_secondary"]]
                .into_iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        };
        let expected = match (case["tier"].as_str(), case["expect"].as_str().unwrap()) {
            (Some("contested"), _) => Expected::Contested,
            (_, "ok" | "accept") => Expected::Accept,
            (_, "challenge") => Expected::Challenge,
            _ => Expected::Reject,
        };
        let body = body.unwrap_or_default();
        Self {
            id: text("id"),
            provider: text("provider"),
            scheme: text("scheme"),
            secrets,
            method: text("method"),
            url: text("url"),
            now: case["now"]
                .as_u64()
                .or_else(|| case["now_unix"].as_u64())
                .unwrap_or_else(|| stated(body)),
            headers,
            body: body.as_bytes().to_vec(),
            tolerance: case["tolerance_s"].as_u64().filter(|seconds| *seconds > 0),
            expected,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn secrets(&self) -> Secrets {
        let mut each = self
            .secrets
            .iter()
            .map(|text| Secret::new(text.as_str()).unwrap());
        let first = Secrets::from(each.next().unwrap());
        each.fold(first, |secrets, secret| secrets.and_secret(secret).unwrap())
    }

    /// The public URL as an application is told to give it, and the query that the request brings.
    fn url_and_query(&self) -> (&str, &str) {
        self.url.split_once('?').unwrap_or((&self.url, ""))
    }

    /// The layer that its receiver has.
    pub fn layer(&self) -> Result<VerifyLayer, ConfigError> {
        let (url, _) = self.url_and_query();
        let secrets = self.secrets();
        let layer = match self.provider.as_str() {
            "twilio" => VerifyLayer::new(Twilio::new(secrets).public_url(url)),
            "mandrill" => VerifyLayer::new(Mandrill::new(secrets).public_url(url)),
            "hubspot" => VerifyLayer::new(match self.scheme.as_str() {
                "hubspot-v1" => HubSpot::v1(secrets),
                "hubspot-v2" => HubSpot::v2(secrets).public_url(url),
                _ => HubSpot::new(secrets).public_url(url),
            }),
            "contentful" => {
                let sender = Contentful::new(secrets).public_url(url);
                VerifyLayer::new(match self.tolerance {
                    Some(seconds) => sender.tolerance(Duration::from_secs(seconds)),
                    None => sender,
                })
            }
            "box" => VerifyLayer::new(BoxWebhooks::new(secrets)),
            "adyen" if self.header("HmacSignature").is_some() => {
                VerifyLayer::new(ADYEN_PLATFORM.with(secrets))
            }
            "adyen" => VerifyLayer::new(Adyen::new(secrets)),
            "braintree" => VerifyLayer::new(Braintree::new("integration_public_key", secrets)),
            "mailgun" => VerifyLayer::new(Mailgun::new(secrets)),
            other => panic!("{}: no sender is called {other}", self.id),
        };
        Ok(layer?.clock(ManualClock::at_unix(self.now)))
    }

    /// The request; none where HTTP knows no such.
    pub fn request(&self) -> Option<Request<Full<Bytes>>> {
        let (url, query) = self.url_and_query();
        let origin = url.find("://").map_or(0, |at| at + 3);
        let path = url[origin..].find('/').map_or("/", |at| &url[origin + at..]);
        let target = if self.url.contains('?') {
            format!("{path}?{query}")
        } else {
            path.to_owned()
        };
        let mut request = Request::new(Full::new(self.body.clone().into()));
        *request.method_mut() = self.method.parse().ok()?;
        *request.uri_mut() = target.parse().ok()?;
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let latin1 = value.chars().map(u32::from).map(u8::try_from);
            let value = latin1.collect::<Result<Vec<_>, _>>().ok()?;
            request
                .headers_mut()
                .append(name, HeaderValue::from_bytes(&value).ok()?);
        }
        Some(request)
    }

    /// What comes of it: 204 is the handler's answer.
    pub async fn outcome(&self) -> Outcome {
        let Some(request) = self.request() else {
            return Outcome::default();
        };
        match self.layer() {
            Ok(layer) => send(layer, request).await,
            Err(_) => Outcome::default(),
        }
    }

    pub async fn is_accepted(&self) -> bool {
        self.outcome().await.status == 204
    }
}

#[derive(Debug, Default)]
pub struct Outcome {
    /// 0 for a request or a receiver that can't be.
    pub status: u16,
    pub reason: Option<Reason>,
    pub body: Bytes,
}

pub async fn send(layer: VerifyLayer, request: Request<Full<Bytes>>) -> Outcome {
    let handler = service_fn(async |_: Request<Full<Bytes>>| {
        let mut response = http::Response::new(Full::<Bytes>::default());
        *response.status_mut() = http::StatusCode::NO_CONTENT;
        Ok::<_, std::convert::Infallible>(response)
    });
    let response = layer.layer(handler).oneshot(request).await.unwrap();
    Outcome {
        status: response.status().as_u16(),
        reason: response.extensions().get::<Rejection>().map(Rejection::reason),
        body: response.into_body().collect().await.unwrap().to_bytes(),
    }
}

/// A provider's layer at this time.
pub fn layer(provider: impl Provider, now: u64) -> VerifyLayer {
    VerifyLayer::new(provider)
        .unwrap()
        .clock(ManualClock::at_unix(now))
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Where a case has no time of its own it plays at the time that its body states.
fn stated(body: &str) -> u64 {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    let text = document["signature"]["timestamp"].as_str();
    text.and_then(|text| text.parse().ok()).unwrap_or(1_800_000_000)
}
