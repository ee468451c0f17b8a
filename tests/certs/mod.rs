//! Certificates made at test time, a source that serves them and counts, and an endpoint in front of which they are checked.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256};
use serde_json::Value;
use tower::{Layer, ServiceExt, service_fn};
use tower_webhook::key_source::{KeySource, KeyUrl};
use tower_webhook::{BoxError, Rejection, Secret, UnsignedBody, Verified, VerifyLayer};

/// A key, and a certificate for it that counts from 2020 to 2040.
pub(crate) struct Identity {
    pub(crate) secret: Secret,
    pub(crate) pem: String,
}

impl Identity {
    /// Issued to this name.
    pub(crate) fn of(name: &str) -> Self {
        Self::with(name, |_| {})
    }

    pub(crate) fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        Self::by(&key, name, change)
    }

    /// A certificate for this key.
    pub(crate) fn by(key: &KeyPair, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2040, 1, 1);
        change(&mut params);
        Self {
            secret: Secret::from_bytes(key.serialize_der()).unwrap(),
            pem: params.self_signed(key).unwrap().pem(),
        }
    }
}

/// Serves documents by their URL and counts how often it is asked.
#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Inner>);

#[derive(Default)]
struct Inner {
    documents: Mutex<HashMap<String, String>>,
    asked: Mutex<Vec<String>>,
    hang: AtomicUsize,
}

impl Shelf {
    pub(crate) fn with(url: &str, document: &str) -> Self {
        let shelf = Self::default();
        shelf.put(url, document);
        shelf
    }

    pub(crate) fn put(&self, url: &str, document: &str) {
        let mut documents = self.0.documents.lock().unwrap();
        documents.insert(url.into(), document.into());
    }

    /// Answers nobody any more.
    pub(crate) fn hang(&self) {
        self.0.hang.store(1, Ordering::SeqCst);
    }

    /// The URLs that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.asked.lock().unwrap().clone()
    }
}

impl KeySource for Shelf {
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, BoxError> {
        self.0.asked.lock().unwrap().push(url.as_str().into());
        if self.0.hang.load(Ordering::SeqCst) == 1 {
            std::future::pending::<()>().await;
        }
        let documents = self.0.documents.lock().unwrap();
        let found = documents.get(url.as_str()).ok_or("there is no such document")?;
        Ok(found.clone().into())
    }
}

/// What became of a request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StatusCode,
    pub(crate) reason: Option<&'static str>,
    /// What the handler was given, where it was called.
    pub(crate) verified: Option<Verified>,
    pub(crate) unsigned: Option<UnsignedBody>,
}

impl Outcome {
    pub(crate) fn reached(&self) -> bool {
        self.verified.is_some() || self.unsigned.is_some()
    }

    /// Refused for this reason, as everybody is who is not proven: 401, and no handler was called.
    pub(crate) fn is_refused_for(&self, reason: &str) -> bool {
        self.status == StatusCode::UNAUTHORIZED && self.reason == Some(reason) && !self.reached()
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED && !self.reached()
    }
}

/// Sends the request through the layer.
pub(crate) async fn deliver(layer: &VerifyLayer, request: Request<Bytes>) -> Outcome {
    let given = Arc::new(Mutex::new((None, None)));
    let noted = Arc::clone(&given);
    let service = service_fn(move |request: Request<Full<Bytes>>| {
        let found = (
            request.extensions().get::<Verified>().cloned(),
            request.extensions().get::<UnsignedBody>().cloned(),
        );
        *noted.lock().unwrap() = found;
        async { Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())) }
    });
    let response = layer
        .layer(service)
        .oneshot(request.map(Full::new))
        .await
        .unwrap();
    let rejection = response.extensions().get::<Rejection>().cloned();
    let (head, body) = response.into_parts();
    assert!(body.collect().await.unwrap().to_bytes().is_empty());
    let (verified, unsigned) = given.lock().unwrap().clone();
    Outcome {
        status: head.status,
        reason: rejection.map(|rejection| rejection.reason().code()),
        verified,
        unsigned,
    }
}

/// A copy of a request, which has no `Clone` of its own with its extensions.
pub(crate) fn copy(request: &Request<Bytes>) -> Request<Bytes> {
    let mut copy = Request::new(request.body().clone());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

pub(crate) fn unix(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The published vectors of this sender, out of the collection beside the checkout.
pub(crate) fn vectors(provider: &str) -> Vec<Value> {
    shared("vectors.json", |document| document.clone(), provider)
}

/// The cases of the peers' own suites.
pub(crate) fn peer_cases(provider: &str) -> Vec<Value> {
    shared("peer-cases.json", |document| document["cases"].clone(), provider)
}

fn shared(file: &str, list: impl Fn(&Value) -> Value, provider: &str) -> Vec<Value> {
    let path = format!("{}/../shared/{file}", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = fs::read(&path) else {
        eprintln!("MISSING: {path}; the vectors of {provider} were not checked");
        return Vec::new();
    };
    let document: Value = serde_json::from_slice(&text).unwrap();
    let all = list(&document).as_array().unwrap().clone();
    all.into_iter()
        .filter(|one| one["provider"] == provider)
        .collect()
}

/// The request that a vector describes.
pub(crate) fn request_of(vector: &Value) -> Request<Bytes> {
    let mut request = Request::post(vector["url"].as_str().unwrap_or("/"));
    if let Some(headers) = vector["headers"].as_object() {
        for (name, value) in headers {
            request = request.header(name, value.as_str().unwrap());
        }
    }
    let body = vector["body_utf8"].as_str().unwrap();
    request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}
