//! A registry of tenants, each with secrets of its own.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use http::request::Parts;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use super::{KEY_TEXT, Secret, SecretSource, Secrets, Tenant};
use crate::error::{BoxError, ConfigError, ConfigErrorKind};

/// Tenants in memory, found by a name that your function reads from the request's head (a path segment, say).
///
/// The name need not be signed: a tenant's secret proves it. Clone it to add, replace and remove tenants at run time.
///
/// ```
/// use tower_webhook::{Secrets, Tenants};
///
/// let tenants = Tenants::new(|head| head.uri.path().strip_prefix("/hooks/").map(str::to_owned));
/// tenants.insert("acme", Secrets::new("a secret of acme's own")?)?;
/// tenants.insert("globex", Secrets::new("a secret of globex's own")?)?;
/// assert!(tenants.insert("initech", Secrets::new("a secret of acme's own")?).is_err());
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Tenants {
    name_of: Arc<NameOf>,
    table: Arc<RwLock<HashMap<Arc<str>, Entry>>>,
}

type NameOf = dyn Fn(&Parts) -> Option<String> + Send + Sync;

struct Entry {
    tenant: Tenant,
    traces: Vec<[u8; 32]>,
}

impl Tenants {
    /// No tenants yet; `name_of` reads the name of the tenant that a request is for.
    pub fn new(name_of: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        Self {
            name_of: Arc::new(name_of),
            table: Arc::default(),
        }
    }

    /// Adds a tenant, or replaces its secrets.
    ///
    /// # Errors
    ///
    /// When another tenant has a key that makes the same signatures (HMAC fills a short key up with zeros and hashes a
    /// long one): either could then send in the other's name.
    pub fn insert(&self, name: impl Into<Arc<str>>, secrets: impl Into<Secrets>) -> Result<(), ConfigError> {
        let (name, secrets) = (name.into(), secrets.into());
        let traces: Vec<_> = secrets.iter().flat_map(traces).collect();
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let shared = table
            .iter()
            .any(|(other, entry)| *other != name && entry.traces.iter().any(|t| traces.contains(t)));
        if shared {
            return Err(ConfigError::new(
                ConfigErrorKind::SharedSecret,
                "two tenants have secrets that make the same signatures; give each tenant a secret of its own",
            ));
        }
        let tenant = Tenant::new(Arc::clone(&name), secrets);
        table.insert(name, Entry { tenant, traces });
        Ok(())
    }

    /// Removes a tenant: its very next delivery is refused. Answers whether it was there.
    pub fn remove(&self, name: &str) -> bool {
        self.table
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name)
            .is_some()
    }

    fn find(&self, head: &Parts) -> Option<Tenant> {
        let name = (self.name_of)(head)?;
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.get(name.as_str()).map(|entry| entry.tenant.clone())
    }
}

impl SecretSource for Tenants {
    fn lookup(&self, head: &Parts) -> impl Future<Output = Result<Option<Tenant>, BoxError>> + Send {
        ready(Ok(self.find(head)))
    }
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tenants(..)")
    }
}

/// Digests of every key that the secret may stand for: its text, and what the text is the Base64 of.
fn traces(secret: &Secret) -> Vec<[u8; 32]> {
    let text = secret.expose();
    let bare = text.strip_prefix(b"whsec_").unwrap_or(text);
    let decoded = KEY_TEXT.decode(bare).ok().map(Zeroizing::new);
    let decoded = decoded.filter(|_| !secret.is_key());
    trace(text)
        .into_iter()
        .chain(decoded.iter().flat_map(|key| trace(key)))
        .collect()
}

/// HMAC's own view of a key, by SHA-1, SHA-256 and SHA-512: hashed when longer than a block, then filled up with zeros
/// (RFC 2104).
pub(crate) fn trace(key: &[u8]) -> [[u8; 32]; 3] {
    [
        block(key, 64, |key| Sha1::digest(key).to_vec()),
        block(key, 64, |key| Sha256::digest(key).to_vec()),
        block(key, 128, |key| Sha512::digest(key).to_vec()),
    ]
}

fn block(key: &[u8], length: usize, hash: impl Fn(&[u8]) -> Vec<u8>) -> [u8; 32] {
    let short = Zeroizing::new(if key.len() > length {
        hash(key)
    } else {
        key.to_vec()
    });
    let mut block = Zeroizing::new(vec![0; length]);
    block[..short.len()].copy_from_slice(&short);
    Sha256::digest(&*block).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha256(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    #[test]
    fn a_key_is_hashed_when_it_is_longer_than_a_block() {
        assert_eq!(trace(&[7; 64])[1], sha256(&[7; 64]));
        let hashed = [&sha256(&[7; 65])[..], &[0; 32]].concat();
        assert_eq!(trace(&[7; 65])[1], sha256(&hashed));
    }

    #[test]
    fn a_tenant_is_removed_once() {
        let tenants = Tenants::new(|_| Some("acme".into()));
        let secret = Secret::new("a secret of acme's own").expect("a text");
        tenants.insert("acme", secret).expect("the only one");
        let (head, ()) = http::Request::new(()).into_parts();
        assert!(tenants.find(&head).is_some());
        assert!(tenants.remove("acme"));
        assert!(!tenants.remove("acme"));
        assert!(tenants.find(&head).is_none());
    }
}
