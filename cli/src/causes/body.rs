//! Bodies that something on the way has changed, found by undoing what usually happens to them.

use bytes::Bytes;
use http::Request;
use serde::de::IgnoredAny;

use super::json_text::{Layout, Letters, rewrite};
use crate::judge::Terms;

/// Tries what a framework on the way may have made this body of.
pub(super) async fn changed(terms: &Terms, request: &Request<Bytes>) -> Vec<String> {
    let mut tries = edges(request.body());
    tries.extend(spellings(request.body()));
    tries.extend(line_ends(request.body()));
    tries.extend(form(request));
    let mut found: Vec<String> = Vec::new();
    for (cause, bytes) in tries {
        if bytes == *request.body() || found.contains(&cause) {
            continue;
        }
        let original = request.clone().map(|_| Bytes::from(bytes));
        if terms.proves(original).await {
            found.push(cause);
        }
    }
    found
}

type Try = (String, Vec<u8>);

fn edges(body: &[u8]) -> Vec<Try> {
    let mut tries: Vec<Try> = Vec::new();
    if let Some(bare) = body.strip_suffix(b"\n") {
        tries.push(("a newline was added at the body's end".into(), bare.to_vec()));
        if let Some(bare) = bare.strip_suffix(b"\r") {
            tries.push(("a line break was added at the body's end".into(), bare.to_vec()));
        }
    }
    for end in ["\n", "\r\n"] {
        let whole = [body, end.as_bytes()].concat();
        tries.push(("the newline at the body's end was lost".into(), whole));
    }
    if let Some(bare) = body.strip_prefix(b"\xef\xbb\xbf") {
        tries.push(("a byte order mark was put before the body".into(), bare.to_vec()));
    }
    tries
}

/// The document as each of the usual writers would have sent it.
fn spellings(body: &[u8]) -> Vec<Try> {
    let Ok(text) = str::from_utf8(body) else {
        return Vec::new();
    };
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Vec::new();
    }
    let mut tries = Vec::new();
    for (letters, spelt) in Letters::ALL {
        for (layout, laid_out) in Layout::ALL {
            let document = rewrite(text, layout, letters);
            let cause = format!(
                "the body was parsed and written anew: verify the bytes as they came (they were JSON {laid_out}{spelt})"
            );
            tries.push((cause.clone(), format!("{document}\n").into_bytes()));
            tries.push((cause, document.into_bytes()));
        }
    }
    tries
}

fn line_ends(body: &[u8]) -> Vec<Try> {
    let Ok(text) = str::from_utf8(body) else {
        return Vec::new();
    };
    let plain = text.replace("\r\n", "\n");
    let tries = [plain.replace('\n', "\r\n"), plain];
    tries
        .map(|text| ("line ends were changed".to_owned(), text.into_bytes()))
        .into()
}

/// A form whose spaces were written anew.
fn form(request: &Request<Bytes>) -> Vec<Try> {
    let kind = request.headers().get(http::header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let Some(text) = str::from_utf8(request.body()).ok().filter(|_| is_form) else {
        return Vec::new();
    };
    let tries = [text.replace("%20", "+"), text.replace('+', "%20")];
    let cause = "the form was parsed and written anew: verify the bytes as they came";
    tries.map(|text| (cause.to_owned(), text.into_bytes())).into()
}
