//! The verdict on a request, by the same layer that a server uses.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Extensions, Request, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::provider::{Scheme, senders};
use tower_webhook::testing::ManualClock;
use tower_webhook::{
    Binding, ConfigError, ConfigErrorKind, Rejection, Secret, Secrets, Stated, UnsignedBody, Verified,
    VerifyLayer,
};

use crate::causes::NO_SECRET;
use crate::sender;

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
    #[serde(skip)]
    pub(crate) binding: Option<Binding>,
}

/// What a request is judged by.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) scheme: Scheme,
    pub(crate) secrets: Secrets,
    /// Whether no secret was given: some handshakes need none.
    pub(crate) unset: bool,
    pub(crate) kind: Option<String>,
    pub(crate) now: SystemTime,
    pub(crate) tolerance: Option<Duration>,
    pub(crate) url: Option<String>,
}

impl Terms {
    /// The terms of this sender with these secrets, as they stand now; nothing is known of time and URL yet.
    pub(crate) fn new(
        provider: &str,
        secrets: &[String],
        kind: Option<&str>,
        now: SystemTime,
    ) -> Result<Self, Box<Verdict>> {
        let Some(scheme) = senders::by_name(provider) else {
            return Err(Box::new(Verdict {
                advice: Some(format!(
                    "there is no sender `{provider}`; `webhook providers` lists them"
                )),
                ..Verdict::plain("config_error", "unknown_provider", 500)
            }));
        };
        let unset = secrets.is_empty();
        let secrets = match unset {
            true => Ok(Secret::new(UNSET).expect("the text is not empty").into()),
            false => secrets_of(secrets, kind),
        };
        let secrets = secrets.map_err(|error| Box::new(Verdict::config_error(&error)))?;
        Ok(Self {
            scheme: *scheme,
            secrets,
            unset,
            kind: kind.map(str::to_owned),
            now,
            tolerance: None,
            url: None,
        })
    }

    /// With this tolerance in seconds, where there is one.
    pub(crate) fn tolerance(mut self, seconds: Option<u64>) -> Self {
        self.tolerance = seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        self
    }

    /// With the URL that the sender was given.
    pub(crate) fn url(mut self, url: Option<String>) -> Self {
        self.url = url;
        self
    }

    /// Sends the request through the layer.
    pub(crate) async fn judge(&self, request: Request<Bytes>) -> Verdict {
        self.answer(request).await.0
    }

    /// Sends the request through the layer; what came of it, and what the sender is answered.
    pub(crate) async fn answer(&self, request: Request<Bytes>) -> (Verdict, Response<Full<Bytes>>) {
        match self.layer(&request) {
            Ok(layer) => answer(layer, request).await,
            Err(error) => {
                let mut response = Response::default();
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                let verdict = Verdict {
                    advice: Some(self.advice(&error)),
                    ..Verdict::config_error(&error)
                };
                (verdict, response)
            }
        }
    }

    /// Finds what is wrong with the terms before the first request.
    pub(crate) fn check(&self) -> Result<(), String> {
        let layer = self.layer(&Request::default());
        layer.map(drop).map_err(|error| self.advice(&error))
    }

    /// What to do about the error, in the words of the command line: the library's own name its methods.
    fn advice(&self, error: &ConfigError) -> String {
        match error.kind() {
            ConfigErrorKind::PublicUrl if self.url.is_none() => self.url_is_missing(),
            ConfigErrorKind::Scheme if self.url.is_none() && self.names_its_url() => self.url_is_missing(),
            _ if self.unset && SECRET_ERRORS.contains(&error.kind()) => NO_SECRET.to_owned(),
            _ => error.to_string(),
        }
    }

    /// Whether the sender's token names the endpoint's URL: its description doesn't say so.
    pub(crate) fn names_its_url(&self) -> bool {
        ["google_pubsub", "messagebird", "monday"].contains(&self.scheme.name())
    }

    /// How to say the URL that was not said.
    pub(crate) fn url_is_missing(&self) -> String {
        let name = self.scheme.name();
        format!("{name} signs the URL that it was given: say `--url URL`, exactly as it stands there")
    }

    /// The first secret's text, which may be a key in PEM.
    pub(crate) fn first_secret(&self) -> String {
        self.secret(0)
    }

    /// The text of the secret at this position; empty where there is none.
    pub(crate) fn secret(&self, position: usize) -> String {
        let secret = self.secrets.iter().nth(position);
        secret.map_or_else(String::new, |secret| {
            String::from_utf8_lossy(secret.expose()).into_owned()
        })
    }

    /// The token that a sender shows before its first delivery: the last secret that was given.
    pub(crate) fn verify_token(&self) -> Option<Secret> {
        self.secrets
            .iter()
            .last()
            .filter(|_| self.scheme.name() == "meta")
            .cloned()
    }

    fn layer(&self, request: &Request<Bytes>) -> Result<VerifyLayer, ConfigError> {
        let scheme = sender::scheme(self.scheme.name(), self.kind.as_deref(), request);
        let terms = Self {
            scheme: scheme.copied().unwrap_or(self.scheme),
            ..self.clone()
        };
        sender::layer(&terms, request)?
            .clock(ManualClock::at(self.now))
            .limit(BODY_LIMIT)
    }
}

async fn answer(layer: VerifyLayer, request: Request<Bytes>) -> (Verdict, Response<Full<Bytes>>) {
    let passed = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&passed);
    let handler = service_fn(move |request: Request<Full<Bytes>>| {
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = Passed::of(request.extensions());
        std::future::ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let Ok(response) = layer.layer(handler).oneshot(request.map(Full::new)).await;
    let status = response.status().as_u16();
    let passed = passed.lock().unwrap_or_else(PoisonError::into_inner).take();
    let verdict = match (passed, response.extensions().get::<Rejection>()) {
        (Some(passed), _) => Verdict {
            key_index: Some(passed.secret_index),
            event_id_signed: passed.id.as_ref().map(|(_, signed)| *signed),
            event_id: passed.id.map(|(id, _)| id),
            kind: passed.kind,
            binding: Some(passed.binding),
            ..Verdict::plain("accept", "ok", status)
        },
        (None, Some(rejection)) => Verdict::plain("reject", rejection.reason().code(), status),
        (None, None) => Verdict::plain("handshake", "handshake", status),
    };
    (verdict, response)
}

/// What the handler was shown.
struct Passed {
    secret_index: usize,
    id: Option<(String, bool)>,
    kind: Option<String>,
    binding: Binding,
}

impl Passed {
    fn of(extensions: &Extensions) -> Option<Self> {
        if let Some(proof) = extensions.get::<Verified>() {
            return Some(Self::new(
                proof.secret_index(),
                proof.id(),
                proof.kind(),
                proof.binding(),
            ));
        }
        let proof = extensions.get::<UnsignedBody>()?;
        Some(Self::new(
            proof.secret_index(),
            proof.id(),
            proof.kind(),
            proof.binding(),
        ))
    }

    fn new(
        secret_index: usize,
        id: Option<Stated<&str>>,
        kind: Option<Stated<&str>>,
        binding: Binding,
    ) -> Self {
        Self {
            secret_index,
            id: id.map(|id| ((*id.value()).to_owned(), id.is_signed())),
            kind: kind.map(|kind| (*kind.value()).to_owned()),
            binding,
        }
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
            binding: None,
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
        Some("pem") => Secret::new(text.trim()),
        // As the sender shows it: `utf8`, `whsec`, `token`, a public key's text.
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

/// What can be said at a prompt of how a secret is written; a case of a batch has more words for the sender's own way.
pub(crate) const SECRET_KINDS: [&str; 3] = ["hex", "base64", "pem"];
/// What the text that stands in for a secret can be wrong about.
const SECRET_ERRORS: [ConfigErrorKind; 2] =
    [ConfigErrorKind::EmptySecret, ConfigErrorKind::UndecodableSecret];
/// Bytes; more than any sender's.
pub(crate) const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// Stands in where no secret is given: nobody signs with it.
const UNSET: &str = "no secret was given to the command";
