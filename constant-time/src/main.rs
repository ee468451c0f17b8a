//! Times the verdict on forged deliveries of two classes: wrong from the first byte on, and right up to the last.
//!
//! If a comparison ends at the first difference, the classes differ in time, and Welch's t tells them apart. Each forgery has
//! a body, and so a MAC, of its own: nothing but the place of the first wrong byte distinguishes the classes. The last case has
//! such a comparison planted behind the same verdict, so that it is seen that the measurement would find one.

mod tenants;

use std::cell::Cell;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use dudect_bencher::ctbench::{BenchMetadata, BenchName, BenchOpts, run_benches_console};
use dudect_bencher::rand::RngExt;
use dudect_bencher::{BenchRng, Class, CtRunner};
use http::Request;
use tower_webhook::Secret;
use tower_webhook::provider::senders::TELEGRAM;
use tower_webhook::provider::{Check, GITHUB, Provider, Scheme, Sender};
use tower_webhook::testing::Delivery;

const FORGERIES: usize = 100_000;
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

type Case = fn(&mut CtRunner, &mut BenchRng);

fn main() -> std::io::Result<()> {
    for (name, ratio) in ["tenant", "planted-tenant"].into_iter().zip(tenants::ratios()) {
        println!("refusal {name}: {ratio:.3}");
    }
    let cases: [(_, Case); 3] = [("mac", mac), ("token", token), ("planted", planted)];
    let benches = cases.map(|(name, benchfn)| BenchMetadata {
        name: BenchName(name),
        seed: None,
        benchfn,
    });
    run_benches_console(BenchOpts::default(), benches.into())
}

/// A MAC: the verdict of a sender that signs.
fn mac(runner: &mut CtRunner, random: &mut BenchRng) {
    time(
        runner,
        random,
        GITHUB,
        "x-hub-signature-256",
        "sha256=",
        |_, _| true,
    );
}

/// A shared token, which is compared by its hash.
fn token(runner: &mut CtRunner, random: &mut BenchRng) {
    time(
        runner,
        random,
        TELEGRAM,
        "x-telegram-bot-api-secret-token",
        "",
        |_, _| true,
    );
}

/// The control: beside the verdict, a comparison that ends at the first difference.
fn planted(runner: &mut CtRunner, random: &mut BenchRng) {
    time(
        runner,
        random,
        GITHUB,
        "x-hub-signature-256",
        "sha256=",
        |right, shown| {
            right
                .iter()
                .zip(shown)
                .all(|(one, other)| black_box(one) == black_box(other))
        },
    );
}

/// Times the verdicts on forgeries of a proof that stands in this header behind this prefix.
fn time(
    runner: &mut CtRunner,
    random: &mut BenchRng,
    scheme: Scheme,
    header: &'static str,
    prefix: &str,
    beside: impl Fn(&[u8], &[u8]) -> bool,
) {
    let secret = Secret::new(SECRET).expect("a secret");
    let sender = Sender::new(scheme, secret.clone());
    for number in 0..FORGERIES {
        let body = format!(r#"{{"number":{number},"update_id":{}}}"#, random.random::<u64>());
        let signed = Delivery::new(scheme, body)
            .sign(&secret)
            .expect("the secret fits");
        let right = signed.headers()[header].as_bytes()[prefix.len()..].to_vec();
        let (class, wrong) = match random.random::<bool>() {
            true => (Class::Left, 0),
            false => (Class::Right, right.len() - 1),
        };
        let mut shown = right.clone();
        shown[wrong] = if shown[wrong] == b'0' { b'1' } else { b'0' };
        let text = format!("{prefix}{}", String::from_utf8_lossy(&shown));
        let (check, body) = begin(&sender, signed, header, &text);
        let check = Cell::new(Some(check));
        let verdict = || {
            let check = check.take().expect("each forgery is judged once");
            let refusal = ready(check.finish(&body)).expect_err("a forgery");
            (refusal, beside(&right, &shown))
        };
        runner.run_one(class, verdict);
    }
}

/// The check of a delivery with this proof in place of its own, up to the verdict.
fn begin(
    sender: &Sender,
    mut signed: Request<Bytes>,
    header: &'static str,
    text: &str,
) -> (<Sender as Provider>::Check, Bytes) {
    let value = text.parse().expect("the text of a header");
    signed.headers_mut().insert(header, value);
    let (head, body) = signed.into_parts();
    let mut check = ready(sender.begin(&head, None)).expect("a proof of the right form");
    check.update(&body);
    (check, body)
}

fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
