//! How fast what is no delivery is refused, beside a server that accepts everything and one that knows no such path.

use crate::median::{Spread, median};
use crate::process::Server;
use crate::request::{self, Signed};
use crate::subject::{NOTHING, VERIFY};
use crate::wrk::{Sent, Turn};

const SIZES: [usize; 4] = [1 << 10, 16 << 10, 64 << 10, 1 << 20];
const ROUNDS: usize = 7;

/// What is sent to whom.
const CASES: [(&str, &str, &str, Signed); 4] = [
    ("accepted, no layer", NOTHING, "/", Signed::Well),
    ("404, no layer", NOTHING, "/elsewhere", Signed::Well),
    ("wrong signature", VERIFY, "/", Signed::Wrongly),
    ("no signature", VERIFY, "/", Signed::Not),
];

pub(crate) fn print() {
    println!(
        "\nAnswers a second over 64 connections, as a ratio to the first row's in the same round (its quartiles); µs that the server \
         computed for each; connections that were cut for 100 answers.\n"
    );
    println!(
        "| bytes | {} |\n|---|{}",
        SIZES.map(|size| size.to_string()).join(" | "),
        "---|".repeat(SIZES.len())
    );
    let columns = SIZES.map(column);
    for (row, (name, ..)) in CASES.iter().enumerate() {
        let cells = columns.iter().map(|column| {
            let rates = |row: usize| {
                column[row]
                    .iter()
                    .map(|turn: &Turn| turn.per_second)
                    .collect::<Vec<_>>()
            };
            let cpu: Vec<f64> = column[row].iter().map(|turn| turn.cpu_micros).collect();
            let cut: Vec<f64> = column[row]
                .iter()
                .map(|turn| 100.0 * turn.cut as f64 / turn.requests as f64)
                .collect();
            format!(
                "{:.0}/s, {}, {:.1} µs, {:.0} cut",
                median(&rates(row)),
                Spread::of_ratios(&rates(row), &rates(0)),
                median(&cpu),
                median(&cut)
            )
        });
        println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}

fn column(size: usize) -> Vec<Vec<Turn>> {
    let servers = CASES.map(|(_, subject, ..)| Server::start(subject));
    let sent = CASES.map(|(_, _, path, signed)| Sent::new(&request::whole(path, signed, size)));
    servers.iter().zip(&sent).for_each(|(server, sent)| {
        sent.to(server);
    });
    let mut turns: Vec<Vec<Turn>> = CASES.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        for turn in 0..CASES.len() {
            let index = (round + turn) % CASES.len();
            let turn = sent[index].to(&servers[index]);
            let expected = if index == 0 { 0 } else { turn.requests };
            assert_eq!(
                turn.refused, expected,
                "{}: another answer than that",
                CASES[index].0
            );
            turns[index].push(turn);
        }
    }
    turns
}
