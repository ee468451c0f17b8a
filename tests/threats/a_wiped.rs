//! Section A: dropped secrets leave no trace in the heap. The program reads its own memory through `/proc`.
#![cfg(target_os = "linux")]

use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt;
use std::sync::Mutex;

use tower::Layer;
use tower_webhook::provider::{GITHUB, GITHUB_SHA1, STANDARD_WEBHOOKS, Scheme, Sender};
use tower_webhook::store::MemoryStore;
use tower_webhook::{DedupLayer, ReloadableSecrets, Secret, Secrets, Tenants, VerifyLayer};

use crate::harness::{Stage, run};

/// One search at a time: two would find each other's secrets.
static ONE: Mutex<()> = Mutex::new(());
/// The first bytes of a freed block belong to the allocator, so a search begins behind them.
const FRONT: usize = 16;
const LONG: u8 = 248;
/// The mask under which the searched text is kept, so that the search never finds itself.
const MASK: u8 = 0x15;

/// A secret's text that stands nowhere in the program, and the same under the mask.
///
/// A long one stands in blocks of a size that the search itself never asks for, so nothing else overwrites them.
fn made_up(length: u8, salt: u8) -> (String, Vec<u8>) {
    let masked: Vec<u8> = (0..length)
        .map(|place| (b'A' + (place.wrapping_mul(salt) ^ place) % 26) ^ MASK)
        .collect();
    let mut text = String::with_capacity(masked.len());
    text.extend(masked.iter().map(|byte| char::from(byte ^ MASK)));
    (text, masked[FRONT..].to_vec())
}

/// How often the text stands in writable memory other than stacks.
fn copies_of(masked: &[u8]) -> usize {
    let here = std::ptr::from_ref(&masked) as u64;
    let memory = File::open("/proc/self/mem").unwrap();
    let maps = read_to_string("/proc/self/maps").unwrap();
    let mut page = vec![0; 1 << 16];
    let mut copies = 0;
    for line in maps
        .lines()
        .filter(|line| line.contains(" rw-p ") && !line.contains("[stack]"))
    {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (
            u64::from_str_radix(from, 16).unwrap(),
            u64::from_str_radix(to, 16).unwrap(),
        );
        if (from..to).contains(&here) {
            continue;
        }
        let mut at = from;
        while at < to {
            let wanted = page.len().min(usize::try_from(to - at).unwrap());
            let Ok(read) = memory.read_at(&mut page[..wanted], at) else {
                break;
            };
            copies += count(&page[..read], masked);
            page.fill(0);
            // A text across two pieces is seen in the second.
            let step = if read == wanted && at + read as u64 != to {
                read - masked.len()
            } else {
                read
            };
            at += step.max(1) as u64;
        }
    }
    copies
}

fn count(memory: &[u8], masked: &[u8]) -> usize {
    let first = masked[0] ^ MASK;
    let starts = memory.iter().enumerate().filter(|(_, byte)| **byte == first);
    let same = |at: usize| {
        let there = memory[at..].iter().zip(masked);
        memory.len() - at >= masked.len() && there.into_iter().all(|(one, other)| one ^ MASK == *other)
    };
    starts.filter(|(at, _)| same(*at)).count()
}

#[test]
fn t015_the_search_finds_what_is_there_and_what_was_freed() {
    let _one = ONE.lock();
    let (text, masked) = made_up(LONG, 3);
    assert!(copies_of(&masked) > 0, "a living text");
    // Other tests of the program may be given a freed block at once, but not all of so many.
    drop(vec![text; 1_000]);
    assert!(copies_of(&masked) > 0, "a freed text that nobody wiped");
}

#[test]
fn t015_a_dropped_secret_is_wiped() {
    let _one = ONE.lock();
    let (text, masked) = made_up(LONG, 5);
    let secret = Secret::new(text).unwrap();
    let copy = secret.clone();
    assert!(copies_of(&masked) > 0);
    drop(secret);
    assert!(copies_of(&masked) > 0);
    drop(copy);
    assert_eq!(copies_of(&masked), 0);
}

#[test]
fn t015_a_refused_secret_is_wiped() {
    let _one = ONE.lock();
    let (mut text, masked) = made_up(LONG, 7);
    text.replace_range(usize::from(LONG) - 1.., "\n");
    let masked = &masked[..masked.len() - 1];
    assert!(copies_of(masked) > 0);
    Secret::new(text).unwrap_err();
    assert_eq!(copies_of(masked), 0);
}

/// Everything that holds a secret, from the layer to a served request.
fn used_and_dropped(scheme: Scheme, text: String) {
    let secret = Secret::new(text).unwrap();
    let secrets = Secrets::from(secret.clone())
        .and("QW5vdGhlciBvbmUgb2YgdGhpcyBlbmRwb2ludA==")
        .unwrap();
    let tenants = Tenants::new(|_| None);
    tenants.insert("acme", secret.clone()).unwrap();
    let reloadable = ReloadableSecrets::new(secret.clone());
    reloadable.replace(secrets.clone());
    let layer = VerifyLayer::new(Sender::new(scheme, secrets.clone())).unwrap();
    let service = layer.layer(DedupLayer::new(MemoryStore::default()).layer(()));
    drop((service.clone(), service, layer));
    run(async {
        let stage = Stage::new(Sender::new(scheme, reloadable));
        let request = stage.delivery(scheme, "{}").sign(&secrets).unwrap();
        assert_eq!(stage.send(request).await.status, 200);
    });
}

#[test]
fn t015_whatever_held_a_secret_is_wiped() {
    let _one = ONE.lock();
    let schemes = [GITHUB, GITHUB_SHA1, STANDARD_WEBHOOKS];
    for (salt, (length, scheme)) in (9..).zip(
        [64, LONG]
            .into_iter()
            .flat_map(|length| schemes.map(|s| (length, s))),
    ) {
        let (text, masked) = made_up(length, salt);
        used_and_dropped(scheme, text);
        assert_eq!(copies_of(&masked), 0, "{}", scheme.name());
    }
}
