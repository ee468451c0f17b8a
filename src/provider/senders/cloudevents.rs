//! The description of CloudEvents' webhooks.

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{first_of, header, json};

/// Any sender of CloudEvents by HTTP, with a token that you gave it: `Authorization: Bearer …`. It signs nothing, so what it sends is an
/// [`UnsignedBody`](crate::UnsignedBody). The id is unique within its source, in the headers of the binary mode or the document of the
/// structured one.
///
/// The layer answers the `OPTIONS` by which a sender asks for leave, for the origins that
/// [`Sender::allow_origin`](crate::provider::Sender::allow_origin) names. A token in the query is not read: URLs end up in logs.
///
/// Source: <https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md>.
pub const CLOUDEVENTS: Scheme = Scheme::token("cloudevents")
    .docs("https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md")
    .source(Source::Sender("cloudevents/spec"))
    .vectors(Vectors::Derived)
    .answer("200 or 201 with a body, 201 or 204 without, 202 for what is queued; 410 ends it")
    .signature(header("authorization").token("Bearer "))
    .id_if_any(first_of(&[header("ce-id"), json("/id")]))
    .kind(first_of(&[header("ce-type"), json("/type")]))
    .within(&[first_of(&[header("ce-source"), json("/source")])])
    .handshakes(&[Handshake::options()]);
