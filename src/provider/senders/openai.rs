//! The description of OpenAI.

use std::time::Duration;

use super::STANDARD_WEBHOOKS;
use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;

/// OpenAI: Standard Webhooks, with the headers of the specification.
///
/// It waits "a few seconds" and says no number: the deadline is the one that the specification advises.
///
/// Source, of the tries too: <https://platform.openai.com/docs/guides/webhooks>.
pub const OPENAI: Scheme = STANDARD_WEBHOOKS
    .named("openai")
    .docs("https://platform.openai.com/docs/guides/webhooks")
    .source(Source::Sender("openai/openai-python"))
    .vectors(Vectors::Derived)
    .tries("at growing intervals for up to 72 hours")
    .retries(Duration::from_secs(3 * 86_400), Duration::from_secs(8 * 86_400));
