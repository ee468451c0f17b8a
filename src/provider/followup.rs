//! What a provider does for a delivery that is no event, once it is verified and found fresh.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{Answer, Refusal};

type Steps = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send>>;

/// Work that ends a delivery with an answer of its own.
#[derive(Clone)]
pub(crate) struct Followup(Arc<dyn Fn() -> Steps + Send + Sync>);

impl Followup {
    pub(crate) fn new<F>(work: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Answer, Refusal>> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(work())))
    }

    pub(crate) async fn run(&self) -> Result<Answer, Refusal> {
        (self.0)().await
    }
}

impl PartialEq for Followup {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Followup {}

impl fmt::Debug for Followup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Followup(..)")
    }
}
