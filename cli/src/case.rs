//! A captured request with what is needed to judge it.

use std::error::Error;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use serde::Deserialize;

use crate::judge::{Terms, Verdict};

/// A request as JSON: a line of a batch, or what `check` is given with arguments that say the rest.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) secrets: Option<Vec<String>>,
    pub(crate) secret_kind: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    pub(crate) url: Option<String>,
    headers: Option<Vec<(String, Text)>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    body_base64: Option<String>,
    now_unix: Option<u64>,
    now_ms: Option<u64>,
    pub(crate) tolerance_s: Option<u64>,
}

/// A header's value: text, or bytes that are no UTF-8.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Bytes { base64: String },
}

impl Case {
    /// The case in this line of a batch, where nothing else says what is missing.
    pub(crate) fn of_line(line: &[u8]) -> Result<Self, String> {
        let case: Self = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let needed = [
            ("id", case.id.is_some()),
            ("provider", case.provider.is_some()),
            ("secrets", case.secrets.is_some()),
            ("now_unix", case.now_unix.is_some() || case.now_ms.is_some()),
        ];
        match needed.iter().find(|(_, is_there)| !is_there) {
            Some((field, _)) => Err(format!("missing field `{field}`")),
            None => Ok(case),
        }
    }

    /// A lone case, where arguments may say the rest. Without headers it is no request, but somebody's body.
    pub(crate) fn lone(text: &[u8]) -> Result<Self, String> {
        let case: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        match case.headers {
            Some(_) => Ok(case),
            None => Err("missing field `headers`".into()),
        }
    }

    /// What the case is judged by.
    pub(crate) fn terms(&self) -> Result<Terms, Box<Verdict>> {
        let terms = Terms::new(
            self.provider.as_deref().unwrap_or_default(),
            self.secrets.as_deref().unwrap_or_default(),
            self.secret_kind.as_deref(),
            self.now(),
        )?;
        Ok(terms.tolerance(self.tolerance_s).url(self.url.clone()))
    }

    /// The time at which the request arrived; now, where that is not said.
    fn now(&self) -> SystemTime {
        let seconds = self.now_unix.map(Duration::from_secs);
        match self.now_ms.map(Duration::from_millis).or(seconds) {
            Some(since) => SystemTime::UNIX_EPOCH
                .checked_add(since)
                .unwrap_or(SystemTime::UNIX_EPOCH),
            None => SystemTime::now(),
        }
    }

    /// Says that the request arrived at this time.
    pub(crate) fn arrived_at(&mut self, unix: u64) {
        (self.now_unix, self.now_ms) = (Some(unix), None);
    }

    /// The request as a server would have got it.
    pub(crate) fn request(&self) -> Result<Request<Bytes>, Box<dyn Error>> {
        let body = match (&self.body, &self.body_base64) {
            (_, Some(text)) => STANDARD.decode(text)?,
            (Some(text), None) => text.as_bytes().to_vec(),
            (None, None) => Vec::new(),
        };
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::from_bytes(self.method.as_deref().unwrap_or("POST").as_bytes())?;
        *request.uri_mut() = self.url.as_deref().unwrap_or("/").parse()?;
        for (name, value) in self.headers.iter().flatten() {
            let bytes = match value {
                Text::Plain(text) => text.as_bytes().to_vec(),
                Text::Bytes { base64 } => STANDARD.decode(base64)?,
            };
            let name = HeaderName::from_bytes(name.as_bytes())?;
            request
                .headers_mut()
                .append(name, HeaderValue::from_bytes(&bytes)?);
        }
        Ok(request)
    }
}

/// Reads a raw HTTP/1.1 request: a head, an empty line, a body.
pub(crate) fn raw_request(bytes: &[u8]) -> Result<Request<Bytes>, Box<dyn Error>> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes)? else {
        return Err("the request's head doesn't end: an empty line must stand before the body".into());
    };
    let mut request = Request::new(Bytes::copy_from_slice(&bytes[length..]));
    *request.method_mut() = Method::from_bytes(head.method.unwrap_or("POST").as_bytes())?;
    *request.uri_mut() = head.path.unwrap_or("/").parse()?;
    for header in head.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes())?;
        request
            .headers_mut()
            .append(name, HeaderValue::from_bytes(header.value)?);
    }
    Ok(request)
}
