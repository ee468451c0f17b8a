//! Signing as a sender with a rule of its own does, for tests.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};

use crate::error::BoxError;
use crate::provider::keys::Keys;
use crate::signature::encoding::Encoding;
use crate::signature::hmac::MacKey;

/// The MAC over these pieces by one key, as text.
pub(super) fn mac(key: &MacKey, pieces: &[&[u8]], encoding: Encoding) -> String {
    let mut mac = key.start();
    pieces.iter().for_each(|piece| mac.update(piece));
    encoding.encode(mac.finish().as_bytes())
}

/// The same by the last key: a sender with room for one signature has already changed to it.
pub(super) fn last(keys: &Keys, pieces: &[&[u8]], encoding: Encoding) -> String {
    keys.macs()
        .last()
        .map(|key| mac(key, pieces, encoding))
        .unwrap_or_default()
}

/// Puts a header into the request.
pub(super) fn put(request: &mut Request<Bytes>, name: &'static str, value: &str) -> Result<(), BoxError> {
    let value = HeaderValue::from_str(value)?;
    request.headers_mut().insert(HeaderName::from_static(name), value);
    Ok(())
}
