//! Answers per sender: each is the document that its sender's page shows, for axum and for plain hyper alike.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::response::IntoResponse;
use axum::routing::post;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use support::{secret, verify};
use tower::ServiceExt;
use tower_webhook::DedupLayer;
use tower_webhook::answer::{discord, slack, teams};
use tower_webhook::provider::SLACK;
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;

/// The document of a response that a sender can read.
async fn document(
    response: Response<impl http_body::Body<Data = bytes::Bytes, Error: std::fmt::Debug>>,
) -> Value {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

/// The answer in both its forms, which are the same.
macro_rules! said {
    ($answer:expr) => {{
        let answer = $answer;
        let axum = document(IntoResponse::into_response(answer.clone())).await;
        assert_eq!(axum, document(answer.into_response::<Full<bytes::Bytes>>()).await);
        axum
    }};
}

#[tokio::test]
async fn slack_s() {
    let ephemeral = said!(slack::Message::ephemeral("hi"));
    assert_eq!(ephemeral, json!({"response_type": "ephemeral", "text": "hi"}));
    let blocks = json!([{"type": "divider"}]);
    let public = said!(slack::Message::in_channel("hi").blocks(blocks.clone()));
    assert_eq!(
        public,
        json!({"response_type": "in_channel", "text": "hi", "blocks": blocks})
    );

    assert_eq!(
        said!(slack::ViewAnswer::Clear),
        json!({"response_action": "clear"})
    );
    let errors = said!(slack::ViewAnswer::errors([("date", "over"), ("name", "taken")]));
    assert_eq!(
        errors,
        json!({"response_action": "errors", "errors": {"date": "over", "name": "taken"}})
    );
    let view = json!({"type": "modal"});
    let update = said!(slack::ViewAnswer::Update { view: view.clone() });
    assert_eq!(update, json!({"response_action": "update", "view": view}));
    let push = said!(slack::ViewAnswer::Push { view: view.clone() });
    assert_eq!(push, json!({"response_action": "push", "view": view}));

    let options = said!(slack::Options::default().option("Bern", "be"));
    let bern = json!({"text": {"type": "plain_text", "text": "Bern"}, "value": "be"});
    assert_eq!(options, json!({"options": [bern]}));
    assert_eq!(said!(slack::Options::default()), json!({"options": []}));
}

#[tokio::test]
async fn discord_s() {
    use discord::Response;
    assert_eq!(said!(Response::pong()), json!({"type": 1}));
    assert_eq!(
        said!(Response::message("hi")),
        json!({"type": 4, "data": {"content": "hi"}})
    );
    let private = said!(Response::message("@everyone").ephemeral().without_mentions());
    let data = json!({"content": "@everyone", "flags": 64, "allowed_mentions": {"parse": []}});
    assert_eq!(private, json!({"type": 4, "data": data}));
    assert_eq!(said!(Response::deferred()), json!({"type": 5}));
    assert_eq!(
        said!(Response::deferred().ephemeral()),
        json!({"type": 5, "data": {"flags": 64}})
    );
    assert_eq!(said!(Response::deferred_update()), json!({"type": 6}));
    assert_eq!(
        said!(Response::update("new")),
        json!({"type": 7, "data": {"content": "new"}})
    );
    let choices = said!(Response::choices([("one", 1), ("two", 2)]));
    let list = json!([{"name": "one", "value": 1}, {"name": "two", "value": 2}]);
    assert_eq!(choices, json!({"type": 8, "data": {"choices": list}}));
    let modal = said!(Response::modal("ask", "A question", json!([])));
    let data = json!({"custom_id": "ask", "title": "A question", "components": []});
    assert_eq!(modal, json!({"type": 9, "data": data}));
    let embeds = said!(Response::message("x").with("embeds", json!([{"title": "t"}])));
    assert_eq!(embeds["data"]["embeds"][0]["title"], "t");
}

#[tokio::test]
async fn teams_s() {
    assert_eq!(
        said!(teams::Message::text("hi")),
        json!({"type": "message", "text": "hi"})
    );
    let card = json!({"type": "AdaptiveCard", "version": "1.4", "body": []});
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "content": card});
    let with_card = said!(teams::Message::text("hi").card(card));
    assert_eq!(
        with_card,
        json!({"type": "message", "text": "hi", "attachments": [attachment]})
    );
}

#[tokio::test]
async fn an_answer_completes_the_event_and_reaches_its_sender() {
    let layers = (verify(SLACK), DedupLayer::new(MemoryStore::default()));
    let handler = || async { slack::Message::ephemeral("once") };
    let app: axum::Router = axum::Router::new().route("/", post(handler).layer(layers));
    let form = "command=%2Fx&trigger_id=1.2&team_id=T";
    let request: Request<_> = Delivery::new(SLACK, form).form().sign(&secret()).unwrap();
    let send = |request: Request<bytes::Bytes>| app.clone().oneshot(request.map(axum::body::Body::from));
    let first = document(send(request.clone()).await.unwrap()).await;
    assert_eq!(first["text"], "once");
    let again = send(request).await.unwrap();
    assert_eq!(again.status(), 200);
    assert!(again.into_body().collect().await.unwrap().to_bytes().is_empty());
}
