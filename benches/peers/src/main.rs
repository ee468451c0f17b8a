//! What a verification costs here, over the bare hash of three libraries and beside four peers: one table, measured side by side.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`, with `--features aws-lc-rs` for the library's other backend; a
//! path behind it is where a plot is written. The subjects take turns within each round and a ratio is taken within its round, so that a noisy neighbour slows both of its sides.

mod bare;
mod plot;
mod subject;

use std::fmt;
use std::time::Duration;

use subject::Subject;

const SIZES: [usize; 5] = [512, 1024, 16 << 10, 64 << 10, 1 << 20];
const ROUNDS: usize = 101;
/// How many verifications one measurement takes: fewer of large bodies.
const MOST: usize = 16;
const BYTES: usize = 4 << 20;

fn main() {
    println!(
        "SHA instructions: {}; MACs here by {}.",
        if sha_instructions() { "yes" } else { "no" },
        if cfg!(feature = "aws-lc-rs") {
            "aws-lc-rs"
        } else {
            "hmac + sha2"
        },
    );
    println!(
        "Each cell: µs a verification, and how often the first row's time in the same round (its quartiles).\n"
    );
    let names: Vec<_> = subjects(SIZES[0]).iter().map(|subject| subject.name).collect();
    let columns: Vec<Vec<Cell>> = SIZES.into_iter().map(column).collect();
    println!("| bytes | {} |", SIZES.map(|size| size.to_string()).join(" | "));
    println!("|---|{}", "---|".repeat(SIZES.len()));
    for (row, name) in names.iter().enumerate() {
        let cells: Vec<_> = columns.iter().map(|column| column[row].to_string()).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
    if let Some(file) = std::env::args().nth(1) {
        let bars = plot::bars(&names, &SIZES[1..3], &columns[1..3]);
        std::fs::write(file, bars).expect("the plot can be written");
    }
}

/// What one subject takes at one size.
struct Cell {
    micros: f64,
    /// The quarter, the half and three quarters of the ratios.
    ratios: [f64; 3],
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, middle, high] = self.ratios;
        write!(f, "{:.2}, {middle:.2} ({low:.2}–{high:.2})", self.micros)
    }
}

/// The first is what the others are compared with.
fn subjects(size: usize) -> Vec<Subject> {
    let mut all = bare::subjects(size);
    all.extend(subject::subjects(size));
    all
}

/// What each subject takes at one size.
fn column(size: usize) -> Vec<Cell> {
    let mut subjects = subjects(size);
    let times = (BYTES / size).clamp(2, MOST);
    let mut micros = vec![Vec::new(); subjects.len()];
    for round in 0..ROUNDS {
        for turn in 0..subjects.len() {
            let index = (round + turn) % subjects.len();
            let taken: Duration = (subjects[index].verify)(times);
            micros[index].push(taken.as_secs_f64() * 1e6 / times as f64);
        }
    }
    let base = micros[0].clone();
    let cells = micros.into_iter().map(|micros| {
        let ratios: Vec<_> = micros.iter().zip(&base).map(|(one, base)| one / base).collect();
        Cell {
            micros: part(micros, 2),
            ratios: [1, 2, 3].map(|quarters| part(ratios.clone(), quarters)),
        }
    });
    cells.collect()
}

/// The value below which so many quarters of all lie.
fn part(mut values: Vec<f64>, quarters: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() * quarters / 4]
}

fn sha_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}
