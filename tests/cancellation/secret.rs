//! A secret that is handed over, which the application takes with a hook that waits.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use tokio::task::yield_now;
use tower_webhook::provider::senders::ASANA;
use tower_webhook::testing::Delivery;
use tower_webhook::{BoxError, Secret, SecretSource, Tenant, VerifyLayer};

use crate::cut::{cut, for_each_cut, on_a_runtime};
use crate::handler::Trickle;
use crate::scene::{Endpoint, Scene};

/// What the application has been handed, and how far its hook has come.
#[derive(Clone, Default)]
struct Safe(Arc<Mutex<Steps>>);

#[derive(Default)]
struct Steps {
    kept: Option<Secret>,
    begun: usize,
    ended: usize,
}

impl SecretSource for Safe {
    async fn lookup(&self, _: &Parts) -> Result<Option<Tenant>, BoxError> {
        yield_now().await;
        let kept = self.0.lock().unwrap().kept.clone();
        Ok(kept.map(Tenant::unnamed))
    }
}

impl Safe {
    async fn keep(self, offered: Secret) -> Result<bool, BoxError> {
        self.0.lock().unwrap().begun += 1;
        yield_now().await;
        self.0.lock().unwrap().kept = Some(offered);
        yield_now().await;
        self.0.lock().unwrap().ended += 1;
        Ok(true)
    }

    fn is_kept(&self) -> bool {
        self.0.lock().unwrap().kept.is_some()
    }

    fn endpoint(&self) -> Endpoint {
        let keeper = self.clone();
        let sender = ASANA.with(self.clone());
        let sender = sender.on_secret(move |new| keeper.clone().keep(new.secret().clone()));
        let verify = VerifyLayer::new(sender).unwrap();
        Scene::default().behind(event, |dedup| (verify, dedup))
    }
}

const NEW: &str = "b537207f20cbfa02357cf448134da559";

fn event() -> Request<Trickle> {
    let delivery = Delivery::new(ASANA, r#"{"events":[]}"#);
    let signed = delivery.sign(&Secret::new(NEW).unwrap());
    signed.unwrap().map(Trickle::from)
}

fn offer() -> Request<Trickle> {
    let request = Request::post("/").header("x-hook-secret", NEW);
    request.body(Trickle::from(Bytes::new())).unwrap()
}

/// Nothing of the hook goes on alone, whatever it has done stands, and the endpoint is in one of two states: without a secret, so
/// that the next offer is taken, or with it, so that no offer is and its events are run.
#[test]
fn t168_a_secret_handed_over_and_dropped_anywhere_is_kept_whole_or_offered_again() {
    // The secrets, and the hook twice.
    for_each_cut(1 + 2, |polls| {
        on_a_runtime(async {
            let safe = Safe::default();
            let endpoint = safe.endpoint();
            let request = offer();
            let body = Arc::clone(&request.body().alive);
            let whole = cut(endpoint.call(request), polls).await;
            assert!(whole.is_none_or(|status| status == 200), "{whole:?}");
            let kept = safe.is_kept();
            endpoint.settle().await;
            assert_eq!(safe.is_kept(), kept, "it went on alone after {polls} polls");
            assert_eq!(
                Arc::strong_count(&body),
                1,
                "the request is kept after {polls} polls"
            );
            let answer = endpoint.call(offer()).await;
            assert_eq!(answer, if kept { 401 } else { 200 }, "after {polls} polls");
            let (begun, ended) = {
                let steps = safe.0.lock().unwrap();
                (steps.begun, steps.ended)
            };
            let cut_off = usize::from(whole.is_none() && polls > 1);
            assert_eq!(begun, ended + cut_off, "after {polls} polls");
            assert_eq!(endpoint.send().await, 200, "after {polls} polls");
            endpoint.check(polls).await;
            assert_eq!(endpoint.scene.begun().len(), 1, "after {polls} polls");
            whole.is_some()
        })
    });
}
