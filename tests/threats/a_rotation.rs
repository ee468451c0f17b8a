//! Section A: several secrets that count at once, and secrets that are replaced.

use proptest::prelude::*;
use tower_webhook::provider::{GITHUB, GITHUB_SHA1, STRIPE, Sender};
use tower_webhook::testing::Delivery;
use tower_webhook::{Reason, ReloadableSecrets, Secret, Secrets};

use crate::harness::{BODY, NOW, SENDERS, Stage, WAYS, accepted, genuine, run, secret, signed, with_header};
use crate::oracle::stripe_mac;

const OTHER: &str = "whsec_R2l2ZSBtZSBhbm90aGVyIHNlY3JldCwgcGxlYXNl";

fn other() -> Secret {
    Secret::new(OTHER).unwrap()
}

#[tokio::test]
async fn t010_during_a_rotation_old_new_and_both_verify() {
    let both = || Secrets::from(other()).and_secret(secret()).unwrap();
    let reversed = Secrets::from(secret()).and_secret(other()).unwrap();
    for (scheme, _) in SENDERS {
        let delivery = Delivery::new(scheme, BODY).at(Stage::of(scheme).clock.time());
        let signed_by = [other().into(), secret().into(), both(), reversed.clone()];
        for (case, signers) in signed_by.iter().enumerate() {
            let request = delivery.sign(signers).unwrap();
            let stage = || Stage::new(Sender::new(scheme, both()));
            accepted(stage, request.clone()).await;
            let stage = stage();
            stage.send(request).await;
            let index = stage.seen.last().proof.secret_index();
            assert!(
                case > 1 || index == case,
                "{}: {case} matched {index}",
                scheme.name()
            );
        }
    }
}

#[tokio::test]
async fn secrets_that_serve_several_senders_are_read_as_each_of_them_writes_them() {
    let shared = Secrets::from(secret());
    let each = SENDERS.map(|(scheme, _)| scheme);
    for scheme in each.into_iter().chain([GITHUB_SHA1]) {
        accepted(
            || Stage::new(Sender::new(scheme, shared.clone())),
            genuine(scheme),
        )
        .await;
    }
}

proptest! {
    #[test]
    fn t011_one_good_signature_among_bad_ones_is_enough(
        bad in prop::collection::vec("[0-9a-f]{64}", 1..15),
        at in any::<prop::sample::Index>(),
    ) {
        let mut macs = bad;
        let good = stripe_mac(&NOW.to_string(), BODY.as_bytes());
        macs.insert(at.index(macs.len() + 1), good);
        let value = format!("t={NOW},v1={}", macs.join(",v1="));
        run(async {
            let stage = Stage::of(STRIPE);
            let request = with_header(genuine(STRIPE), "stripe-signature", value.as_bytes());
            assert_eq!(stage.send(request).await.status, 200);
        });
    }
}

#[tokio::test]
async fn t012_a_removed_secret_is_refused_on_the_very_next_request() {
    for way in WAYS {
        let secrets = ReloadableSecrets::new(Secrets::from(secret()).and_secret(other()).unwrap());
        let stage = Stage::new(Sender::new(GITHUB, secrets.clone()));
        assert_eq!(stage.send_by(way, genuine(GITHUB)).await.status, 200);
        secrets.replace(other());
        let answer = stage.send_by(way, signed(GITHUB, "{}")).await;
        assert_eq!(
            (answer.status, stage.seen.reason()),
            (401, Some(Reason::BadSignature))
        );
        assert_eq!((stage.seen.handled(), stage.seen.claims()), (1, 1));
    }
}
