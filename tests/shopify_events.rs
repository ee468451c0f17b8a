//! Shopify's events as types: each topic, what the types refuse, and what happens to everything else.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::Router;
use axum::routing::post;
use support::{secret, verify};
use tower::ServiceExt;
use tower_webhook::event::Event as _;
use tower_webhook::event::shopify::{
    Customer, CustomersDataRequest, CustomersRedact, Event, Order, Shop, ShopRedact,
};
use tower_webhook::provider::{GITHUB, Scheme, senders::SHOPIFY};
use tower_webhook::testing::Delivery;
use tower_webhook::{Verified, Webhook};

const ORDER: &str = r##"{"id":450789469,"admin_graphql_api_id":"gid://shopify/Order/450789469","name":"#1001","order_number":1001,
    "created_at":"2024-01-10T11:00:00-05:00","updated_at":"2024-01-11T11:00:00-05:00","cancelled_at":null,"currency":"CHF",
    "total_price":"409.94","current_total_price":"409.90","financial_status":"paid","fulfillment_status":null,"test":false,
    "tags":"a, b","token":"t0ken","order_status_url":"https://shop/1/authenticate?key=s3cret","new_field":{"x":[1]},
    "customer":{"id":207119551,"email":"ada@example.com","first_name":"Ada","state":"enabled","tags":null},
    "line_items":[{"id":466157049,"product_id":632910392,"variant_id":null,"title":"Kiln","sku":"K-1","quantity":2,"price":"199.00",
    "total_discount":"0.00","requires_shipping":true}],
    "shipping_address":{"name":"Ada L","address1":"Main Street 1","city":"Bern","zip":"3000","country_code":"CH"}}"##;
const CUSTOMER: &str = r#"{"id":706405506930370084,"email":"ada@example.com","phone":"+41310000000","first_name":"Ada","last_name":"L",
    "verified_email":true,"state":"disabled","created_at":"2024-01-10T11:00:00-05:00","default_address":null}"#;
const SHOP: &str = r#"{"id":548380009,"name":"Kilns","domain":"kilns.example","myshopify_domain":"kilns.myshopify.com",
    "email":"owner@example.com","plan_name":"basic","country_code":"CH","currency":"CHF"}"#;
const DATA_REQUEST: &str = r#"{"shop_id":954889,"shop_domain":"kilns.myshopify.com","orders_requested":[299938,280263],
    "customer":{"id":191167,"email":"ada@example.com","phone":"555-625-1199"},"data_request":{"id":9999}}"#;
const CUSTOMER_REDACT: &str = r#"{"shop_id":954889,"shop_domain":"kilns.myshopify.com","orders_to_redact":[299938],
    "customer":{"id":191167,"email":"ada@example.com","phone":"555-625-1199"}}"#;
const SHOP_REDACT: &str = r#"{"shop_id":954889,"shop_domain":"kilns.myshopify.com"}"#;

/// Reads it, and makes sure that its `Debug` output tells nothing about anybody.
fn read(topic: &str, document: &'static str) -> Event {
    let event = Event::from_parts(topic, document);
    let shown = format!("{event:?} {event:#?}");
    for private in [
        "ada@",
        "Ada",
        "Main Street",
        "555-",
        "+41",
        "owner@",
        "t0ken",
        "s3cret",
    ] {
        assert!(!shown.contains(private), "{shown}");
    }
    assert_eq!(event.kind(), topic);
    event
}

fn is_other(event: &Event) -> bool {
    matches!(event, Event::Other(other) if other.reason().is_some())
}

#[test]
fn an_order_under_each_of_its_topics() {
    let order = |event| match event {
        Event::OrderCreated(order)
        | Event::OrderUpdated(order)
        | Event::OrderPaid(order)
        | Event::OrderCancelled(order)
        | Event::OrderFulfilled(order)
        | Event::OrderPartiallyFulfilled(order) => *order,
        event => panic!("{event:?}"),
    };
    for topic in Order::KINDS {
        let order = order(read(topic, ORDER));
        assert_eq!(
            (order.id, order.name.as_str(), order.total_price.as_str()),
            (450_789_469, "#1001", "409.94")
        );
        assert_eq!(order.financial_status.as_deref(), Some("paid"));
        assert_eq!((order.cancelled_at, order.fulfillment_status), (None, None));
        assert_eq!(order.customer.unwrap().email.as_deref(), Some("ada@example.com"));
        assert_eq!(order.shipping_address.unwrap().city.as_deref(), Some("Bern"));
        let item = &order.line_items[0];
        assert_eq!(
            (item.product_id, item.variant_id, item.quantity),
            (Some(632_910_392), None, 2)
        );
        assert!(item.requires_shipping && !item.gift_card);
    }
    assert!(matches!(read("orders/create", ORDER), Event::OrderCreated(_)));
    assert!(matches!(read("orders/updated", ORDER), Event::OrderUpdated(_)));
    assert!(matches!(read("orders/paid", ORDER), Event::OrderPaid(_)));
    assert!(matches!(
        read("orders/cancelled", ORDER),
        Event::OrderCancelled(_)
    ));
}

#[test]
fn a_customer_a_deleted_one_and_a_shop() {
    for topic in Customer::KINDS {
        assert!(!matches!(read(topic, CUSTOMER), Event::Other(_)), "{topic}");
    }
    let Event::CustomerUpdated(customer) = read("customers/update", CUSTOMER) else {
        panic!()
    };
    assert_eq!(
        (customer.id, customer.last_name.as_deref()),
        (706_405_506_930_370_084, Some("L"))
    );
    assert!(customer.verified_email);
    let Event::CustomerDeleted(customer) =
        read("customers/delete", r#"{"id":7,"phone":null,"addresses":[]}"#)
    else {
        panic!()
    };
    assert_eq!((customer.id, customer.email.clone()), (7, None));
    let Event::AppUninstalled(shop) = read("app/uninstalled", SHOP) else {
        panic!()
    };
    assert_eq!(
        (shop.id, shop.myshopify_domain.as_str()),
        (548_380_009, "kilns.myshopify.com")
    );
}

#[test]
fn the_three_privacy_topics() {
    let Event::CustomersDataRequest(request) = read("customers/data_request", DATA_REQUEST) else {
        panic!()
    };
    assert_eq!(
        (request.data_request.id, request.orders_requested.len()),
        (9999, 2)
    );
    assert_eq!(request.customer.phone.as_deref(), Some("555-625-1199"));
    let Event::CustomersRedact(request) = read("customers/redact", CUSTOMER_REDACT) else {
        panic!()
    };
    assert_eq!(
        (request.customer.id, request.orders_to_redact.clone()),
        (191_167, vec![299_938])
    );
    let Event::ShopRedact(request) = read("shop/redact", SHOP_REDACT) else {
        panic!()
    };
    assert_eq!(
        (request.shop_id, request.shop_domain.as_str()),
        (954_889, "kilns.myshopify.com")
    );
}

#[test]
fn a_payload_is_not_taken_for_another_topics() {
    let documents = [
        ("orders/paid", ORDER),
        ("customers/delete", CUSTOMER),
        ("app/uninstalled", SHOP),
        ("customers/data_request", DATA_REQUEST),
        ("customers/redact", CUSTOMER_REDACT),
        ("shop/redact", SHOP_REDACT),
    ];
    for (own, document) in documents {
        for (topic, _) in documents {
            assert_eq!(is_other(&read(topic, document)), topic != own, "{own} as {topic}");
        }
    }
}

#[test]
fn what_has_no_type_or_does_not_fit_is_kept_to_the_byte() {
    for (topic, document) in [
        ("orders/delete", r#"{"id":1}"#),
        ("products/create", r#"{"id":1}"#),
        ("", "{}"),
        ("orders/paid", r#"{"id":1}"#),
        ("orders/paid", r#"{"id":1.5,"name":"x"}"#),
        ("orders/paid", "not JSON"),
        ("shop/redact", r#"{"shop_id":1,"shop_id":2,"shop_domain":"x"}"#),
    ] {
        let Event::Other(other) = Event::from_parts(topic, document) else {
            panic!("{topic} {document}")
        };
        assert_eq!((other.kind(), &other.body()[..]), (topic, document.as_bytes()));
    }
}

#[tokio::test]
async fn a_struct_reads_its_own_topics_of_its_own_sender() {
    async fn code<E: tower_webhook::Event>(scheme: Scheme, topic: &str, body: &'static str) -> u16 {
        let handler = |_: Verified, _: Webhook<E>| async {};
        let app: Router = Router::new().route("/", post(handler).layer(verify(scheme)));
        let request = Delivery::new(scheme, body).kind(topic).sign(&secret()).unwrap();
        let response = app.oneshot(request.map(axum::body::Body::from)).await.unwrap();
        response.status().as_u16()
    }
    assert_eq!(code::<Event>(SHOPIFY, "orders/paid", ORDER).await, 200);
    assert_eq!(code::<Order>(SHOPIFY, "orders/paid", ORDER).await, 200);
    assert_eq!(code::<Order>(SHOPIFY, "customers/update", ORDER).await, 400);
    assert_eq!(code::<Customer>(SHOPIFY, "customers/update", CUSTOMER).await, 200);
    assert_eq!(code::<Shop>(SHOPIFY, "app/uninstalled", SHOP).await, 200);
    assert_eq!(
        code::<CustomersDataRequest>(SHOPIFY, "customers/data_request", DATA_REQUEST).await,
        200
    );
    assert_eq!(
        code::<CustomersRedact>(SHOPIFY, "customers/redact", CUSTOMER_REDACT).await,
        200
    );
    assert_eq!(code::<ShopRedact>(SHOPIFY, "shop/redact", SHOP_REDACT).await, 200);
    assert_eq!(
        code::<ShopRedact>(SHOPIFY, "shop/redact", CUSTOMER_REDACT).await,
        400
    );
    assert_eq!(code::<Order>(GITHUB, "orders/paid", ORDER).await, 400);
    assert_eq!(code::<Event>(GITHUB, "orders/paid", ORDER).await, 400);
}
