//! Signing a delivery the way its sender does, and a clock that a test sets.
//!
//! The signer reads the same description as the verifier, so a test of yours goes through everything a real delivery goes
//! through:
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use tower_webhook::provider::STRIPE;
//! use tower_webhook::testing::{Delivery, ManualClock};
//! use tower_webhook::Secret;
//!
//! let clock = ManualClock::at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
//! let secret = Secret::new("whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH")?;
//! let request = Delivery::new(STRIPE, r#"{"id":"evt_1","object":"event","type":"invoice.paid"}"#)
//!     .at(clock.time())
//!     .sign(&secret)?;
//! assert!(request.headers()["stripe-signature"].to_str().unwrap().starts_with("t=1800000000,v1="));
//! # Ok::<(), tower_webhook::ConfigError>(())
//! ```

mod clock;
mod delivery;
#[cfg(feature = "jsonwebtoken")]
mod jwt;
#[cfg(all(feature = "aws-lc-rs", any(feature = "x509-cert", feature = "sfv")))]
mod key_pair;
mod keys;
#[cfg(feature = "sfv")]
mod message_signatures;
#[cfg(feature = "crc32fast")]
mod paypal;
#[cfg(feature = "x509-cert")]
mod sns;

use bytes::Bytes;
use http::Request;

use crate::error::{ConfigError, ConfigErrorKind};
use crate::provider::Provider;
use crate::provider::own::{Own, Rule};
use crate::secret::Secrets;

pub use clock::ManualClock;
pub use delivery::{Delivery, stated_time};
pub use keys::public_key;

/// A provider with code of its own that can also sign as its sender does: see [`Delivery::sign_as`].
pub trait Signs: Provider {
    /// The delivery as a request, signed with these secrets.
    ///
    /// # Errors
    ///
    /// When a secret is not in this sender's form, or a value can't stand in a header or a URL.
    fn sign(&self, delivery: &Delivery, secrets: &Secrets) -> Result<Request<Bytes>, ConfigError>;
}

impl<R: Rule> Signs for Own<R> {
    fn sign(&self, delivery: &Delivery, secrets: &Secrets) -> Result<Request<Bytes>, ConfigError> {
        let mut request = delivery.unsigned()?;
        Own::sign(self, secrets, delivery.time(), &mut request).map_err(|cause| {
            let advice = "the delivery can't be signed as this sender does; the cause says why";
            ConfigError::new(ConfigErrorKind::Scheme, advice).with_source(cause)
        })?;
        Ok(request)
    }
}
