//! The bodies that are tried first, whole enough to be read as their sender's typed events.

use serde_json::{Value, json};

/// The body of this kind, where the sender has one here.
pub(crate) fn document(sender: &str, id: &str, kind: &str, millis: u64) -> Option<Value> {
    match (sender, kind) {
        ("github", "push") => Some(push(id)),
        ("stripe", "invoice.paid") => Some(invoice(id, kind, millis / 1_000)),
        ("shopify", "orders/create") => Some(order(millis)),
        _ => None,
    }
}

/// A push of one commit.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>.
fn push(id: &str) -> Value {
    let owner = json!({"login": "octo-org", "id": 2, "type": "Organization"});
    let person = json!({"name": "Mona", "email": "mona@example.com", "username": "mona"});
    let tip = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    let commit = json!({
        "id": tip, "tree_id": tip, "distinct": true, "message": format!("Say hello ({id})"),
        "timestamp": "2026-11-22T10:00:00Z", "url": format!("https://github.com/octo-org/hello/commit/{tip}"),
        "author": person, "committer": person, "added": ["hello.txt"], "removed": [], "modified": [],
    });
    json!({
        "ref": "refs/heads/main", "before": "0".repeat(40), "after": tip, "created": true, "deleted": false,
        "forced": false, "compare": "https://github.com/octo-org/hello/compare/main",
        "commits": [commit], "head_commit": commit, "pusher": person,
        "repository": {
            "id": 1, "name": "hello", "full_name": "octo-org/hello", "private": false, "fork": false, "owner": owner,
            "html_url": "https://github.com/octo-org/hello",
        },
        "sender": {"login": "mona", "id": 3, "type": "User"},
    })
}

/// A snapshot event with a paid invoice.
///
/// Source: <https://docs.stripe.com/api/invoices/object>.
fn invoice(id: &str, kind: &str, seconds: u64) -> Value {
    let invoice = json!({
        "id": "in_1", "object": "invoice", "number": "TEST-0001", "status": "paid", "currency": "eur", "created": seconds,
        "customer": "cus_1", "subtotal": 1_200, "total": 1_200, "amount_due": 1_200, "amount_paid": 1_200,
        "amount_remaining": 0, "attempt_count": 1, "billing_reason": "manual", "metadata": {},
    });
    json!({
        "id": id, "object": "event", "type": kind, "created": seconds, "livemode": false, "pending_webhooks": 1,
        "data": {"object": invoice},
    })
}

/// An order of one item.
///
/// Source: <https://shopify.dev/docs/api/admin-rest/latest/resources/order#resource-object>.
fn order(number: u64) -> Value {
    let item = json!({"id": 1, "title": "A test", "quantity": 1, "price": "12.00", "sku": "TEST-1"});
    json!({
        "id": number, "admin_graphql_api_id": format!("gid://shopify/Order/{number}"), "name": "#1001",
        "order_number": 1_001, "created_at": "2026-11-22T10:00:00Z", "updated_at": "2026-11-22T10:00:00Z",
        "currency": "EUR", "subtotal_price": "12.00", "total_price": "12.00", "current_total_price": "12.00",
        "total_tax": "0.00", "financial_status": "paid", "test": true, "tags": "", "line_items": [item],
    })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use bytes::Bytes;
    use http::Response;
    use http_body_util::Full;
    use tower::{Layer, ServiceExt};
    use tower_webhook::event::{github, shopify, stripe};
    use tower_webhook::provider::{Scheme, senders};
    use tower_webhook::{EventRouter, Outcome, Secret, VerifyLayer};

    use crate::sample;

    #[tokio::test]
    async fn each_is_an_event_of_its_type() {
        let router = EventRouter::new()
            .on(|push: github::Push, _| async move { assert_eq!(push.commits.len(), 1) })
            .on(|paid: stripe::Snapshot<stripe::Invoice>, _| async move {
                assert_eq!((paid.id.as_str(), paid.data.object.amount_paid), ("evt_7", 1_200));
            })
            .on(|order: shopify::Order, _| async move { assert_eq!(order.line_items.len(), 1) })
            .otherwise(|_| async { Outcome::Retry });
        for (sender, kind, status) in [
            ("github", "push", 200),
            ("stripe", "invoice.paid", 200),
            ("shopify", "orders/create", 200),
            ("github", "watch", 503),
        ] {
            let scheme = senders::by_name(sender).expect("the sender is known");
            let answer = answer(*scheme, router.clone(), kind).await;
            assert_eq!(answer.status(), status, "{sender} {kind}");
        }
    }

    async fn answer(scheme: Scheme, router: EventRouter, kind: &str) -> Response<Full<Bytes>> {
        let secret = Secret::new("a secret of this test alone").expect("it is not empty");
        let layer = VerifyLayer::new(scheme.with(secret.clone())).expect("its terms are right");
        let request = sample::delivery(scheme, "evt_7", kind, SystemTime::now()).sign(&secret);
        let request = request.expect("it can be signed").map(Full::new);
        let Ok(answer) = layer.layer(router).oneshot(request).await;
        answer
    }
}
