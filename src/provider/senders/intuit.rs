//! The description of QuickBooks and Intuit.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::events::each;
use crate::provider::place::{header, json};

/// QuickBooks and Intuit: HMAC-SHA-256 over the body, Base64; the key is the verifier token. One delivery holds several events: a
/// `SplitLayer` opens it. In the old format an event is an entity that changed and is known by its content and its company (`realmId`);
/// in the new one it is a CloudEvent with an id. Without the layer a delivery is known by its content.
///
/// Sources: <https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks>,
/// <https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/best-practices>,
/// <https://blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure/>.
pub const INTUIT: Scheme = Scheme::hmac_sha256("intuit")
    .docs("https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks")
    .source(Source::ThirdParty("IntuitDeveloper/SampleApp-Webhooks-nodejs"))
    .vectors(Vectors::Derived)
    .answer("200")
    .deadline(Duration::from_secs(3))
    .tries("after 10, 20 and 30 seconds, 5 and 20 minutes, 2, 4 and 6 hours, then every 6 hours; for how long is not said")
    .signature(header("intuit-signature").base64())
    .events(&[
        each("/eventNotifications/*/dataChangeEvent/entities/*")
            .kind(&[json("/name"), json("/operation")])
            .context(&["/eventNotifications/*/realmId"]),
        each("/*")
            .id(json("/id"))
            .kind(&[json("/type")])
            .time(json("/time").rfc3339())
            .within(&[json("/source")]),
    ]);
