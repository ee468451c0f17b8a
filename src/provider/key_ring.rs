//! The key ring: the secrets of an endpoint, fixed or looked up, and the keys that they become for one request.

use std::sync::Arc;

use http::request::Parts;

use super::keys::{advise_on, text_decoy};
use super::{Proof, Refusal};
use crate::error::{BoxError, ConfigError};
use crate::rejection::Reason;
use crate::secret::{ErasedSource, SecretSource, Secrets};

/// The secrets that a provider checks with. What they become is the provider's to say, each time it asks.
pub(crate) struct KeyRing {
    source: Box<dyn ErasedSource>,
    fixed: Option<Secrets>,
}

/// The keys of one request, and whose they are.
pub(crate) struct Found<K> {
    pub(crate) keys: Arc<K>,
    pub(crate) holder: Holder,
}

/// Whose keys they are. Those of a tenant that doesn't exist look like any others, and no verdict of theirs counts.
pub(crate) struct Holder {
    tenant: Option<Arc<str>>,
    known: bool,
}

impl KeyRing {
    pub(crate) fn new(secrets: impl SecretSource) -> Self {
        let fixed = secrets.fixed();
        Self {
            source: Box::new(secrets),
            fixed,
        }
    }

    /// The secrets, where they never change.
    pub(crate) fn fixed(&self) -> Option<&Secrets> {
        self.fixed.as_ref()
    }

    /// The keys for this request; where its tenant doesn't exist, keys of nobody that cost the same work.
    ///
    /// # Errors
    ///
    /// [`Reason::SecretsUnavailable`] when the source can't tell, or gives what can't become a key.
    pub(crate) async fn find<K>(
        &self,
        head: &Parts,
        make: impl Fn(&Secrets) -> Result<Arc<K>, ConfigError> + Send,
    ) -> Result<Found<K>, Refusal> {
        self.find_or(head, text_decoy, make).await
    }

    /// As [`find`](Self::find), with secrets of nobody that are in the form that this sender gives its secrets.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub(crate) async fn find_or<K>(
        &self,
        head: &Parts,
        decoy: impl Fn() -> Secrets + Send,
        make: impl Fn(&Secrets) -> Result<Arc<K>, ConfigError> + Send,
    ) -> Result<Found<K>, Refusal> {
        if let Some(found) = self.known(&make) {
            return found;
        }
        let (secrets, tenant, known) = match self.source.lookup(head).await.map_err(unavailable)? {
            Some(tenant) => (tenant.secrets, tenant.name, true),
            None => (decoy(), None, false),
        };
        let keys = make(&secrets).map_err(|error| unavailable(error.into()))?;
        let holder = Holder { tenant, known };
        Ok(Found { keys, holder })
    }

    /// The keys, where they are the same for every request: there is nothing to wait for.
    pub(crate) fn known<K>(
        &self,
        make: impl Fn(&Secrets) -> Result<Arc<K>, ConfigError>,
    ) -> Option<Result<Found<K>, Refusal>> {
        let keys = make(self.fixed.as_ref()?).map_err(|error| unavailable(error.into()));
        let holder = Holder {
            tenant: None,
            known: true,
        };
        Some(keys.map(|keys| Found { keys, holder }))
    }

    /// Whether there are secrets for this request.
    ///
    /// # Errors
    ///
    /// [`Reason::SecretsUnavailable`] when the source can't tell.
    pub(crate) async fn knows(&self, head: &Parts) -> Result<bool, Refusal> {
        Ok(self.fixed.is_some() || self.source.lookup(head).await.map_err(unavailable)?.is_some())
    }

    /// Makes the keys of secrets that never change, and says what an operator should know of them.
    ///
    /// # Errors
    ///
    /// When a secret is not in the form that the sender gives its secrets.
    pub(crate) fn check<K>(
        &self,
        sender: &'static str,
        make: impl Fn(&Secrets) -> Result<Arc<K>, ConfigError>,
    ) -> Result<(), ConfigError> {
        if let Some(secrets) = &self.fixed {
            make(secrets)?;
            secrets.iter().for_each(|secret| advise_on(secret, sender));
        }
        Ok(())
    }
}

impl Holder {
    /// Of keys that belong to the sender itself, and to no tenant.
    #[cfg(feature = "jsonwebtoken")]
    pub(crate) fn anybody() -> Self {
        Self {
            tenant: None,
            known: true,
        }
    }

    /// Whether the tenant exists.
    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    /// The proof by the key that matched, if one of a holder that exists did.
    pub(crate) fn verdict(self, matched: Option<usize>) -> Result<Proof, Refusal> {
        self.verdict_or(matched, Reason::BadSignature)
    }

    /// As [`verdict`](Self::verdict), with this reason when none did.
    pub(crate) fn verdict_or(self, matched: Option<usize>, unmatched: Reason) -> Result<Proof, Refusal> {
        match (self.known, matched) {
            (true, Some(secret_index)) => Ok(Proof {
                tenant: self.tenant,
                ..Proof::new(secret_index)
            }),
            (true, None) => Err(unmatched.into()),
            (false, _) => Err(Reason::UnknownTenant.into()),
        }
    }
}

fn unavailable(cause: BoxError) -> Refusal {
    Refusal::new(Reason::SecretsUnavailable).because(cause)
}
