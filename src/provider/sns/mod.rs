//! Amazon SNS over HTTP: messages signed by RSA, with a certificate that each message names by URL.

mod check;
mod confirmation;
mod message;
mod region;
mod topic;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::request::Parts;

use super::certificate::SigningCertificate;
use super::senders::AWS_SNS;
use super::{Provider, Refusal, Scheme};
use crate::error::{BoxError, ConfigError, ConfigErrorKind};
use crate::key_source::{KeyCache, KeySource};
use check::SnsCheck;
use confirmation::Hook;
use region::Region;
use topic::Topic;

pub use confirmation::{Confirmation, ConfirmationKind};

/// Amazon SNS, for the topics that you name.
///
/// The certificate that a message names is fetched by your [`KeySource`], from the host of the topic's own region and nowhere
/// else. The certificate must have been issued for SNS and count now. Its chain is not followed to a root: what vouches for it is
/// the TLS connection by which your source fetches it, so let your client verify that as it does by default.
///
/// - Topics sign with SHA-1 (version 1) until they are told otherwise, and SHA-1 is refused here: set the topic's attribute
///   `SignatureVersion` to `2`, or see [`danger_accept_sha1`](Self::danger_accept_sha1).
/// - With **raw message delivery** SNS signs nothing. Leave it off: such deliveries are refused.
/// - A confirmation never reaches a handler and nothing is fetched for it; see [`on_confirmation`](Self::on_confirmation).
/// - Handlers read the whole JSON document, and SNS signs these fields of it: `Message`, `MessageId`, `Subject`, `Timestamp`,
///   `TopicArn`, `Type`. `MessageAttributes` and `UnsubscribeURL` are signed by nobody.
///
/// ```
/// use tower_webhook::VerifyLayer;
/// use tower_webhook::provider::Sns;
/// # use tower_webhook::{BoxError, key_source::{KeySource, KeyUrl}};
/// # struct Fetcher;
/// # impl KeySource for Fetcher {
/// #     async fn fetch(&self, _: &KeyUrl) -> Result<bytes::Bytes, BoxError> { Err("none".into()) }
/// # }
///
/// let sns = Sns::new(Fetcher, ["arn:aws:sns:eu-west-1:123456789012:orders"]).on_confirmation(|asked| async move {
///     println!("confirm {} by ConfirmSubscription", asked.topic_arn());
///     Ok(())
/// });
/// let layer = VerifyLayer::new(sns)?;
/// # Ok::<(), tower_webhook::ConfigError>(())
/// ```
///
/// Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>.
pub struct Sns(Arc<Settings>);

#[derive(Clone)]
struct Settings {
    scheme: Scheme,
    keys: KeyCache<SigningCertificate>,
    arns: Vec<String>,
    regions: Vec<Region>,
    topics: Arc<[Topic]>,
    sha1: bool,
    hook: Option<Arc<Hook>>,
}

impl Sns {
    /// Messages of these topics, by their ARNs, with certificates that this source fetches.
    pub fn new<A: Into<String>>(source: impl KeySource, topics: impl IntoIterator<Item = A>) -> Self {
        let settings = Settings {
            scheme: AWS_SNS,
            keys: KeyCache::new(source, SigningCertificate::read),
            arns: topics.into_iter().map(Into::into).collect(),
            regions: Vec::new(),
            topics: Arc::new([]),
            sha1: false,
            hook: None,
        };
        Self(Arc::new(settings)).settled()
    }

    /// What is to be done when SNS asks whether this endpoint shall be subscribed to one of the topics. It is called once the
    /// signature, the topic, the URL and the time have been found good; SNS gets 200 when it succeeds, and 503 when it fails, so
    /// that it asks again. It may be called more than once for one subscription.
    ///
    /// Without it a confirmation is answered with 200 and nothing comes of it.
    #[must_use]
    pub fn on_confirmation<F>(self, hook: impl Fn(Confirmation) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.with(|settings| settings.hook = Some(Arc::new(move |asked| Box::pin(hook(asked)))))
    }

    /// Takes messages of signature version 1 as well, whose hash is SHA-1. Whoever may publish to a topic could prepare two
    /// messages that have one signature. Rather set the topic's attribute `SignatureVersion` to `2`.
    #[must_use]
    pub fn danger_accept_sha1(self) -> Self {
        self.with(|settings| settings.sha1 = true)
    }

    /// A region of the partition `aws` that this version does not know yet.
    #[must_use]
    pub fn region(self, name: impl Into<String>) -> Self {
        self.with(|settings| settings.regions.push(Region::new(name.into())))
    }

    /// How old a message may be. SNS writes a message's time once and tries again for up to an hour, so less loses retries;
    /// 65 minutes by default.
    #[must_use]
    pub fn tolerance(self, tolerance: Duration) -> Self {
        self.with(|settings| settings.scheme = settings.scheme.tolerance(tolerance))
    }

    /// The ARN and the host of the first topic, for the signer.
    #[cfg(feature = "test-util")]
    pub(crate) fn first_topic(&self) -> Option<(&str, &str)> {
        self.0.topics.first().map(|topic| (topic.arn(), topic.host()))
    }

    /// What is signed of this document, for the signer.
    #[cfg(feature = "test-util")]
    pub(crate) fn signed_text(document: &[u8]) -> Option<String> {
        message::Message::read(document)
            .ok()
            .map(|message| message.signed())
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self.settled()
    }

    /// Makes the topics of what is known now; what is wrong with them is told by [`check`](Provider::check).
    fn settled(mut self) -> Self {
        let topics = self.0.read_topics().unwrap_or_default();
        Arc::make_mut(&mut self.0).topics = topics.into();
        self
    }
}

impl Settings {
    fn read_topics(&self) -> Result<Vec<Topic>, ConfigError> {
        let each = self.arns.iter().map(|arn| Topic::new(arn, &self.regions));
        each.collect()
    }
}

impl Provider for Sns {
    type Check = SnsCheck;

    fn scheme(&self) -> &Scheme {
        &self.0.scheme
    }

    async fn begin(&self, _: &Parts, now: Option<SystemTime>) -> Result<SnsCheck, Refusal> {
        Ok(SnsCheck::new(Arc::clone(&self.0), now))
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.0.scheme.check()?;
        if self.0.read_topics()?.is_empty() {
            return Err(ConfigError::new(
                ConfigErrorKind::Topic,
                "name the topics that the endpoint takes: anybody's topic has a genuine signature of SNS",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for Sns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sns")
            .field("topics", &self.0.arns)
            .field("sha1", &self.0.sha1)
            .finish_non_exhaustive()
    }
}
