//! What an application says about handshakes: its verify token, who may ask, and who keeps a secret that is handed over.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderValue, Uri};

use super::Call;
use crate::error::{BoxError, ConfigError, ConfigErrorKind};
use crate::provider::sender::Sender;
use crate::secret::{Secret, Secrets};
use crate::signature::token::TokenKey;
use crate::telemetry;

/// What the handshakes of one sender need beside its description.
#[derive(Default)]
pub(crate) struct Settings {
    pub(super) verify_token: Option<VerifyToken>,
    pub(super) origins: Vec<Origin>,
    pub(super) keeper: Option<Keeper>,
    /// An origin was named that no request can name, or a rate of nothing.
    unusable_origin: bool,
}

/// A secret that somebody offers for the deliveries to come.
#[derive(Debug)]
pub struct NewSecret {
    secret: Secret,
    uri: Uri,
}

/// The verify token, to be compared in constant time.
pub(super) struct VerifyToken(TokenKey);

/// A sender that may ask whether it may send.
pub(crate) struct Origin {
    pub(super) name: HeaderValue,
    pub(super) rate: Option<u64>,
}

pub(super) type Keeper = Arc<dyn Fn(NewSecret) -> Kept + Send + Sync>;
type Kept = Pin<Box<dyn Future<Output = Result<bool, BoxError>> + Send>>;

impl Settings {
    /// Nothing said, for a provider of its own.
    pub(super) const NONE: Self = Self {
        verify_token: None,
        origins: Vec::new(),
        keeper: None,
        unusable_origin: false,
    };
}

impl Sender {
    /// Finds settings that could never count, and says which are missing.
    pub(in crate::provider) fn lint_greeting(&self) -> Result<(), ConfigError> {
        let (settings, fixed) = (&self.greeting, self.ring().fixed());
        let wrong = |advice| Err(ConfigError::new(ConfigErrorKind::Scheme, advice));
        if settings.keeper.is_some() && fixed.is_some() {
            return wrong(
                "`on_secret` is never asked where the secrets are fixed; give a `SecretSource` that knows which are there",
            );
        }
        if settings.unusable_origin {
            return wrong("`allow_origin` needs an origin that a header can name, and a rate of one or more");
        }
        let asks = |what: fn(&Call) -> bool| self.scheme.handshakes.iter().any(|one| what(&one.call));
        let guarded = asks(|call| matches!(call, Call::Query { guard: Some(_), .. }));
        let unused = settings.verify_token.is_some() && !guarded
            || settings.keeper.is_some() && !asks(|call| matches!(call, Call::Secret(_)))
            || !settings.origins.is_empty() && !asks(|call| matches!(call, Call::Origin));
        let shown = |token: &VerifyToken| {
            let mut secrets = fixed.into_iter().flat_map(Secrets::iter);
            secrets.any(|secret| token.0.matches(&TokenKey::new(secret.expose())).into())
        };
        let advice = if unused {
            "this sender has no handshake of the kind that was set up: that setting does nothing"
        } else if guarded && settings.verify_token.is_none() {
            "the sender sets an endpoint up with a GET that shows a verify token: it is refused until you say `.verify_token(…)`"
        } else if settings.verify_token.as_ref().is_some_and(shown) {
            "the verify token is the signing secret, and a verify token stands in URLs and so in logs; choose another one"
        } else {
            return Ok(());
        };
        telemetry::advise(self.scheme.name, advice);
        Ok(())
    }

    /// The verify token that you gave the sender for this endpoint (Meta). Without one, the handshake that asks for it is
    /// refused with 405. It is not the secret that signs.
    #[must_use]
    pub fn verify_token(mut self, token: Secret) -> Self {
        self.greeting.verify_token = Some(VerifyToken(TokenKey::new(token.expose())));
        self
    }

    /// Lets this origin send (CloudEvents' `WebHook-Request-Origin`), at this many requests a minute at the most; `None` for as
    /// many as it likes. May be called for several; every other origin is refused.
    #[must_use]
    pub fn allow_origin(mut self, name: &str, rate: Option<u64>) -> Self {
        match HeaderValue::from_str(name) {
            Ok(value) if !name.is_empty() && rate != Some(0) => {
                self.greeting.origins.push(Origin { name: value, rate });
            }
            _ => self.greeting.unusable_origin = true,
        }
        self
    }

    /// Takes the secrets that the sender hands over when a webhook is made (Asana). Without this they are refused.
    ///
    /// Anybody can send one. So the hook is only asked where the [`SecretSource`](crate::SecretSource) knows no secret for the
    /// request: no secret is ever replaced. Answer `true` once you have stored it, which you should do only while you are
    /// making that webhook: expect it at a path that can't be guessed. `false` refuses it.
    ///
    /// ```
    /// use tower_webhook::provider::senders::ASANA;
    /// use tower_webhook::{Tenants, VerifyLayer};
    ///
    /// let tenants = Tenants::new(|head| Some(head.uri.path().to_owned()));
    /// let known = tenants.clone();
    /// let sender = ASANA.with(tenants).on_secret(move |new| {
    ///     let known = known.clone();
    ///     async move {
    ///         if new.uri().path() != "/hooks/5f0c7a" {
    ///             return Ok(false); // not one that this program is making
    ///         }
    ///         known.insert(new.uri().path(), new.secret().clone())?; // and in your database
    ///         Ok(true)
    ///     }
    /// });
    /// let layer = VerifyLayer::new(sender)?;
    /// # Ok::<(), tower_webhook::ConfigError>(())
    /// ```
    #[must_use]
    pub fn on_secret<F, W>(mut self, keep: F) -> Self
    where
        F: Fn(NewSecret) -> W + Send + Sync + 'static,
        W: Future<Output = Result<bool, BoxError>> + Send + 'static,
    {
        self.greeting.keeper = Some(Arc::new(move |new| Box::pin(keep(new))));
        self
    }
}

impl NewSecret {
    pub(super) fn new(secret: Secret, head: &Parts) -> Self {
        Self {
            secret,
            uri: head.uri.clone(),
        }
    }

    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Where it was sent to.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }
}

impl VerifyToken {
    pub(super) fn is(&self, shown: &str) -> bool {
        self.0.matches(&TokenKey::new(shown.as_bytes())).into()
    }
}

impl Origin {
    pub(super) fn is(&self, named: &str) -> bool {
        self.name.as_bytes().eq_ignore_ascii_case(named.as_bytes())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settings(..)")
    }
}
