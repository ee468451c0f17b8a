//! Requests a second, and what each makes the server compute.

use crate::median::{Spread, median};
use crate::process::Server;
use crate::request::{self, Signed};
use crate::subject::{ALL, BY_HAND, BY_HAND_JSON, NOTHING, PEER, STACK, VERIFY};
use crate::wrk::{Sent, Turn};

const ROUNDS: usize = 7;

/// Whose requests a second are held against whose.
const COMPARED: [(&str, &str); 7] = [
    (VERIFY, NOTHING),
    (STACK, NOTHING),
    (VERIFY, BY_HAND),
    (STACK, BY_HAND),
    (VERIFY, PEER),
    (STACK, PEER),
    (STACK, BY_HAND_JSON),
];

pub(crate) fn print(sizes: &[usize]) {
    let columns: Vec<Vec<Vec<Turn>>> = sizes.iter().map(|&size| column(size)).collect();
    let titles: Vec<String> = sizes.iter().map(usize::to_string).collect();
    println!(
        "\nRequests a second over 64 connections; µs that the server computed for each; how much of the time it computed.\n"
    );
    println!(
        "| bytes | {} |\n|---|{}",
        titles.join(" | "),
        "---|".repeat(sizes.len())
    );
    for (row, name) in ALL.iter().enumerate() {
        let cells = columns.iter().map(|column| {
            let turns = &column[row];
            let [rate, cpu, busy] = [
                rates(turns),
                costs(turns),
                turns.iter().map(|turn| turn.busy).collect(),
            ]
            .map(|values| median(&values));
            format!("{rate:.0}/s, {cpu:.1} µs, {:.0} %", busy * 100.0)
        });
        println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    compare(
        "Requests a second, as a ratio within each round (its quartiles).",
        &columns,
        &titles,
        rates,
    );
    compare(
        "What the server computed for each request, likewise.",
        &columns,
        &titles,
        costs,
    );
}

fn compare(what: &str, columns: &[Vec<Vec<Turn>>], titles: &[String], values: fn(&[Turn]) -> Vec<f64>) {
    println!("\n{what}\n");
    println!(
        "| bytes | {} |\n|---|{}",
        titles.join(" | "),
        "---|".repeat(titles.len())
    );
    for (one, other) in COMPARED {
        let cells = columns.iter().map(|column| {
            let of = |name| values(&column[ALL.iter().position(|known| *known == name).expect("a subject")]);
            Spread::of_ratios(&of(one), &of(other)).to_string()
        });
        println!("| {one} / {other} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}

/// The turns of each subject, with bodies of one size.
fn column(size: usize) -> Vec<Vec<Turn>> {
    let sent = Sent::new(&request::whole("/", Signed::Well, size));
    let servers = ALL.map(Server::start);
    // What only the first requests pay.
    servers.iter().for_each(|server| {
        sent.to(server);
    });
    let mut turns: Vec<Vec<Turn>> = ALL.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        for turn in 0..ALL.len() {
            let index = (round + turn) % ALL.len();
            let turn = sent.to(&servers[index]);
            assert_eq!(
                (turn.refused, turn.cut),
                (0, 0),
                "{} refused a delivery",
                ALL[index]
            );
            turns[index].push(turn);
        }
    }
    turns
}

fn rates(turns: &[Turn]) -> Vec<f64> {
    turns.iter().map(|turn| turn.per_second).collect()
}

fn costs(turns: &[Turn]) -> Vec<f64> {
    turns.iter().map(|turn| turn.cpu_micros).collect()
}
