//! What a receiver costs that is served over TCP: the same axum handler behind this library's layers, behind what people write by
//! hand, behind a peer's layer, and behind nothing.
//!
//! `cargo run --release --manifest-path benches/served/Cargo.toml`, with `--features aws-lc-rs` for the other backend; behind it the
//! names of some of the parts (`rates`, `slow`, `garbage`, `memory`), and sizes in bytes for `rates`. It needs Linux, `wrk`,
//! `taskset`, `chrt` and two cores: servers have the first to themselves, whoever sends has the second. Subjects take short turns
//! within each round and a ratio is taken within its round, so that a noisy neighbour slows both of its sides.

mod by_hand;
mod garbage;
mod median;
mod memory;
mod process;
mod rates;
mod request;
mod slow;
mod subject;
mod wrk;

use std::io::Write;

use request::Signed;

const SIZES: [usize; 4] = [1 << 10, 16 << 10, 64 << 10, 1 << 20];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, name] = &arguments[..]
        && word == "serve"
    {
        return subject::serve(name);
    }
    if let [word, signed, size] = &arguments[..]
        && word == "request"
    {
        let signed = if signed == "well" {
            Signed::Well
        } else {
            Signed::Not
        };
        let text = request::whole("/", signed, size.parse().expect("a number of bytes"));
        return std::io::stdout().write_all(&text).expect("somebody reads it");
    }
    if arguments == ["spin"] {
        loop {
            std::hint::spin_loop();
        }
    }
    process::move_to_second_core();
    let asked = |part: &str| {
        arguments.iter().all(|word| word.parse::<usize>().is_ok())
            || arguments.iter().any(|word| word == part)
    };
    let sizes: Vec<usize> = arguments.iter().filter_map(|word| word.parse().ok()).collect();
    println!(
        "SHA instructions: {}; MACs here and by hand: {}.",
        if sha_instructions() { "yes" } else { "no" },
        if cfg!(feature = "aws-lc-rs") {
            "aws-lc-rs"
        } else {
            "hmac + sha2"
        },
    );
    if asked("rates") {
        rates::print(if sizes.is_empty() { &SIZES } else { &sizes });
    }
    if asked("slow") {
        slow::print();
    }
    if asked("garbage") {
        garbage::print();
    }
    if asked("memory") {
        memory::print();
    }
}

fn sha_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}
