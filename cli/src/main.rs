//! The `webhook` command: sends a webhook as its sender would, and explains why one was refused.

mod batch;
mod case;
mod causes;
mod check;
mod client;
mod expected;
mod judge;
mod listen;
mod providers;
mod report;
mod sample;
mod secret_kind;
mod send;
mod sender;
mod signed;
mod steps;
mod store;
mod typical;

use std::error::Error;
use std::io;
use std::path::Path;
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
    /// Lists the senders and how they sign, or shows one
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

/// What a file came to; an error names the file.
fn in_file<T>(path: &Path, read: io::Result<T>) -> Result<T, String> {
    read.map_err(|error| format!("{}: {error}", path.display()))
}

/// An error with what caused it: at a prompt there is no log to look into.
fn whole(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        said = format!("{said}: {cause}");
        source = cause.source();
    }
    said
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
        if is_broken_pipe(&*error) {
            return ExitCode::SUCCESS;
        }
        eprintln!("webhook: {error}");
        ExitCode::from(2)
    })
}

/// Whoever reads the output has read enough: `webhook providers | head`.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
