//! Keys that a delivery names by URL: who fetches them, from where, and how often.
//!
//! Some senders sign with a key pair and say in each delivery where its certificate can be fetched. Such a URL is an outsider's
//! word. This crate opens no connection: your [`KeySource`] fetches, and a [`KeyCache`] stands in front of it and decides
//! whether it is asked at all:
//!
//! - the URL must be `https`, its host one of an exact list ([`KeyHosts`]), its path plain: for any other nothing is fetched and
//!   the delivery is refused with 401;
//! - what was fetched is kept, a failure too, for a shorter time;
//! - one fetch runs for one URL at a time, whoever waits for it, and it ends although they hang up;
//! - few URLs that nobody has seen before are tried in a minute, and none of them displaces a key that is known; what your source
//!   [`knows`](KeySource::knows) needs no turn;
//! - a document that takes too long or is longer than [`MAX_DOCUMENT`] is none: the delivery is answered with 503, so that the
//!   sender tries again.
//!
//! **Your source must not follow redirects.** The host was checked for the URL that you are handed, not for where it leads. With
//! `reqwest`:
//!
//! ```text
//! struct Fetcher(reqwest::Client);
//!
//! impl Fetcher {
//!     fn new() -> reqwest::Result<Self> {
//!         let client = reqwest::Client::builder()
//!             .https_only(true)
//!             .redirect(reqwest::redirect::Policy::none())
//!             .connect_timeout(Duration::from_secs(2))
//!             .build()?;
//!         Ok(Self(client))
//!     }
//! }
//!
//! impl KeySource for Fetcher {
//!     async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, BoxError> {
//!         let mut response = self.0.get(url.as_str()).send().await?;
//!         if response.status() != 200 {
//!             return Err(format!("the key's host answered {}", response.status()).into());
//!         }
//!         let mut document = BytesMut::new();
//!         while let Some(piece) = response.chunk().await? {
//!             document.extend_from_slice(&piece);
//!             if document.len() > MAX_DOCUMENT {
//!                 return Err("the key's document is too long".into());
//!             }
//!         }
//!         Ok(document.freeze())
//!     }
//! }
//! ```
//!
//! Keys that your program has at hand need no network:
//!
//! ```
//! use bytes::Bytes;
//! use tower_webhook::BoxError;
//! use tower_webhook::key_source::{KeySource, KeyUrl};
//!
//! struct Shipped;
//!
//! impl KeySource for Shipped {
//!     async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, BoxError> {
//!         match url.path() {
//!             "/keys/2026.pem" => Ok(Bytes::from_static(b"-----BEGIN CERTIFICATE-----")),
//!             _ => Err("no such key is shipped".into()),
//!         }
//!     }
//!
//!     fn knows(&self, url: &KeyUrl) -> bool {
//!         url.path() == "/keys/2026.pem"
//!     }
//! }
//! ```

mod cache;
mod error;
mod shelf;
#[cfg(test)]
mod tests;
mod url;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::BoxError;

pub use cache::KeyCache;
pub use error::{KeyError, KeyErrorKind};
pub use url::{KeyHosts, KeyUrl};

/// Fetches documents that hold keys: certificates in PEM, JWK sets. See the [module docs](self) for one with an HTTP client.
pub trait KeySource: Send + Sync + 'static {
    /// The document at this URL, whose host has been found good. Follow no redirect, and stop reading at [`MAX_DOCUMENT`].
    ///
    /// # Errors
    ///
    /// Whatever keeps the document from being had: the delivery is then answered with 503, and the sender tries again.
    fn fetch(&self, url: &KeyUrl) -> impl Future<Output = Result<Bytes, BoxError>> + Send;

    /// Whether this URL's document is one that you have had before, or ship: it is then fetched at once, while a URL that nobody
    /// has seen waits for its turn. `false` unless you say otherwise.
    ///
    /// After a restart, or when the sender changes its key, an outsider who names one new URL after the other can take each turn
    /// from the genuine one; keep the URLs of good keys where a restart finds them, and answer from there. It is asked for each
    /// delivery, so it must not wait.
    fn knows(&self, _url: &KeyUrl) -> bool {
        false
    }
}

impl<S: KeySource> KeySource for Arc<S> {
    fn fetch(&self, url: &KeyUrl) -> impl Future<Output = Result<Bytes, BoxError>> + Send {
        S::fetch(self, url)
    }

    fn knows(&self, url: &KeyUrl) -> bool {
        S::knows(self, url)
    }
}

/// The longest document that is taken, in bytes: a certificate chain has about 8 KiB, a JWK set less.
pub const MAX_DOCUMENT: usize = 64 * 1024;

type Fetch<'a> = Pin<Box<dyn Future<Output = Result<Bytes, BoxError>> + Send + 'a>>;

/// A [`KeySource`] without its type.
trait ErasedKeySource: Send + Sync {
    fn fetch<'a>(&'a self, url: &'a KeyUrl) -> Fetch<'a>;
    fn knows(&self, url: &KeyUrl) -> bool;
}

impl<S: KeySource> ErasedKeySource for S {
    fn fetch<'a>(&'a self, url: &'a KeyUrl) -> Fetch<'a> {
        Box::pin(KeySource::fetch(self, url))
    }

    fn knows(&self, url: &KeyUrl) -> bool {
        KeySource::knows(self, url)
    }
}
