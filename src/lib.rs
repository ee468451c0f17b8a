#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod answer;
mod body;
mod clock;
mod deadline;
pub mod dedup;
mod error;
pub mod event;
pub mod handoff;
pub mod key_source;
pub mod provider;
mod rejection;
mod secret;
mod signature;
pub mod split;
pub mod store;
mod telemetry;
#[cfg(feature = "test-util")]
pub mod testing;
mod verified;
pub mod verify;

pub use body::Body;
pub use clock::{Clock, SystemClock};
pub use dedup::{Attempt, DeadLetter, DedupLayer, InFlight, Outcome};
pub use error::{BoxError, ConfigError, ConfigErrorKind};
pub use event::{Context, Event, EventRouter, UnsignedWebhook, Webhook};
pub use provider::{Provider, github, slack, standard_webhooks, stripe};
pub use rejection::{Reason, RefusalClass, Rejection};
pub use secret::{MAX_SECRETS, ReloadableSecrets, Secret, SecretSource, Secrets, Tenant, Tenants};
pub use split::SplitLayer;
pub use verified::{
    Binding, Fingerprint, Identity, Key, ParseKeyError, ParseKeyErrorKind, Stated, UnsignedBody, Verified,
};
pub use verify::VerifyLayer;
