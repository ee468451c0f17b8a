//! Senders that sign with a private key: what their secrets may be, and what becomes of their deliveries.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "vectors/endpoint.rs"]
mod endpoint;
#[path = "support/peers.rs"]
mod peers;

use http::StatusCode;
use tower_webhook::provider::senders::{DISCORD, SENDGRID, SVIX};
use tower_webhook::provider::{Part, STANDARD_WEBHOOKS, Scheme, header};
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::{Delivery, ManualClock, public_key};
use tower_webhook::{ConfigErrorKind, DedupLayer, Secret, Secrets, Tenants, VerifyLayer};

use endpoint::{deliver, post, runtime};

const NOW: u64 = 1_800_000_000;
/// RFC 8032, section 7.1, test 1: the seed and its public key.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// Svix's published pair.
const WHSK: &str =
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
const WHPK: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const WHSEC: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const SCALAR: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

fn layer(scheme: Scheme, secrets: impl Into<Secrets>) -> VerifyLayer {
    let layer = VerifyLayer::new(scheme.with(secrets.into())).unwrap();
    layer.clock(ManualClock::at_unix(NOW))
}

fn at_now(scheme: Scheme, body: &'static str) -> Delivery {
    Delivery::new(scheme, body).at(std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW))
}

#[test]
fn a_private_key_signs_what_its_public_key_verifies() {
    for (scheme, private) in [
        (DISCORD, SEED),
        (STANDARD_WEBHOOKS, WHSK),
        (SVIX, WHSK),
        (SENDGRID, SCALAR),
    ] {
        let public = public_key(&scheme, &secret(private)).unwrap();
        let signed = at_now(scheme, "{}").sign(&secret(private)).unwrap();
        let outcome = runtime().block_on(deliver(&layer(scheme, public), signed));
        assert_eq!(outcome.status, StatusCode::OK, "{}: {outcome:?}", scheme.name());
    }
    assert_eq!(
        public_key(&DISCORD, &secret(SEED)).unwrap().expose(),
        PUBLIC.as_bytes()
    );
    assert_eq!(
        public_key(&STANDARD_WEBHOOKS, &secret(WHSK)).unwrap().expose(),
        WHPK.as_bytes()
    );
    assert!(public_key(&DISCORD, &secret("9d61")).is_err());
    assert!(public_key(&SENDGRID, &secret(WHSEC)).is_err());
}

#[test]
fn what_is_no_public_key_is_refused_at_start_up() {
    let wrong = |scheme: Scheme, text: &str| {
        let error = VerifyLayer::new(scheme.with(secret(text))).unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::UndecodableSecret, "{text}");
        assert!(!error.to_string().contains(text), "{error}");
    };
    let small_order = "0100000000000000000000000000000000000000000000000000000000000000";
    let no_point = "0200000000000000000000000000000000000000000000000000000000000000";
    for text in [
        small_order,
        no_point,
        &PUBLIC[2..],
        &PUBLIC[1..],
        "not hexadecimal at all",
        WHPK,
    ] {
        wrong(DISCORD, text);
    }
    for text in [
        "whpk_AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "whpk_AAAA",
        WHSK,
    ] {
        wrong(STANDARD_WEBHOOKS, text);
    }
    // The curve's point at infinity, another curve (P-384), a bare point, and a private key.
    let p384 = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEqofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3NhfeSpYmLG9dnpi/kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f";
    for text in ["MBkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDAgAA", p384, SCALAR, "!"] {
        wrong(SENDGRID, text);
    }
    let upper = secret(&PUBLIC.to_uppercase());
    assert!(
        VerifyLayer::new(DISCORD.with(upper)).is_ok(),
        "a key may be shown in capitals"
    );
}

#[test]
fn the_secrets_kind_decides_which_signature_counts() {
    let by_mac = at_now(STANDARD_WEBHOOKS, "{}").sign(&secret(WHSEC)).unwrap();
    let by_key = at_now(STANDARD_WEBHOOKS, "{}").sign(&secret(WHSK)).unwrap();
    let both = Secrets::new(WHSK).unwrap().and(WHSEC).unwrap();
    let side_by_side = at_now(STANDARD_WEBHOOKS, "{}").sign(&both).unwrap();
    let (mac, key) = (
        layer(STANDARD_WEBHOOKS, secret(WHSEC)),
        layer(STANDARD_WEBHOOKS, secret(WHPK)),
    );
    let mixed = Secrets::new(WHPK).unwrap().and(WHSEC).unwrap();
    let mixed = layer(STANDARD_WEBHOOKS, mixed);
    let index = |layer: &VerifyLayer, request: &http::Request<bytes::Bytes>| {
        let outcome = runtime().block_on(deliver(layer, request.clone()));
        match outcome.reached {
            Some(reached) => Ok(reached.proof.secret_index()),
            None => Err(outcome.reason.unwrap()),
        }
    };
    assert_eq!(index(&mac, &by_mac), Ok(0));
    assert_eq!(index(&mac, &by_key), Err("unsupported_version"));
    assert_eq!(index(&mac, &side_by_side), Ok(0));
    assert_eq!(index(&key, &by_mac), Err("unsupported_version"));
    assert_eq!(index(&key, &by_key), Ok(0));
    assert_eq!(index(&key, &side_by_side), Ok(0));
    // While the sender goes from the one to the other; the positions are those of the secrets.
    assert_eq!(index(&mixed, &by_mac), Ok(1));
    assert_eq!(index(&mixed, &by_key), Ok(0));
    assert_eq!(index(&mixed, &side_by_side), Ok(1));
    let other = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let three = Secrets::new(other).unwrap().and(WHSEC).unwrap();
    let three = layer(STANDARD_WEBHOOKS, three.and(WHPK).unwrap());
    assert_eq!(index(&three, &by_key), Ok(2));
    let mut forged = side_by_side;
    *forged.body_mut() = "{ }".into();
    assert_eq!(index(&mixed, &forged), Err("bad_signature"));
}

#[test]
fn a_public_key_is_no_shared_key() {
    let mac_with_public = Secret::from_bytes(WHPK.as_bytes()).unwrap();
    let signed = at_now(STANDARD_WEBHOOKS, "{}").sign(&mac_with_public).unwrap();
    let layer = layer(STANDARD_WEBHOOKS, secret(WHPK));
    let outcome = runtime().block_on(deliver(&layer, signed));
    assert!(outcome.is_refused(), "{outcome:?}");
}

/// Threat 58: from a signature anyone can make its mirror image. It is genuine, and the event is still the same one.
#[test]
fn t058_a_mirrored_signature_is_no_new_event() {
    let signed = at_now(SENDGRID, r#"[{"event":"open"}]"#)
        .sign(&secret(SCALAR))
        .unwrap();
    let name = "x-twilio-email-event-webhook-signature";
    let mut mirrored = signed.clone();
    let text = mirrored.headers()[name].to_str().unwrap().to_owned();
    mirrored
        .headers_mut()
        .insert(name, mirror(&text).parse().unwrap());
    assert_ne!(signed.headers()[name], mirrored.headers()[name]);
    let public = public_key(&SENDGRID, &secret(SCALAR)).unwrap();
    let layers = (layer(SENDGRID, public), DedupLayer::new(MemoryStore::default()));
    let outcomes =
        runtime().block_on(async { [deliver(&layers, signed).await, deliver(&layers, mirrored).await] });
    let [first, second] = outcomes;
    assert_eq!((first.status, first.reached.is_some()), (StatusCode::OK, true));
    assert_eq!(
        (second.status, second.reached.is_some()),
        (StatusCode::OK, false),
        "a duplicate"
    );
}

/// The signature with the same first number and the second one's negative.
fn mirror(text: &str) -> String {
    use base64::Engine;
    let engine = base64::engine::general_purpose::STANDARD;
    let signature = p256::ecdsa::Signature::from_der(&engine.decode(text).unwrap()).unwrap();
    let mirrored = p256::ecdsa::Signature::from_scalars(signature.r(), -*signature.s()).unwrap();
    engine.encode(mirrored.to_der().as_bytes())
}

/// Discord sends badly signed requests on purpose, and drops the endpoint that takes one.
#[test]
fn discords_probes_are_refused_and_its_pings_answered() {
    let layer = layer(DISCORD, secret(PUBLIC));
    let send = |request| runtime().block_on(deliver(&layer, request));
    let ping = at_now(DISCORD, r#"{"type":1,"id":"7","version":1}"#)
        .sign(&secret(SEED))
        .unwrap();
    let answered = send(ping.clone());
    assert_eq!(
        (answered.status, &answered.body[..]),
        (StatusCode::OK, &br#"{"type":1}"#[..])
    );
    assert!(answered.reached.is_none());
    let of_events = at_now(DISCORD, r#"{"type":0,"version":1,"application_id":"1"}"#);
    let answered = send(of_events.sign(&secret(SEED)).unwrap());
    assert_eq!(
        (answered.status, answered.body.len()),
        (StatusCode::NO_CONTENT, 0)
    );
    let command = at_now(DISCORD, r#"{"type":2,"id":"8"}"#)
        .sign(&secret(SEED))
        .unwrap();
    let proof = send(command).reached.unwrap().proof;
    assert_eq!(
        (*proof.id().unwrap().value(), *proof.kind().unwrap().value()),
        ("8", "2")
    );
    // An event has a PING's type, and is none.
    let event = r#"{"type":1,"application_id":"1","event":{"type":"APPLICATION_DEAUTHORIZED"}}"#;
    let proof = send(at_now(DISCORD, event).sign(&secret(SEED)).unwrap())
        .reached
        .expect("an event reaches its handler")
        .proof;
    assert_eq!(*proof.kind().unwrap().value(), "APPLICATION_DEAUTHORIZED");

    for (name, value) in [
        ("x-signature-ed25519", "00".repeat(64)),
        ("x-signature-ed25519", "zz".into()),
        ("x-signature-timestamp", (NOW + 1).to_string()),
    ] {
        let mut probe = ping.clone();
        probe.headers_mut().insert(name, value.parse().unwrap());
        assert!(send(probe).is_refused(), "{name}");
    }
    for name in ["x-signature-ed25519", "x-signature-timestamp"] {
        let mut probe = ping.clone();
        probe.headers_mut().remove(name);
        assert!(send(probe).is_refused(), "{name}");
    }
}

#[test]
fn a_tenant_that_does_not_exist_is_refused_like_any_other() {
    for (scheme, private) in [
        (DISCORD, SEED),
        (STANDARD_WEBHOOKS, WHSK),
        (STANDARD_WEBHOOKS, WHSEC),
        (SENDGRID, SCALAR),
    ] {
        let tenants = Tenants::new(|head| head.uri.path().strip_prefix('/').map(str::to_owned));
        tenants
            .insert("acme", public_key(&scheme, &secret(private)).unwrap())
            .unwrap();
        let layer = VerifyLayer::new(scheme.with(tenants))
            .unwrap()
            .clock(ManualClock::at_unix(NOW));
        let sent = |path: &str| {
            let signed = at_now(scheme, "{}").uri(path).sign(&secret(private)).unwrap();
            runtime().block_on(deliver(&layer, signed))
        };
        assert_eq!(sent("/acme").status, StatusCode::OK);
        let nobody = sent("/nobody");
        assert!(nobody.is_refused());
        assert_eq!(nobody.reason, Some("unknown_tenant"), "{}", scheme.name());
    }
}

#[test]
fn no_more_signatures_are_tried_than_a_rotation_needs() {
    let public = layer(STANDARD_WEBHOOKS, secret(WHPK));
    let signed = at_now(STANDARD_WEBHOOKS, "{}").sign(&secret(WHSK)).unwrap();
    let one = signed.headers()["webhook-signature"].to_str().unwrap().to_owned();
    for (count, expected) in [(4, None), (5, Some("too_many_signatures"))] {
        let mut request = signed.clone();
        let many = vec![one.as_str(); count].join(" ");
        request
            .headers_mut()
            .insert("webhook-signature", many.parse().unwrap());
        assert_eq!(runtime().block_on(deliver(&public, request)).reason, expected);
    }
}

#[test]
fn the_peers_ed25519_cases_hold() {
    const PLAIN: Scheme = Scheme::ed25519("plain")
        .signature(header("x-signature").hex())
        .content(&[Part::Body])
        .empty_body();
    let Some(cases) = peers::cases("generic_ed25519") else {
        return;
    };
    for case in &cases {
        let headers = case
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()));
        let request = post(headers, bytes::Bytes::from(case.body.clone())).unwrap();
        let accepted = match VerifyLayer::new(PLAIN.with(secret(&case.secrets[0]))) {
            Ok(layer) => runtime().block_on(deliver(&layer, request)).status == StatusCode::OK,
            Err(_) => false,
        };
        assert_eq!(accepted, case.accept, "{}", case.id);
    }
    assert_eq!(cases.len(), 70);
}
