//! Secrets: what a sender and its receiver share.
//!
//! A [`Secret`] is never empty, never printed and wiped when it is dropped. [`Secrets`] are several that all count, while
//! one replaces another. A [`SecretSource`] finds the secrets for each request: of a tenant, or those that were swapped
//! in a moment ago.

mod source;
mod tenants;

use std::any::Any;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::sync::{Arc, OnceLock};

use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::{ConfigError, ConfigErrorKind};

pub(crate) use source::ErasedSource;
pub use source::{ReloadableSecrets, SecretSource, Tenant};
pub use tenants::Tenants;
pub(crate) use tenants::trace;

/// How many secrets one endpoint tries at the most: each costs a MAC over the whole body.
pub const MAX_SECRETS: usize = 8;

/// A signing secret, as the sender's settings page shows it.
///
/// The sender's description knows whether the text itself is the key (GitHub, Stripe, Slack) or a Base64 form of it
/// (Standard Webhooks' `whsec_…`). `Debug` shows nothing of it, and its memory is wiped on drop; a copy that you keep
/// yourself is yours to wipe.
///
/// ```
/// use tower_webhook::Secret;
///
/// let secret = Secret::new("5ff0cd4a9c1e5b2d8f7a")?;
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    is_key: bool,
}

impl Secret {
    /// A secret from its text.
    ///
    /// # Errors
    ///
    /// When the text is empty, or when white space, quotes or a byte order mark surround it: such a text was copied or read
    /// wrongly (a file's last newline, say), and no delivery would ever verify.
    pub fn new(text: impl Into<String>) -> Result<Self, ConfigError> {
        let text = Zeroizing::new(text.into());
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err(ConfigError::new(
                ConfigErrorKind::EmptySecret,
                "the secret is empty; set it to the one that the sender shows for this endpoint",
            ));
        }
        if let Some(what) = wrapped_in(&text) {
            return Err(ConfigError::new(
                ConfigErrorKind::WrappedSecret,
                format!(
                    "the secret has {what} around it; pass the bare secret (is it read from a file or an env line?)"
                ),
            ));
        }
        Ok(Self {
            bytes: Zeroizing::new(text.as_bytes().to_vec()),
            is_key: false,
        })
    }

    /// The secret that an environment variable holds.
    ///
    /// ```
    /// use tower_webhook::{ConfigErrorKind, Secret};
    ///
    /// let error = Secret::from_env("NO_SUCH_WEBHOOK_SECRET").unwrap_err();
    /// assert_eq!(error.kind(), ConfigErrorKind::MissingSecret);
    /// assert!(error.to_string().contains("`NO_SUCH_WEBHOOK_SECRET`"));
    /// ```
    ///
    /// # Errors
    ///
    /// When the variable is not set or is no text, and as [`Secret::new`]. The error names the variable, never what is in it.
    pub fn from_env(name: &str) -> Result<Self, ConfigError> {
        Self::in_variable(name, env::var_os(name))
    }

    fn in_variable(name: &str, value: Option<OsString>) -> Result<Self, ConfigError> {
        let refused = |kind, advice: &str| {
            ConfigError::new(kind, format!("the environment variable `{name}`: {advice}"))
        };
        let value = value.ok_or_else(|| {
            refused(
                ConfigErrorKind::MissingSecret,
                "it is not set; set it to the secret that the sender shows for this endpoint",
            )
        })?;
        let text = value.into_string().map_err(|value| {
            drop(Zeroizing::new(value.into_encoded_bytes()));
            refused(
                ConfigErrorKind::UndecodableSecret,
                "it is no UTF-8; set it to the secret's text",
            )
        })?;
        Self::new(text).map_err(|error| refused(error.kind(), &error.to_string()))
    }

    /// A secret whose key is these very bytes, for a sender that shares raw bytes.
    ///
    /// # Errors
    ///
    /// When there are no bytes.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, ConfigError> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.is_empty() {
            return Err(ConfigError::new(
                ConfigErrorKind::EmptySecret,
                "the secret has no bytes; pass the sender's key",
            ));
        }
        Ok(Self { bytes, is_key: true })
    }

    /// The secret's bytes, for your own [`Provider`](crate::Provider). Don't log them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the bytes are the key itself, and not the text that a sender shows for it.
    pub(crate) fn is_key(&self) -> bool {
        self.is_key
    }

    fn same_as(&self, other: &Self) -> bool {
        self.bytes.ct_eq(&other.bytes).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

fn wrapped_in(text: &str) -> Option<&'static str> {
    if text.starts_with('\u{feff}') {
        Some("a byte order mark")
    } else if text.trim() != text {
        Some("white space")
    } else if text.len() > 1
        && ['"', '\'', '`']
            .iter()
            .any(|quote| text.starts_with(*quote) && text.ends_with(*quote))
    {
        Some("quotes")
    } else {
        None
    }
}

/// Secrets that all count: the new one and those it replaces, at most [`MAX_SECRETS`].
///
/// ```
/// use tower_webhook::Secrets;
///
/// let both = Secrets::new("the new secret of July")?.and("the old one of January")?;
/// assert_eq!(both.len(), 2);
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Secrets(Arc<Inner>);

struct Inner {
    list: Vec<Secret>,
    // What the signature room made of the list: made once, shared by every request.
    prepared: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Secrets {
    /// The one secret there is now.
    ///
    /// # Errors
    ///
    /// As [`Secret::new`].
    pub fn new(text: impl Into<String>) -> Result<Self, ConfigError> {
        Secret::new(text).map(Self::from)
    }

    /// These secrets and one more; the order is the order in which a match is reported.
    ///
    /// # Errors
    ///
    /// As [`Secret::new`]; and when the secret is there already, or would be one too many.
    pub fn and(self, text: impl Into<String>) -> Result<Self, ConfigError> {
        self.and_secret(Secret::new(text)?)
    }

    /// These secrets and one more that was made before.
    ///
    /// # Errors
    ///
    /// When the secret is there already, or would be one too many.
    pub fn and_secret(self, secret: Secret) -> Result<Self, ConfigError> {
        if self.0.list.iter().any(|known| known.same_as(&secret)) {
            return Err(ConfigError::new(
                ConfigErrorKind::DuplicateSecret,
                "the same secret is given twice; give the new one and the one that it replaces",
            ));
        }
        if self.len() == MAX_SECRETS {
            return Err(ConfigError::new(
                ConfigErrorKind::TooManySecrets,
                format!(
                    "an endpoint tries at most {MAX_SECRETS} secrets; retire the old ones, or look up a tenant's own"
                ),
            ));
        }
        let mut list = self.0.list.clone();
        list.push(secret);
        Ok(Self(Arc::new(Inner {
            list,
            prepared: OnceLock::new(),
        })))
    }

    /// How many there are; never zero.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a set of secrets is never empty")]
    pub fn len(&self) -> usize {
        self.0.list.len()
    }

    /// The secrets in order.
    pub fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.list.iter()
    }

    pub(crate) fn prepared(&self) -> &OnceLock<Arc<dyn Any + Send + Sync>> {
        &self.0.prepared
    }
}

impl From<Secret> for Secrets {
    fn from(secret: Secret) -> Self {
        Self(Arc::new(Inner {
            list: vec![secret],
            prepared: OnceLock::new(),
        }))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} of them)", self.len())
    }
}

/// Senders show their secrets with and without padding.
pub(crate) const KEY_TEXT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(value: Option<&str>) -> ConfigError {
        Secret::in_variable("HOOK_SECRET", value.map(OsString::from)).expect_err("no secret")
    }

    #[test]
    fn what_is_wrong_with_a_variable_is_said_with_its_name() {
        let cases = [
            (None, ConfigErrorKind::MissingSecret),
            (Some(""), ConfigErrorKind::EmptySecret),
            (Some("5ff0cd4a9c1e5b2d\n"), ConfigErrorKind::WrappedSecret),
        ];
        for (value, kind) in cases {
            let error = refused(value);
            let said = format!("{error} {error:?}");
            assert_eq!(error.kind(), kind);
            assert!(said.contains("`HOOK_SECRET`") && !said.contains("5ff0"), "{said}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_not_shown() {
        use std::os::unix::ffi::OsStringExt;
        let value = OsString::from_vec(b"5ff0cd4a\xff".to_vec());
        let error = Secret::in_variable("HOOK_SECRET", Some(value)).expect_err("no text");
        assert_eq!(error.kind(), ConfigErrorKind::UndecodableSecret);
        let said = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(said.contains("`HOOK_SECRET`") && !said.contains("5ff0"), "{said}");
    }

    #[test]
    fn a_variables_text_is_the_secret() {
        let name = env!("CARGO_PKG_NAME");
        assert_eq!(
            Secret::from_env("CARGO_PKG_NAME")
                .expect("cargo sets it")
                .expose(),
            name.as_bytes()
        );
    }
}
