//! The canonical forms, for whatever a sender may send.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use proptest::prelude::*;
use tower_webhook::provider::senders::{
    Adyen, Braintree, CONTENTFUL, Contentful, HUBSPOT, HubSpot, Mailgun, TWILIO, Twilio,
};
use tower_webhook::testing::Delivery;

use super::case::{layer, send};
use super::rules::{NOW, delivery, key};

const URL: &str = "https://hooks.example.com/in";

fn run<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

fn encode(pairs: &[(String, String)]) -> String {
    let mut text = Vec::new();
    for (name, value) in pairs {
        let percent = |piece: &str| {
            piece
                .bytes()
                .map(|byte| format!("%{byte:02x}"))
                .collect::<String>()
        };
        text.push(format!("{}={}", percent(name), percent(value)));
    }
    text.join("&")
}

fn twilio() -> Twilio {
    Twilio::new(key()).public_url(URL)
}

async fn status(request: Request<Bytes>) -> u16 {
    send(layer(twilio(), NOW), request.map(Full::new)).await.status
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The order of a form's fields is not signed, and every other change of a field is.
    #[test]
    fn twilios_form_is_signed_in_every_order(
        mut pairs in prop::collection::vec(("[a-zA-Z]{1,6}", ".{0,8}"), 1..12),
        turn in 0_usize..12,
        position in any::<prop::sample::Index>(),
        more in "[a-z0-9]{1,3}",
    ) {
        let signed = delivery(TWILIO, &encode(&pairs)).form().sign_as(&twilio(), &key()).unwrap();
        let turned = turn % pairs.len();
        pairs.rotate_left(turned);
        let same = encode(&pairs);
        prop_assert_eq!(run(status(signed.clone().map(|_| same.into()))), 204);
        let index = position.index(pairs.len());
        // A value with something behind it: another text wherever it stands.
        pairs.iter_mut().for_each(|(_, value)| value.retain(|letter| letter != '\u{1}'));
        pairs[index].1.push('\u{1}');
        pairs[index].1.push_str(&more);
        let other = encode(&pairs);
        prop_assert_eq!(run(status(signed.map(|_| other.into()))), 401);
    }

    /// The query is signed letter for letter.
    #[test]
    fn the_query_is_signed(query in "[a-zA-Z0-9%&=+.,:;'-]{1,30}", more in "[a-z]{1,3}") {
        let sent = |query: &str| delivery(TWILIO, "A=1").form().uri(format!("/in?{query}"));
        let signed = sent(&query).sign_as(&twilio(), &key()).unwrap();
        prop_assert_eq!(run(status(signed.clone())), 204);
        let mut other = signed;
        *other.uri_mut() = format!("/in?{query}{more}").parse().unwrap();
        prop_assert_eq!(run(status(other)), 401);
    }

    /// What HubSpot and Contentful make of a URL is what their signer makes of it.
    #[test]
    fn urls_are_read_as_they_are_signed(query in "[a-zA-Z0-9%&=+.,:;'(){}-]{0,30}") {
        let sent = |scheme| Delivery::new(scheme, "{}").at(delivery(scheme, "").time()).uri(format!("/in?{query}"));
        let hubspot = || HubSpot::new(key()).public_url(URL);
        let signed = sent(HUBSPOT).sign_as(&hubspot(), &key()).unwrap();
        prop_assert_eq!(run(send(layer(hubspot(), NOW), signed.map(Full::new))).status, 204);
        let contentful = || Contentful::new(key()).public_url(URL);
        let signed = sent(CONTENTFUL).sign_as(&contentful(), &key()).unwrap();
        prop_assert_eq!(run(send(layer(contentful(), NOW), signed.map(Full::new))).status, 204);
    }

    /// Bodies that are read before they are verified end in a refusal, whatever they hold.
    #[test]
    fn whatever_an_outsider_sends_is_refused(
        body in prop::collection::vec(any::<u8>(), 0..200),
        json in r#"[\[\]{}":,a-zA-Z0-9\\ ]{0,80}"#,
        form in any::<bool>(),
    ) {
        for body in [body, json.into_bytes()] {
            let request = |body: &[u8]| {
                let media_type = if form { "application/x-www-form-urlencoded" } else { "application/json" };
                let request = Request::post("/in").header("content-type", media_type);
                let request = request.header("x-twilio-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
                request.body(Full::new(Bytes::copy_from_slice(body))).unwrap()
            };
            for layer in [
                layer(twilio(), NOW),
                layer(Adyen::new(key()), NOW),
                layer(Braintree::new("public", key()), NOW),
                layer(Mailgun::new(key()), NOW),
            ] {
                prop_assert_eq!(run(send(layer, request(&body))).status, 401);
            }
        }
    }
}
