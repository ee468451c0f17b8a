//! Times the refusal of a tenant that nobody knows beside that of a known one, whose signature is wrong.
//!
//! Both must take a MAC over the whole body, or who sends a large one hears which names there are.

use std::time::Instant;

use tower_webhook::provider::{Check, GITHUB, Provider, Sender};
use tower_webhook::testing::Delivery;
use tower_webhook::{Secret, Secrets, Tenants};

use crate::{SECRET, ready};

/// Each takes a hundred times as long as the lookup of a name.
const BYTES: usize = 16 * 1024;
const ROUNDS: usize = 4_001;
const WRONG: &str = "sha256=0000000000000000000000000000000000000000000000000000000000000000";

/// The median of what an unknown tenant takes of a known one's time; then the same of one whose body nobody hashes, for a control.
pub(crate) fn ratios() -> [f64; 2] {
    let secret = || Secret::new(SECRET).expect("a secret");
    let tenants = Tenants::new(|head| head.uri.path().strip_prefix('/').map(str::to_owned));
    let known = Secrets::from(secret());
    tenants.insert("known", known).expect("the first of all");
    let sender = Sender::new(GITHUB, tenants);
    let mut ratios = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        let time = |name: &str, is_hashed: bool| {
            let body = format!("{round:0BYTES$}");
            let mut signed = Delivery::new(GITHUB, body).sign(&secret()).expect("it fits");
            *signed.uri_mut() = name.parse().expect("a path");
            let wrong = WRONG.parse().expect("the text of a header");
            signed.headers_mut().insert("x-hub-signature-256", wrong);
            let (head, body) = signed.into_parts();
            let began = Instant::now();
            let mut check = ready(sender.begin(&head, None)).expect("a proof of the right form");
            if is_hashed {
                check.update(&body);
            }
            ready(check.finish(&body)).expect_err("a forgery");
            began.elapsed().as_secs_f64()
        };
        // Whoever comes first finds less in the processor's caches.
        let [first, second] = [0, 1].map(|turn| (round + turn) % 2 == 0);
        let times = [first, second].map(|is_known| time(if is_known { "/known" } else { "/nobody" }, true));
        let [known, unknown] = if first { times } else { [times[1], times[0]] };
        ratios[0].push(unknown / known);
        ratios[1].push(time("/nobody", false) / known);
    }
    ratios.map(|mut ratios| {
        ratios.sort_by(f64::total_cmp);
        ratios[ROUNDS / 2]
    })
}
