//! Discord's deliveries as types: each interaction, the webhook events, what stays secret, and everything else.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::routing::post;
use serde_json::json;
use support::{secret, verify};
use tower::ServiceExt;
use tower_webhook::event::Other;
use tower_webhook::event::discord::{
    ApplicationAuthorized, Autocomplete, Command, Component, Entitlement, Event, Interaction, Modal,
    WebhookEvent,
};
use tower_webhook::provider::{GITHUB, Scheme, first_of, header, json as at};
use tower_webhook::testing::Delivery;
use tower_webhook::{Webhook, provider};

/// Discord's places under a signature that this test can make.
const DISCORD: Scheme = Scheme::hmac_sha256("discord")
    .signature(header("x-signature").hex())
    .id_if_any(at("/id"))
    .kind(first_of(&[at("/event/type"), at("/type")]));

/// Reads it, and makes sure that no `Debug` output shows the token or what was typed.
fn read(document: &serde_json::Value) -> Event {
    let event = Event::from_parts("", document.to_string());
    let shown = format!("{event:?} {event:#?}");
    assert!(!shown.contains("t0ken") && !shown.contains("pr1vate"), "{shown}");
    event
}

fn other(document: &serde_json::Value) -> Other {
    match read(document) {
        Event::Other(other) => other,
        typed => panic!("{typed:?}"),
    }
}

fn interaction(kind: u64, data: serde_json::Value) -> serde_json::Value {
    json!({
        "id": "775", "application_id": "8", "type": kind, "token": "t0ken", "version": 1, "data": data, "guild_id": "290",
        "channel_id": "645", "member": {"user": {"id": "53", "username": "ada", "bot": false}, "roles": ["539"], "permissions": "2"},
        "app_permissions": "442368", "locale": "en-US", "context": 0, "entitlements": [],
        "authorizing_integration_owners": {"0": "290"}, "new": {},
    })
}

fn command() -> serde_json::Value {
    let leaf = json!({"name": "card", "type": 3, "value": "pr1vate", "focused": true});
    let options =
        json!([{"name": "show", "type": 1, "options": [leaf, {"name": "count", "type": 4, "value": 2}]}]);
    json!({"id": "77", "name": "cardsearch", "type": 1, "options": options, "resolved": {"users": {}}})
}

#[test]
fn a_command_with_a_subcommand() {
    let Event::Command(used) = read(&interaction(2, command())) else {
        panic!()
    };
    assert_eq!((used.id.as_str(), used.token.as_str()), ("775", "t0ken"));
    assert_eq!(used.invoker().unwrap().username, "ada");
    assert_eq!(
        (used.data.name.as_str(), used.data.options[0].name.as_str()),
        ("cardsearch", "show")
    );
    assert_eq!(used.data.value("card"), Some(&json!("pr1vate")));
    assert_eq!(used.data.value("count"), Some(&json!(2)));
    assert_eq!(
        (used.data.value("show"), used.data.value("nothing")),
        (None, None)
    );
    assert_eq!(used.authorizing_integration_owners["0"], "290");
}

#[test]
fn outside_of_a_server_the_user_stands_alone() {
    let mut document = interaction(2, command());
    document["user"] = document["member"]["user"].take();
    document["member"] = json!(null);
    let Event::Command(used) = read(&document) else {
        panic!()
    };
    assert_eq!(used.invoker().unwrap().id, "53");
}

#[test]
fn an_option_being_typed() {
    let Event::Autocomplete(typing) = read(&interaction(4, command())) else {
        panic!()
    };
    let options = &typing.data.0.options[0].options;
    assert!(options[0].focused && !options[1].focused);
}

#[test]
fn a_component_and_a_modal() {
    let data = json!({"custom_id": "menu", "component_type": 3, "values": ["a", "b"]});
    let Event::Component(used) = read(&interaction(3, data)) else {
        panic!()
    };
    assert_eq!(
        (used.data.custom_id.as_str(), used.data.values.len()),
        ("menu", 2)
    );

    let components = json!([
        {"type": 1, "components": [{"type": 4, "custom_id": "name", "value": "pr1vate"}]},
        {"type": 18, "component": {"type": 3, "custom_id": "pick", "values": ["x", "y"]}},
        {"type": 10, "content": "text"},
    ]);
    let Event::Modal(submitted) = read(&interaction(
        5,
        json!({"custom_id": "ask", "components": components}),
    )) else {
        panic!()
    };
    assert_eq!(
        (submitted.data.custom_id.as_str(), submitted.data.text("name")),
        ("ask", Some("pr1vate"))
    );
    assert_eq!(submitted.data.values("pick").collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(
        (submitted.data.text("pick"), submitted.data.values("name").count()),
        (None, 0)
    );
}

#[test]
fn both_pings() {
    assert!(matches!(
        read(&json!({"type": 1, "id": "1", "token": "t0ken"})),
        Event::Ping
    ));
    assert!(matches!(
        read(&json!({"type": 0, "version": 1, "application_id": "8"})),
        Event::Ping
    ));
}

fn webhook(kind: &str, data: serde_json::Value) -> serde_json::Value {
    let event = json!({"type": kind, "timestamp": "2024-10-18T14:42:53.064834", "data": data});
    json!({"version": 1, "application_id": "8", "type": 1, "event": event})
}

fn entitlement() -> serde_json::Value {
    json!({"id": "1", "sku_id": "2", "application_id": "8", "user_id": "5", "promotion_id": null, "type": 4, "deleted": false,
        "consumed": false, "gift_code_flags": 0})
}

#[test]
fn the_webhook_events() {
    let user = json!({"id": "5", "username": "ada", "global_name": null});
    let data = json!({"integration_type": 0, "user": user, "scopes": ["bot"], "guild": {"id": "9", "name": "g", "roles": []}});
    let Event::ApplicationAuthorized(added) = read(&webhook("APPLICATION_AUTHORIZED", data)) else {
        panic!()
    };
    assert_eq!(
        (added.event.data.user.id.as_str(), added.event.data.scopes.len()),
        ("5", 1)
    );
    assert_eq!(added.event.data.guild.as_ref().unwrap().id, "9");
    let removed = read(&webhook("APPLICATION_DEAUTHORIZED", json!({"user": user})));
    assert!(matches!(removed, Event::ApplicationDeauthorized(_)));
    for kind in ["ENTITLEMENT_CREATE", "ENTITLEMENT_UPDATE", "ENTITLEMENT_DELETE"] {
        let Event::Entitlement(event) = read(&webhook(kind, entitlement())) else {
            panic!("{kind}")
        };
        assert_eq!(
            (event.event.kind.as_str(), event.event.data.sku_id.as_str()),
            (kind, "2")
        );
    }
}

#[test]
fn what_has_no_type_or_does_not_fit_is_kept_to_the_byte() {
    let lobby = webhook("LOBBY_MESSAGE_CREATE", json!({"id": "1"}));
    let unknown = other(&lobby);
    assert_eq!(
        (unknown.kind(), unknown.reason().is_none()),
        ("LOBBY_MESSAGE_CREATE", true)
    );
    assert_eq!(&unknown.body()[..], lobby.to_string().as_bytes());
    assert_eq!(other(&json!({"type": 6})).kind(), "6");
    let unfit = other(&interaction(2, json!({"id": 7})));
    assert_eq!((unfit.kind(), unfit.reason().is_some()), ("2", true));
    for document in [
        "",
        "[]",
        r#"{"type":"2"}"#,
        r#"{"type":2,"type":3}"#,
        r#"{"type":6,"id":"1","id":"2"}"#,
    ] {
        let Event::Other(kept) = Event::from_parts("said", document) else {
            panic!("{document}")
        };
        assert_eq!(
            (kept.kind(), kept.reason().is_some()),
            ("said", true),
            "{document}"
        );
        assert_eq!(&kept.body()[..], document.as_bytes());
    }
}

#[tokio::test]
async fn a_struct_reads_its_own_kind_of_its_own_sender() {
    async fn code<E: tower_webhook::Event>(scheme: provider::Scheme, body: serde_json::Value) -> u16 {
        let app: Router = Router::new().route("/", post(|_: Webhook<E>| async {}).layer(verify(scheme)));
        let request = Delivery::new(scheme, body.to_string()).sign(&secret()).unwrap();
        let response = app.oneshot(request.map(axum::body::Body::from)).await.unwrap();
        response.status().as_u16()
    }
    let modal = json!({"custom_id": "ask", "components": []});
    let component = json!({"custom_id": "b", "component_type": 2});
    assert_eq!(code::<Event>(DISCORD, interaction(2, command())).await, 200);
    assert_eq!(
        code::<Interaction<Command>>(DISCORD, interaction(2, command())).await,
        200
    );
    assert_eq!(
        code::<Interaction<Command>>(DISCORD, interaction(4, command())).await,
        400
    );
    assert_eq!(
        code::<Interaction<Autocomplete>>(DISCORD, interaction(4, command())).await,
        200
    );
    assert_eq!(
        code::<Interaction<Component>>(DISCORD, interaction(3, component)).await,
        200
    );
    assert_eq!(
        code::<Interaction<Modal>>(DISCORD, interaction(5, modal)).await,
        200
    );
    let event = webhook("ENTITLEMENT_CREATE", entitlement());
    assert_eq!(
        code::<WebhookEvent<Entitlement>>(DISCORD, event.clone()).await,
        200
    );
    assert_eq!(
        code::<WebhookEvent<ApplicationAuthorized>>(DISCORD, event.clone()).await,
        400
    );
    assert_eq!(code::<WebhookEvent<Entitlement>>(GITHUB, event).await, 400);
    assert_eq!(code::<Event>(GITHUB, interaction(2, command())).await, 400);
}
