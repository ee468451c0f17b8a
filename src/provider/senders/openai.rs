//! The description of OpenAI.

use super::STANDARD_WEBHOOKS;
use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;

/// OpenAI: Standard Webhooks, with the headers of the specification.
///
/// Source: <https://platform.openai.com/docs/guides/webhooks>.
pub const OPENAI: Scheme = STANDARD_WEBHOOKS
    .named("openai")
    .docs("https://platform.openai.com/docs/guides/webhooks")
    .source(Source::Sender("openai/openai-python"))
    .vectors(Vectors::Derived);
