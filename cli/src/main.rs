//! The `webhook` command: sends a webhook as its sender would, and explains why one was refused.

mod batch;
mod case;
mod causes;
mod check;
mod judge;
mod listen;
mod providers;
mod report;
mod sample;
mod send;
mod sender;
mod store;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the command's parts may fail with.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Sends a webhook as its sender would, and explains why one was refused.
#[derive(Parser)]
#[command(name = "webhook", version)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Lists the senders and how they sign
    Providers(providers::Providers),
    /// Signs a delivery and sends it
    Send(send::Send),
    /// Says whether a captured request is genuine, and if not, why
    Check(check::Check),
    /// Receives deliveries, and prints each with its verdict
    Listen(listen::Listen),
    /// Looks into the store of a receiver: inspect, forget, purge, counts
    Store(store::Store),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Command::parse().verb {
        Verb::Providers(list) => list.run(),
        Verb::Send(send) => send.run().await,
        Verb::Check(check) => check.run().await,
        Verb::Listen(listen) => listen.run().await,
        Verb::Store(store) => store.run().await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("webhook: {error}");
        ExitCode::from(2)
    })
}
