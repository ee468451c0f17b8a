//! Stripe's events as types: each typed object, and what happens to everything that has no type or does not fit.

use tower_webhook::event::stripe::{Charge, Event, Invoice, Object, Snapshot, ThinEvent};
use tower_webhook::event::{EventErrorKind, Other};

/// A snapshot event around an object, as Stripe wraps it.
fn snapshot(kind: &str, object: &str) -> String {
    format!(
        r#"{{"id":"evt_1","object":"event","api_version":"2025-03-31.basil","created":1700000000,"livemode":false,
            "pending_webhooks":2,"request":{{"id":"req_1","idempotency_key":null}},"type":"{kind}","new_field":[1],
            "data":{{"object":{object},"previous_attributes":{{"amount":9007199254740993}}}}}}"#
    )
}

fn read(kind: &str, object: &str) -> Event {
    Event::from_parts(kind, snapshot(kind, object))
}

fn charge(amount: &str) -> String {
    format!(
        r#"{{"id":"ch_1","object":"charge","amount":{amount},"amount_refunded":0,"currency":"jpy","status":"succeeded",
            "paid":true,"captured":true,"created":1,"customer":{{"id":"cus_1","object":"customer","name":"x"}},
            "payment_intent":"pi_1","metadata":{{"order":"7"}}}}"#
    )
}

fn other(event: Event) -> Other {
    match event {
        Event::Other(other) => other,
        typed => panic!("expected no type, got {typed:?}"),
    }
}

/// The event has no type because it does not fit the one it should have.
fn misfit(document: String) {
    let other = other(Event::from_parts("charge.succeeded", document.clone()));
    assert!(other.reason().is_some(), "{document}");
    assert_eq!(other.body(), document.as_bytes());
}

#[test]
fn a_payment_intent_with_its_envelope() {
    let event = read(
        "payment_intent.payment_failed",
        r#"{"id":"pi_1","object":"payment_intent","amount":1099,"amount_received":null,"currency":"eur","created":5,
            "status":"requires_payment_method","latest_charge":"ch_1","customer":null,"metadata":null,
            "client_secret":"pi_1_secret_x",
            "last_payment_error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds"}}"#,
    );
    assert_eq!(event.kind(), "payment_intent.payment_failed");
    assert!(!format!("{event:?}").contains("pi_1_secret_x"));
    let Event::PaymentIntent(event) = event else {
        panic!("{event:?}")
    };
    assert_eq!(
        (event.id.as_str(), event.created, event.livemode),
        ("evt_1", 1_700_000_000, false)
    );
    assert_eq!(event.api_version.as_deref(), Some("2025-03-31.basil"));
    assert_eq!(event.request.as_ref().unwrap().id.as_deref(), Some("req_1"));
    assert_eq!(event.pending_webhooks, Some(2));
    let previous = event.data.previous_attributes.as_ref().unwrap().get();
    assert_eq!(previous, r#"{"amount":9007199254740993}"#);
    let payment = &event.data.object;
    assert_eq!((payment.amount, payment.amount_received), (1099, 0));
    assert_eq!(payment.latest_charge.as_ref().unwrap().id(), "ch_1");
    assert_eq!(payment.customer, None);
    let error = payment.last_payment_error.as_ref().unwrap();
    assert_eq!(error.decline_code.as_deref(), Some("insufficient_funds"));
}

#[test]
fn a_charge_with_an_expanded_customer() {
    let Event::Charge(event) = read("charge.succeeded", &charge("100")) else {
        panic!()
    };
    let charge = event.data.object;
    assert_eq!(charge.customer.unwrap().id(), "cus_1");
    assert_eq!(charge.payment_intent.unwrap().to_string(), "pi_1");
    assert_eq!(charge.metadata["order"], "7");
    assert!(charge.paid && charge.captured && !charge.refunded);
}

#[test]
fn what_a_charge_event_carries_decides_and_not_its_kind() {
    let document = snapshot(
        "charge.dispute.created",
        r#"{"id":"dp_1","object":"dispute","amount":1}"#,
    );
    let dispute = other(Event::from_parts("charge.dispute.created", document.clone()));
    assert_eq!(dispute.kind(), "charge.dispute.created");
    assert!(dispute.reason().is_none());
    let error = Snapshot::<Charge>::from_document(document.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), EventErrorKind::OtherKind);
    other(read(
        "charge.refund.updated",
        r#"{"id":"re_1","object":"refund"}"#,
    ));
    other(read(
        "customer.source.created",
        r#"{"id":"card_1","object":"card"}"#,
    ));
    assert!(matches!(
        read("charge.of_a_new_kind", &charge("1")),
        Event::Charge(_)
    ));
}

#[test]
fn an_upcoming_invoice_has_no_id() {
    let amounts =
        r#""currency":"usd","subtotal":5,"total":-5,"amount_due":0,"amount_paid":0,"amount_remaining":0"#;
    let upcoming = format!(
        r#"{{"object":"invoice",{amounts},"created":1,"customer":"cus_1","subscription":"sub_old"}}"#
    );
    let Event::Invoice(event) = read("invoice.upcoming", &upcoming) else {
        panic!()
    };
    assert_eq!(
        (event.data.object.id.as_deref(), event.data.object.total),
        (None, -5)
    );
    assert_eq!(event.data.object.subscription_id(), Some("sub_old"));

    let paid = format!(
        r#"{{"id":"in_1","object":"invoice",{amounts},"created":1,"status":"paid","attempt_count":1,
            "parent":{{"type":"subscription_details","subscription_details":{{"subscription":"sub_1"}}}}}}"#
    );
    let Event::Invoice(event) = read("invoice.paid", &paid) else {
        panic!()
    };
    assert_eq!(event.data.object.subscription_id(), Some("sub_1"));
    assert_eq!(event.data.object.attempt_count, 1);
}

#[test]
fn a_checkout_session() {
    let event = read(
        "checkout.session.completed",
        r#"{"id":"cs_1","object":"checkout.session","mode":"payment","payment_status":"paid","amount_total":300,
            "currency":"eur","created":1,"client_reference_id":"cart-9","payment_intent":"pi_1","customer":null,
            "customer_details":{"email":"a@example.com","name":null},"url":"https://checkout.stripe.com/c/pay/x"}"#,
    );
    let Event::CheckoutSession(event) = event else {
        panic!("{event:?}")
    };
    let session = event.data.object;
    assert_eq!(
        (session.amount_total, session.payment_status.as_str()),
        (Some(300), "paid")
    );
    assert_eq!(session.client_reference_id.as_deref(), Some("cart-9"));
    assert_eq!(
        session.customer_details.unwrap().email.as_deref(),
        Some("a@example.com")
    );
}

#[test]
fn a_customer_and_a_subscription() {
    let customer =
        r#"{"id":"cus_1","object":"customer","balance":-200,"email":null,"name":"Ada","delinquent":null}"#;
    let Event::Customer(event) = read("customer.updated", customer) else {
        panic!()
    };
    assert_eq!(
        (event.data.object.balance, event.data.object.name.as_deref()),
        (-200, Some("Ada"))
    );

    let event = read(
        "customer.subscription.updated",
        r#"{"id":"sub_1","object":"subscription","status":"active","customer":"cus_1","created":1,"trial_end":null,
            "items":{"object":"list","has_more":false,"data":[{"id":"si_1","quantity":2,"current_period_end":99,
            "price":{"id":"price_1","currency":"eur","unit_amount":500,"product":"prod_1"}}]}}"#,
    );
    let Event::Subscription(event) = event else {
        panic!("{event:?}")
    };
    let item = &event.data.object.items.data[0];
    assert_eq!((item.quantity, item.current_period_end), (Some(2), Some(99)));
    assert_eq!(item.price.as_ref().unwrap().unit_amount, Some(500));
}

#[test]
fn a_thin_event() {
    let document = r#"{"id":"evt_234","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered",
        "created":"2024-09-17T06:20:52.246Z","livemode":true,"context":"acct_1",
        "related_object":{"id":"mtr_1","type":"billing.meter","url":"/v1/billing/meters/mtr_1"},
        "reason":{"type":"request","request":{"id":"req_1","idempotency_key":"k"}},"data":{"object":"anything"}}"#;
    let Event::Thin(event) = Event::from_parts("", document) else {
        panic!()
    };
    assert_eq!(event.kind, "v1.billing.meter.error_report_triggered");
    assert_eq!(event.created, "2024-09-17T06:20:52.246Z");
    assert_eq!(event.related_object.unwrap().id, "mtr_1");
    assert_eq!(
        event.reason.unwrap().request.unwrap().idempotency_key.as_deref(),
        Some("k")
    );
    assert_eq!(event.data.unwrap().get(), r#"{"object":"anything"}"#);
    assert_eq!(
        ThinEvent::from_document(document.as_bytes())
            .unwrap()
            .context
            .as_deref(),
        Some("acct_1")
    );

    let least = r#"{"id":"evt_1","object":"v2.core.event","type":"v2.core.account.closed","created":"2024-09-17T06:20:52Z"}"#;
    assert!(matches!(Event::from_parts("", least), Event::Thin(_)));
    let snapshot = snapshot("charge.succeeded", &charge("1"));
    let error = ThinEvent::from_document(snapshot.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), EventErrorKind::OtherKind);
}

#[test]
fn what_has_no_type_keeps_its_bytes() {
    for (kind, object) in [("payout.paid", "payout"), ("a.kind.of.tomorrow", "thing")] {
        let document = snapshot(kind, &format!(r#"{{"object":"{object}"}}"#));
        let other = other(Event::from_parts(kind, document.clone()));
        assert_eq!((other.kind(), other.body()), (kind, &document.into()));
        assert!(other.reason().is_none());
    }
    let tomorrow = r#"{"id":"evt_1","object":"v3.core.event","type":"v3.thing"}"#;
    assert!(other(Event::from_parts("v3.thing", tomorrow)).reason().is_none());
}

#[test]
fn what_is_no_event_keeps_its_bytes_too() {
    for document in [
        "",
        "{",
        "[]",
        "null",
        r#"{"id":"evt_1"}"#,
        r#"{"id":"evt_1","object":"event","type":"charge.failed"}"#,
    ] {
        misfit(document.to_owned());
    }
    misfit(snapshot("charge.succeeded", &charge("1")) + "{}");
    misfit(snapshot("charge.succeeded", r#"{"id":"ch_1","object":"charge"}"#));
    assert_eq!(other(Event::from_parts("stated", "{")).kind(), "stated");
}

#[test]
fn a_list_is_no_object() {
    let list = other(Event::from_parts(
        "fallback",
        r#"["evt_1","event","invoice.paid"]"#,
    ));
    assert_eq!(list.kind(), "fallback");
    let right = snapshot("charge.succeeded", &charge("7"));
    assert!(matches!(
        Event::from_parts("fallback", right.clone()),
        Event::Charge(_)
    ));
    let opened = right.replacen(r#""data":{"object":"#, r#""data":["#, 1);
    let (head, _) = opened.split_once(r#","previous_attributes""#).unwrap();
    misfit(format!("{head},null]}}"));
}

#[test]
fn amounts_are_exact_or_refused() {
    for amount in [i64::MAX, i64::MIN, 9_007_199_254_740_993, 0] {
        let Event::Charge(event) = read("charge.succeeded", &charge(&amount.to_string())) else {
            panic!()
        };
        assert_eq!(event.data.object.amount, amount);
    }
    for amount in [
        "9223372036854775808",
        "1.0",
        "1e2",
        "1e400",
        "-0",
        "-0.0",
        "NaN",
        "\"1\"",
        "null",
    ] {
        misfit(snapshot("charge.succeeded", &charge(amount)));
    }
}

#[test]
fn a_name_said_twice_fits_no_type() {
    let once = snapshot("charge.succeeded", &charge("1"));
    for again in [
        r#""id":"evt_2""#,
        r#""\u0069d":"evt_2""#,
        r#""type":"charge.failed""#,
        r#""object":"event""#,
    ] {
        misfit(once.replacen('{', &format!("{{{again},"), 1));
    }
    misfit(once.replacen(r#""data":"#, r#""data":{},"data":"#, 1));
    misfit(once.replacen(r#""amount":1,"#, r#""amount":2,"amount":1,"#, 1));
    misfit(once.replacen(r#""order":"7""#, r#""order":"7","order":"8""#, 1));
    misfit(once.replacen(r#"{"id":"cus_1","#, r#"{"id":"cus_1","id":"cus_2","#, 1));
    misfit(once.replacen(
        r#""object":"charge""#,
        r#""object":"charge","object":"refund""#,
        1,
    ));
    // Another letter case is another name, which nobody asked for.
    assert!(matches!(
        Event::from_parts("", once.replacen('{', r#"{"ID":"evt_2","#, 1)),
        Event::Charge(event) if event.id == "evt_1"
    ));
}

#[test]
fn one_object_can_be_asked_for_alone() {
    let fits = snapshot("charge.succeeded", &charge("3"));
    assert_eq!(
        Snapshot::<Charge>::from_document(fits.as_bytes())
            .unwrap()
            .data
            .object
            .amount,
        3
    );
    let kind = |document: String| {
        Snapshot::<Invoice>::from_document(document.as_bytes())
            .unwrap_err()
            .kind()
    };
    assert_eq!(kind(fits), EventErrorKind::OtherKind);
    assert_eq!(kind(snapshot("invoice.paid", "{}")), EventErrorKind::Shape);
    assert_eq!(
        kind(snapshot("invoice.paid", &charge("3"))),
        EventErrorKind::Shape
    );
    assert_eq!(kind("{".to_owned()), EventErrorKind::Shape);
    assert_eq!(Invoice::KINDS, ["invoice.*"]);
}

#[test]
fn the_oldest_form_of_a_request_is_its_id() {
    let document = snapshot("charge.succeeded", &charge("1"));
    let old = document.replace(r#"{"id":"req_1","idempotency_key":null}"#, r#""req_9""#);
    let Event::Charge(event) = Event::from_parts("", old) else {
        panic!()
    };
    assert_eq!(event.request.unwrap().id.as_deref(), Some("req_9"));
    let none = document.replace(r#"{"id":"req_1","idempotency_key":null}"#, "null");
    let Event::Charge(event) = Event::from_parts("", none) else {
        panic!()
    };
    assert!(event.request.is_none());
}
