//! Any provider behind one type, with a described sender kept as what it is: it is the common one, and costs no box.

use std::any::Any;
use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use super::handshake::{Handshake, Settings, allowed};
use super::sender::{Sender, SenderCheck};
use super::{Answer, Check, Proof, Provider, Refusal, Scheme};
use crate::clock::Clock;
use crate::rejection::Reason;

type Steps<'a, T> = Pin<Box<dyn Future<Output = Result<T, Refusal>> + Send + 'a>>;

/// A [`Provider`] without its type. There is one for each layer, so that its size is no matter.
#[allow(clippy::large_enum_variant, reason = "a box would cost each delivery a step")]
pub(crate) enum AnyProvider {
    Described(Sender),
    Own(Box<dyn ErasedProvider>),
}

/// A [`Check`] without its type.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every delivery has the large one, and a box costs more than room"
)]
pub(crate) enum AnyCheck {
    Described(SenderCheck),
    Own(Box<dyn ErasedCheck>),
}

/// A check that has begun, or the steps that lead to it.
#[allow(clippy::large_enum_variant, reason = "it is taken apart where it is made")]
pub(crate) enum Begun<'a> {
    Now(AnyCheck),
    Later(Steps<'a, AnyCheck>),
}

pub(crate) trait ErasedProvider: Send + Sync {
    fn scheme(&self) -> &Scheme;
    fn begin<'a>(&'a self, head: &'a Parts, now: Option<SystemTime>) -> Steps<'a, Box<dyn ErasedCheck>>;
    fn greet<'a>(&'a self, head: &'a Parts) -> Steps<'a, Option<Answer>>;
}

pub(crate) trait ErasedCheck: Send {
    fn update(&mut self, piece: &[u8]);
    fn finish<'a>(self: Box<Self>, body: &'a Bytes) -> Steps<'a, Proof>;
}

impl AnyProvider {
    pub(crate) fn new<P: Provider>(provider: P) -> Self {
        let mut provider = Some(provider);
        let described = (&mut provider as &mut dyn Any)
            .downcast_mut::<Option<Sender>>()
            .and_then(Option::take);
        match described {
            Some(sender) => Self::Described(sender),
            None => Self::Own(Box::new(provider.expect("only a described sender is taken out"))),
        }
    }

    pub(crate) fn scheme(&self) -> &Scheme {
        match self {
            Self::Described(sender) => Provider::scheme(sender),
            Self::Own(own) => own.scheme(),
        }
    }

    /// The description by which a request with these headers is read.
    pub(crate) fn scheme_for(&self, headers: &HeaderMap) -> &Scheme {
        match self {
            Self::Described(sender) => sender.scheme_for(headers),
            Self::Own(own) => own.scheme(),
        }
    }

    /// Begins the check of a request: at once for a described sender whose secrets are fixed, so that nobody keeps room for a
    /// future that never waits.
    pub(crate) fn begin<'a>(&'a self, head: &'a Parts, clock: &'a dyn Clock) -> Result<Begun<'a>, Refusal> {
        Ok(match self {
            Self::Described(sender) => match sender.begin_now(head)? {
                Some(check) => Begun::Now(AnyCheck::Described(check)),
                // Its time is one that the description names, and judged with the others.
                None => Begun::Later(Box::pin(async move {
                    Provider::begin(sender, head, None).await.map(AnyCheck::Described)
                })),
            },
            Self::Own(own) => Begun::Later(Box::pin(async move {
                own.begin(head, clock.now()).await.map(AnyCheck::Own)
            })),
        })
    }

    /// The answer to a handshake that has been verified.
    pub(crate) async fn answer(
        &self,
        head: &Parts,
        proof: &Proof,
        handshake: Handshake,
        challenge: Option<Cow<'_, str>>,
    ) -> Result<Answer, Refusal> {
        let answer = match self {
            Self::Described(sender) => {
                Box::pin(sender.answer(head, proof.secret_index, handshake, challenge)).await?
            }
            Self::Own(_) => handshake.answer(challenge.as_deref(), None),
        };
        answer.ok_or_else(|| Reason::MalformedBody.into())
    }

    /// What a refused method is told in `Allow`.
    pub(crate) fn allowed(&self) -> HeaderValue {
        match self {
            Self::Described(sender) => allowed(&sender.scheme, &sender.greeting),
            Self::Own(own) => allowed(own.scheme(), &Settings::default()),
        }
    }

    pub(crate) async fn greet(&self, head: &Parts) -> Result<Option<Answer>, Refusal> {
        match self {
            Self::Described(sender) => Provider::greet(sender, head).await,
            Self::Own(own) => own.greet(head).await,
        }
    }
}

impl AnyCheck {
    pub(crate) fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Described(check) => Check::update(check, piece),
            Self::Own(check) => check.update(piece),
        }
    }

    /// What a described sender's check comes to stands before the future is polled, which so has no room for the check.
    pub(crate) fn finish(self, body: &Bytes) -> impl Future<Output = Result<Proof, Refusal>> {
        let verdict = match self {
            Self::Described(check) => Verdict::Now(check.verdict(body)),
            Self::Own(check) => Verdict::Later(check.finish(body)),
        };
        async move {
            match verdict {
                Verdict::Now(proof) => proof,
                Verdict::Later(steps) => steps.await,
            }
        }
    }
}

enum Verdict<'a> {
    Now(Result<Proof, Refusal>),
    Later(Steps<'a, Proof>),
}

impl<P: Provider> ErasedProvider for P {
    fn scheme(&self) -> &Scheme {
        Provider::scheme(self)
    }

    fn begin<'a>(&'a self, head: &'a Parts, now: Option<SystemTime>) -> Steps<'a, Box<dyn ErasedCheck>> {
        Box::pin(async move {
            let check = Provider::begin(self, head, now).await?;
            Ok(Box::new(check) as Box<dyn ErasedCheck>)
        })
    }

    fn greet<'a>(&'a self, head: &'a Parts) -> Steps<'a, Option<Answer>> {
        Box::pin(Provider::greet(self, head))
    }
}

impl<C: Check> ErasedCheck for C {
    fn update(&mut self, piece: &[u8]) {
        Check::update(self, piece);
    }

    fn finish<'a>(self: Box<Self>, body: &'a Bytes) -> Steps<'a, Proof> {
        Box::pin(Check::finish(*self, body))
    }
}
