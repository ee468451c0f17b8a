//! The hash that nobody can do without: a keyed MAC over the body, compared in constant time.

use std::hint::black_box;
use std::time::Instant;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::subject::{SECRET, Subject, body};

/// `hmac` + `sha2`, `ring` and `aws-lc-rs`, each with a key that was made before.
pub(crate) fn subjects(size: usize) -> Vec<Subject> {
    let text = body(size);
    let keyed = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes any key");
    let tag = keyed.clone().chain_update(&text).finalize().into_bytes();
    let ring = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
    let aws = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    let (ours, theirs, others) = (text.clone(), text.clone(), text);
    vec![
        subject("bare `hmac` + `sha2`", move || {
            let mac = keyed.clone().chain_update(black_box(&ours));
            mac.verify_slice(&tag).is_ok()
        }),
        subject("bare `ring`", move || {
            ring::hmac::verify(&ring, black_box(&theirs), &tag).is_ok()
        }),
        subject("bare `aws-lc-rs`", move || {
            aws_lc_rs::hmac::verify(&aws, black_box(&others), &tag).is_ok()
        }),
    ]
}

fn subject(name: &'static str, verify: impl Fn() -> bool + 'static) -> Subject {
    Subject::new(name, move |times| {
        let start = Instant::now();
        for _ in 0..times {
            assert!(verify(), "a good MAC was refused");
        }
        start.elapsed()
    })
}
