//! Section C: whole MACs are compared, by every secret, and nothing else can compare them.

use std::marker::PhantomData;

use proptest::prelude::*;
use tower_webhook::provider::{GITHUB, Provider, STRIPE, Scheme, Sender, header};
use tower_webhook::testing::Delivery;
use tower_webhook::{MAX_SECRETS, Reason, ReloadableSecrets, Secret, Secrets, Tenant};

use crate::harness::{
    BODY, NOW, SECRET, Stage, accepted, genuine, refused_by, rejected, run, secret, with_header,
};
use crate::oracle::{github_signature, mac, post, stripe_mac};

/// `IS` is true for what can be compared with `==`: the inherent constant goes before the trait's.
struct Comparable<T>(PhantomData<T>);

trait Otherwise {
    const IS: bool = false;
}

impl<T> Otherwise for Comparable<T> {}

impl<T: PartialEq> Comparable<T> {
    const IS: bool = true;
}

#[test]
fn t049_what_holds_a_secret_can_not_be_compared_with_equals() {
    let comparable = [
        Comparable::<Secret>::IS,
        Comparable::<Secrets>::IS,
        Comparable::<Tenant>::IS,
        Comparable::<ReloadableSecrets>::IS,
        Comparable::<Sender>::IS,
        Comparable::<<Sender as Provider>::Check>::IS,
    ];
    assert_eq!(comparable, [false; 6]);
    const { assert!(Comparable::<Reason>::IS, "the question can be answered with yes") }
}

#[test]
fn t049_the_types_of_the_signature_room_have_no_partial_eq() {
    let sources = [
        include_str!("../../src/signature/hmac/mod.rs"),
        include_str!("../../src/signature/encoding.rs"),
        include_str!("../../src/secret/mod.rs"),
    ];
    let source = sources.concat();
    for kept in ["Tag", "RunningMac", "MacKey", "Decoded", "Secret", "Secrets"] {
        let at = source
            .find(&format!(" struct {kept}"))
            .unwrap_or_else(|| panic!("no {kept}"));
        let lines: Vec<_> = source[..at].lines().rev().skip(1).collect();
        let attributes = lines.iter().take_while(|line| line.starts_with(['#', '/']));
        let mut attributes = attributes.filter(|line| line.starts_with('#'));
        assert!(attributes.all(|line| !line.contains("PartialEq")), "{kept}");
        assert!(!source.contains(&format!("PartialEq for {kept} ")), "{kept}");
    }
}

#[tokio::test]
async fn t050_the_last_candidate_counts_for_the_last_secret() {
    let mut secrets = Secrets::new("secret number 0").unwrap();
    for number in 1..MAX_SECRETS - 1 {
        secrets = secrets.and(format!("secret number {number}")).unwrap();
    }
    let secrets = secrets.and_secret(secret()).unwrap();
    let good = stripe_mac(&NOW.to_string(), BODY.as_bytes());
    for at in [0, 7, 15] {
        let mut macs = vec!["0".repeat(64); 15];
        macs.insert(at, good.clone());
        let value = format!("t={NOW},v1={}", macs.join(",v1="));
        let request = with_header(genuine(STRIPE), "stripe-signature", value.as_bytes());
        let stage = || Stage::new(Sender::new(STRIPE, secrets.clone()));
        accepted(stage, request.clone()).await;
        let stage = stage();
        stage.send(request).await;
        assert_eq!(stage.seen.last().proof.secret_index(), 7);
    }
}

#[tokio::test]
async fn t050_when_several_secrets_match_the_first_is_named() {
    let both = Secrets::from(secret())
        .and("another secret, which signs too")
        .unwrap();
    let request = Delivery::new(STRIPE, BODY)
        .at(Stage::of(STRIPE).clock.time())
        .sign(&both)
        .unwrap();
    let stage = Stage::new(Sender::new(STRIPE, both));
    assert_eq!(stage.send(request).await.status, 200);
    assert_eq!(stage.seen.last().proof.secret_index(), 0);
}

proptest! {
    #[test]
    fn t048_a_mac_that_differs_in_any_bit_is_refused(byte in 0_usize..32, bit in 0_u8..8) {
        let mut wrong = mac(SECRET.as_bytes(), BODY.as_bytes());
        wrong[byte] ^= 1 << bit;
        let value = format!("sha256={}", hex::encode(wrong));
        let request = with_header(genuine(GITHUB), "x-hub-signature-256", value.as_bytes());
        let ways = [crate::harness::Way::Call];
        run(refused_by(&ways, || Stage::of(GITHUB), request, 401, Reason::BadSignature));
    }

    #[test]
    fn t055_bodies_of_every_length_verify_in_pieces_of_every_size(
        body in prop::collection::vec(any::<u8>(), 1..400),
        key in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        const RAW: Scheme = Scheme::hmac_sha256("raw").signature(header("x-signature").hex());
        let signature = hex::encode(mac(&key, &body));
        let request = post(&[("x-signature", signature.as_bytes())], body);
        run(async {
            let stage = Stage::new(Sender::new(RAW, Secret::from_bytes(key).unwrap()));
            assert_eq!(stage.send(request).await.status, 200);
        });
    }
}

#[tokio::test]
async fn t055_githubs_own_example_verifies() {
    // The values that GitHub's page on validating deliveries gives for a test.
    let secret = Secret::new("It's a Secret to Everybody").unwrap();
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let headers = [
        ("x-hub-signature-256", signature.as_bytes()),
        ("x-github-delivery", b"1"),
    ];
    let stage = || Stage::new(Sender::new(GITHUB, secret.clone()));
    accepted(stage, post(&headers, "Hello, World!")).await;
}

#[tokio::test]
async fn t055_a_body_of_many_blocks_verifies_on_every_way() {
    for length in [63, 64, 65, 127, 128, 129, 70_000] {
        let body = format!("\"{}\"", "x".repeat(length - 2));
        let signature = github_signature(body.as_bytes());
        let headers = [
            ("x-hub-signature-256", signature.as_bytes()),
            ("x-github-delivery", b"1"),
        ];
        accepted(|| Stage::of(GITHUB), post(&headers, &body)).await;
        let changed = post(&headers, body.replacen("x\"", "y\"", 1));
        rejected(GITHUB, changed, Reason::BadSignature).await;
    }
}
