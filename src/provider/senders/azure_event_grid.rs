//! The description of Azure Event Grid's own schema.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::{Payload, Scheme};
use crate::provider::events::each;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Place, header, json};

/// Azure Event Grid in its own schema: a token that you set as the delivery property `Authorization`, which is compared whole
/// (`Bearer …` with its `Bearer `). It signs nothing, so what it sends is an [`UnsignedBody`](crate::UnsignedBody). A body is an array
/// of one or more events, which a [`SplitLayer`](crate::SplitLayer) opens.
///
/// The layer answers the validation of an endpoint, an event of its own kind with a code, and only once it has shown the token:
/// Event Grid sends delivery properties with it too. Nothing is fetched from the `validationUrl` beside the code. For a
/// subscription in CloudEvents' schema use [`CLOUDEVENTS`](super::CLOUDEVENTS) and allow the origin `eventgrid.azure.net`; a token
/// in the URL's query is not read, since URLs end up in logs; for tokens of Entra ID see `jwt::oidc`.
///
/// Sources: <https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema>,
/// <https://learn.microsoft.com/en-us/azure/event-grid/delivery-properties>,
/// <https://learn.microsoft.com/en-us/azure/event-grid/delivery-and-retry>,
/// <https://learn.microsoft.com/en-us/azure/event-grid/cloudevents-schema>.
pub const AZURE_EVENT_GRID: Scheme = Scheme::token("azure_event_grid")
    .docs("https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema")
    .source(Source::Sender("MicrosoftDocs/azure-docs"))
    .vectors(Vectors::Derived)
    .answer("200 to 204; 200 to a validation")
    .deadline(Duration::from_secs(30))
    .tries("at growing intervals for up to 24 hours")
    .signature(header("authorization").token(""))
    .payload(Payload::Json)
    .events(&[each("/*")
        .id(json("/id"))
        .kind(&[json("/eventType")])
        .within(&[json("/topic")])])
    .handshakes(&[
        Handshake::echo(header("aeg-event-type"), "SubscriptionValidation", CODE).json("validationResponse"),
        Handshake::echo(
            json("/0/eventType"),
            "Microsoft.EventGrid.SubscriptionValidationEvent",
            CODE,
        )
        .json("validationResponse"),
    ])
    .retries(Duration::from_secs(86_400), Duration::from_secs(3 * 86_400));

/// A validation stands alone in its array.
const CODE: Place = json("/0/data/validationCode");
