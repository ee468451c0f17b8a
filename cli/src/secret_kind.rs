//! How a secret is written: as its sender shows it, or as a case says.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tower_webhook::provider::Scheme;
use tower_webhook::{ConfigError, ConfigErrorKind, Secret, Secrets};

/// The secrets, read as their kind says; as the sender's own kind where it says nothing.
pub(crate) fn read(texts: &[String], kind: Option<&str>, scheme: &Scheme) -> Result<Secrets, ConfigError> {
    let mut secrets: Option<Secrets> = None;
    for text in texts {
        let secret = one(text, kind, scheme)?;
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

fn one(text: &str, kind: Option<&str>, scheme: &Scheme) -> Result<Secret, ConfigError> {
    let unreadable = |what| {
        ConfigError::new(
            ConfigErrorKind::UndecodableSecret,
            format!("the secret is not {what}"),
        )
    };
    match kind {
        Some("hex") => Secret::from_bytes(hex::decode(text).map_err(|_| unreadable("hexadecimal"))?),
        Some("base64") => Secret::from_bytes(STANDARD.decode(text).map_err(|_| unreadable("Base64"))?),
        Some("pem") => Secret::new(text.trim()),
        // The text is the key, also of a sender whose secrets are decoded.
        Some("utf8") if scheme.facts().key.contains("decoded from") => {
            Secret::new(text)?;
            Secret::from_bytes(text)
        }
        Some("whsec") => {
            let bare = text.strip_prefix("v1,").unwrap_or(text);
            let bare = bare.strip_prefix("whsec_").unwrap_or(bare);
            let key = WHSEC.decode(bare);
            Secret::from_bytes(key.map_err(|_| unreadable("Base64 behind `whsec_`"))?)
        }
        // As the sender shows it: `token`, `basic`, a public key's text.
        _ => Secret::new(text),
    }
}

/// What can be said at a prompt of how a secret is written; a case of a batch has more words for the sender's own way.
pub(crate) const KINDS: [&str; 5] = ["utf8", "whsec", "hex", "base64", "pem"];
/// Senders show these with and without padding.
const WHSEC: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
