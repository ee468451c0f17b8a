//! The verdict on a request, by the same layer that a server uses.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use serde::Serialize;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::{Scheme, senders};
use tower_webhook::testing::ManualClock;
use tower_webhook::{ConfigError, ConfigErrorKind, Rejection, Secret, Secrets, Verified, VerifyLayer};

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    pub(crate) id: String,
    pub(crate) verdict: &'static str,
    pub(crate) reason: String,
    pub(crate) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event_id_signed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip)]
    pub(crate) advice: Option<String>,
}

/// What a request is judged by.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) scheme: Scheme,
    pub(crate) secrets: Secrets,
    pub(crate) now: SystemTime,
    pub(crate) tolerance: Option<Duration>,
}

impl Terms {
    pub(crate) fn new(
        provider: &str,
        secrets: &[String],
        kind: Option<&str>,
        now: SystemTime,
        tolerance: Option<Duration>,
    ) -> Result<Self, Box<Verdict>> {
        let Some(scheme) = senders::by_name(provider) else {
            return Err(Box::new(Verdict::plain("config_error", "unknown_provider", 500)));
        };
        let secrets = secrets_of(secrets, kind).map_err(|error| Box::new(Verdict::config_error(&error)))?;
        Ok(Self {
            scheme: *scheme,
            secrets,
            now,
            tolerance,
        })
    }

    /// Sends the request through the layer.
    pub(crate) async fn judge(&self, request: Request<Bytes>) -> Verdict {
        match self.layer() {
            Ok(layer) => judge(layer, request).await,
            Err(error) => Verdict::config_error(&error),
        }
    }

    fn layer(&self) -> Result<VerifyLayer, ConfigError> {
        let sender = self.scheme.with(self.secrets.clone());
        let sender = match self.tolerance {
            Some(tolerance) => sender.tolerance(tolerance),
            None => sender,
        };
        VerifyLayer::new(sender)?
            .clock(ManualClock::at(self.now))
            .limit(BODY_LIMIT)
    }
}

async fn judge(layer: VerifyLayer, request: Request<Bytes>) -> Verdict {
    let passed = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&passed);
    let handler = service_fn(move |request: Request<Full<Bytes>>| {
        *seen.lock().unwrap_or_else(PoisonError::into_inner) =
            request.extensions().get::<Verified>().cloned();
        std::future::ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let Ok(response) = layer.layer(handler).oneshot(request.map(Full::new)).await;
    let status = response.status().as_u16();
    let proof = passed.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (proof, response.extensions().get::<Rejection>()) {
        (Some(proof), _) => Verdict {
            key_index: Some(proof.secret_index()),
            event_id: proof.id().map(|id| (*id.value()).to_owned()),
            event_id_signed: proof.id().map(|id| id.is_signed()),
            kind: proof.kind().map(|kind| (*kind.value()).to_owned()),
            ..Verdict::plain("accept", "ok", status)
        },
        (None, Some(rejection)) => Verdict::plain("reject", rejection.reason().code(), status),
        (None, None) => Verdict::plain("handshake", "handshake", status),
    }
}

impl Verdict {
    pub(crate) fn plain(verdict: &'static str, reason: &str, status: u16) -> Self {
        Self {
            id: String::new(),
            verdict,
            reason: reason.into(),
            status,
            key_index: None,
            event_id: None,
            event_id_signed: None,
            kind: None,
            advice: None,
        }
    }

    pub(crate) fn config_error(error: &ConfigError) -> Self {
        let reason = match error.kind() {
            ConfigErrorKind::EmptySecret => "empty_secret",
            ConfigErrorKind::WrappedSecret => "wrapped_secret",
            ConfigErrorKind::UndecodableSecret => "undecodable_secret",
            ConfigErrorKind::TooManySecrets => "too_many_secrets",
            ConfigErrorKind::DuplicateSecret => "duplicate_secret",
            ConfigErrorKind::Tolerance => "tolerance",
            _ => "config_error",
        };
        Self {
            advice: Some(error.to_string()),
            ..Self::plain("config_error", reason, 500)
        }
    }
}

/// The secrets, read as their kind says; as the sender's own kind where it says nothing.
fn secrets_of(texts: &[String], kind: Option<&str>) -> Result<Secrets, ConfigError> {
    let unreadable = |what| {
        ConfigError::new(
            ConfigErrorKind::UndecodableSecret,
            format!("the secret is not {what}"),
        )
    };
    let read = |text: &String| match kind {
        Some("hex") => Secret::from_bytes(hex::decode(text).map_err(|_| unreadable("hexadecimal"))?),
        Some("base64") => Secret::from_bytes(STANDARD.decode(text).map_err(|_| unreadable("Base64"))?),
        Some("token" | "basic" | "ed25519-public-hex" | "p256-spki-base64" | "pem" | "whpk") => {
            Err(unreadable("one that this sender's HMAC takes"))
        }
        _ => Secret::new(text.clone()),
    };
    let mut secrets: Option<Secrets> = None;
    for text in texts {
        let secret = read(text)?;
        secrets = Some(match secrets.take() {
            Some(others) => others.and_secret(secret)?,
            None => secret.into(),
        });
    }
    secrets.ok_or_else(|| {
        ConfigError::new(
            ConfigErrorKind::EmptySecret,
            "no secret is given; give one or more",
        )
    })
}

const BODY_LIMIT: usize = 32 * 1024 * 1024;
