//! Where the secrets of a request come from.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use http::request::Parts;

use super::{Secret, Secrets};
use crate::error::BoxError;

/// Finds the secrets for a request by its head.
///
/// [`Secret`] and [`Secrets`] are sources that never change, [`ReloadableSecrets`] are swapped at run time, and
/// [`Tenants`](super::Tenants) have a set for each customer. Write your own to ask a database or a vault.
///
/// ```
/// use http::request::Parts;
/// use tower_webhook::{BoxError, SecretSource, Secrets, Tenant};
///
/// struct ByPath;
///
/// impl SecretSource for ByPath {
///     async fn lookup(&self, head: &Parts) -> Result<Option<Tenant>, BoxError> {
///         Ok(match head.uri.path() {
///             "/hooks/acme" => Some(Tenant::new("acme", Secrets::new("a secret that acme set")?)),
///             _ => None,
///         })
///     }
/// }
/// ```
///
/// No source means "let everything pass". A secret that may be missing is none: whoever reads it from a setting says what is to
/// happen without it.
///
/// ```
/// # fn t006_a_secret_makes_a_sender(setting: Option<tower_webhook::Secret>) {
/// let setting = setting.expect("the secret is set");
/// let sender = tower_webhook::github(setting);
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # fn t006_a_secret_that_may_be_missing_makes_no_sender(setting: Option<tower_webhook::Secret>) {
/// let sender = tower_webhook::github(setting);
/// # }
/// ```
pub trait SecretSource: Send + Sync + 'static {
    /// The tenant that this request is for. `None` when there is no such tenant: the delivery is then refused with the same
    /// answer and the same work as one with a wrong signature.
    ///
    /// # Errors
    ///
    /// When the source can't tell; the delivery is then answered with 503, so that the sender tries again.
    fn lookup(&self, head: &Parts) -> impl Future<Output = Result<Option<Tenant>, BoxError>> + Send;

    /// The secrets, if they are the same for every request and never change: they are then checked at start-up.
    fn fixed(&self) -> Option<Secrets> {
        None
    }
}

/// Whose secrets they are. The name becomes part of each event's key, so that tenants can't collide.
#[derive(Debug, Clone)]
pub struct Tenant {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) secrets: Secrets,
}

impl Tenant {
    /// A tenant by its name, with the secrets of its endpoint.
    pub fn new(name: impl Into<Arc<str>>, secrets: impl Into<Secrets>) -> Self {
        Self {
            name: Some(name.into()),
            secrets: secrets.into(),
        }
    }

    /// The secrets of an endpoint that has no tenants.
    pub fn unnamed(secrets: impl Into<Secrets>) -> Self {
        Self {
            name: None,
            secrets: secrets.into(),
        }
    }
}

impl SecretSource for Secret {
    fn lookup(&self, _: &Parts) -> impl Future<Output = Result<Option<Tenant>, BoxError>> + Send {
        ready(Ok(Some(Tenant::unnamed(self.clone()))))
    }

    fn fixed(&self) -> Option<Secrets> {
        Some(self.clone().into())
    }
}

impl SecretSource for Secrets {
    fn lookup(&self, _: &Parts) -> impl Future<Output = Result<Option<Tenant>, BoxError>> + Send {
        ready(Ok(Some(Tenant::unnamed(self.clone()))))
    }

    fn fixed(&self) -> Option<Secrets> {
        Some(self.clone())
    }
}

impl<S: SecretSource> SecretSource for Arc<S> {
    fn lookup(&self, head: &Parts) -> impl Future<Output = Result<Option<Tenant>, BoxError>> + Send {
        S::lookup(self, head)
    }

    fn fixed(&self) -> Option<Secrets> {
        S::fixed(self)
    }
}

/// Secrets that are swapped while the program runs. Clone it: one to the layer, one to whatever watches the vault.
///
/// ```
/// use tower_webhook::{ReloadableSecrets, Secrets};
///
/// let secrets = ReloadableSecrets::new(Secrets::new("the secret of January")?);
/// let handle = secrets.clone();
/// // let layer = VerifyLayer::new(github(secrets))?;
/// handle.replace(Secrets::new("the secret of July")?); // counts from the very next request
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct ReloadableSecrets(Arc<RwLock<Secrets>>);

impl ReloadableSecrets {
    /// Starts with these.
    pub fn new(secrets: impl Into<Secrets>) -> Self {
        Self(Arc::new(RwLock::new(secrets.into())))
    }

    /// Puts these in the place of those there are; a request that has begun keeps the ones it began with.
    pub fn replace(&self, secrets: impl Into<Secrets>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets.into();
    }

    fn current(&self) -> Secrets {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl SecretSource for ReloadableSecrets {
    fn lookup(&self, _: &Parts) -> impl Future<Output = Result<Option<Tenant>, BoxError>> + Send {
        ready(Ok(Some(Tenant::unnamed(self.current()))))
    }
}

impl fmt::Debug for ReloadableSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReloadableSecrets(..)")
    }
}

type Lookup<'a> = Pin<Box<dyn Future<Output = Result<Option<Tenant>, BoxError>> + Send + 'a>>;

/// A [`SecretSource`] without its type.
pub(crate) trait ErasedSource: Send + Sync {
    fn lookup<'a>(&'a self, head: &'a Parts) -> Lookup<'a>;
}

impl<S: SecretSource> ErasedSource for S {
    fn lookup<'a>(&'a self, head: &'a Parts) -> Lookup<'a> {
        Box::pin(SecretSource::lookup(self, head))
    }
}
