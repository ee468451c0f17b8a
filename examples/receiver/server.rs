//! The server under the receiver: `axum::serve` in small, with what that can't be told.
//!
//! How long a client may take over a request's head is the server's to bound: the layers see a request only once its head is
//! whole. `axum::serve` leaves that open, so this sets hyper's timer.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// Serves until `stop` is ready, and then until the handlers that run have answered.
///
/// To be spawned: as a task, it takes turns with the connections. What `block_on` runs (the body of `main`) has a thread of its own
/// instead, and where all cores are busy a new connection then waits until the kernel gives that thread a core.
pub(crate) async fn serve(listener: TcpListener, app: Router, stop: impl Future) {
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_TIMEOUT);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = select! {
            _ = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(connection(
                    server.clone(),
                    stream,
                    app.clone(),
                    connections.watcher(),
                ));
            }
            // Too many open files, say: it passes, and must not end the server.
            Err(error) => {
                eprintln!("can't accept: {error}");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
    drop(listener);
    eprintln!("stopping: waiting for the handlers that run");
    if timeout(GRACE, connections.shutdown()).await.is_err() {
        eprintln!("some took too long; their senders will try again");
    }
}

/// Serves one client. hyper's own timer starts when it knows HTTP/1 from HTTP/2; a client that doesn't even say that much is
/// cut off here.
async fn connection(server: Builder<TokioExecutor>, stream: TcpStream, app: Router, watcher: Watcher) {
    let begun = Arc::new(AtomicBool::new(false));
    let begins = Arc::clone(&begun);
    let app = app.map_request(move |request: Request<Incoming>| {
        begins.store(true, Ordering::Relaxed);
        request
    });
    let served = server
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
        .into_owned();
    let mut served = pin!(watcher.watch(served));
    if timeout(HEAD_TIMEOUT, &mut served).await.is_err() && begun.load(Ordering::Relaxed) {
        // An error here is a connection that broke, which is the client's affair.
        let _ = served.await;
    }
}

/// Ends on ctrl-c and on SIGTERM. The latter is listened for from now on, so that none is missed.
#[cfg(unix)]
pub(crate) fn stop_signal() -> io::Result<impl Future> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    })
}

#[cfg(not(unix))]
pub(crate) fn stop_signal() -> io::Result<impl Future> {
    Ok(tokio::signal::ctrl_c())
}

/// How long a client may take over a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the handlers that run at the end may take.
const GRACE: Duration = Duration::from_secs(30);
/// What a connection may keep unread, a request's head included: hyper's own bound is 400 KiB, which each of many connections
/// can fill, and reading as much at once keeps the others waiting.
const BUFFER: usize = 64 * 1024;
