//! Each fault on each verb, seen from both ends of the layer: what the sender is told, and what the store holds in the end.
//!
//! | verb | while the fault lasts | when it is over |
//! |---|---|---|
//! | claim | 503 with `Retry-After`, and no handler | the sender's next try runs, once |
//! | renew | the handler runs on | the lease is kept; or, if the fault outlasts it, the handler hears of its loss |
//! | complete | the handler's 2xx | the event is completed in the background |
//! | release | the handler's own answer | the next try runs, at the latest when the lease is over |

mod stage;
mod trouble;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tower_webhook::store::Store;

use crate::proxy::Fault;
use crate::server::Server;
use stage::{Act, Stage};
use trouble::Trouble;

/// Proves a store against faults of the wire: delay, reset, half-open, error after commit, slow accept.
///
/// `connect` makes a store that finds its server at this address.
///
/// # Panics
///
/// When a fault costs an event, runs one twice without an end of its lease, or changes an answer.
pub async fn of_the_wire<S, F, Fut>(server: &Server, connect: F)
where
    F: Fn(SocketAddr) -> Fut,
    Fut: Future<Output = S>,
    S: Store,
{
    let mut proofs = JoinSet::new();
    for fault in FAULTS {
        let trouble = Trouble::on_the_wire(server.addr(), fault).await;
        let through = connect(trouble.addr()).await;
        let direct = connect(server.addr()).await;
        proofs.spawn(prove(Stage::new(through, direct, trouble, LEASE)));
    }
    while let Some(proof) = proofs.join_next().await {
        proof.unwrap_or_else(|error| panic!("a fault was not borne: {error}"));
    }
}

/// Proves a store against its server being killed and started again. The server must keep what it has answered for.
///
/// # Panics
///
/// When a restart costs an event, runs one twice without an end of its lease, or changes an answer.
pub async fn of_the_server<S, F, Fut>(server: Server, connect: F)
where
    F: Fn(SocketAddr) -> Fut,
    Fut: Future<Output = S>,
    S: Store,
{
    let addr = server.addr();
    let (through, direct) = (connect(addr).await, connect(addr).await);
    prove(Stage::new(
        through,
        direct,
        Trouble::of_the_server(server),
        LONG_LEASE,
    ))
    .await;
}

async fn prove(stage: Stage) {
    let stage = Arc::new(stage);
    t175_claim(&stage).await;
    stage.has_recovered().await;
    t176_complete(&stage).await;
    stage.has_recovered().await;
    t177_release(&stage).await;
    stage.has_recovered().await;
    renewal_that_recovers(&stage).await;
    stage.has_recovered().await;
    t193_renewal_that_fails_for_good(&stage).await;
}

async fn t175_claim(stage: &Stage) {
    let event = stage.event(Act::Answer(StatusCode::OK));
    stage.trouble.begin().await;
    let answer = stage.deliver(event).await;
    assert_eq!(answer.status(), 503, "{}: a claim in trouble", stage.trouble);
    assert!(
        answer.headers().contains_key("retry-after"),
        "{}: 503 tells the sender to try again",
        stage.trouble
    );
    assert_eq!(
        stage.runs(event),
        0,
        "{}: no handler runs without a claim",
        stage.trouble
    );
    stage.trouble.end().await;
    stage.deliver_until(event, StatusCode::OK).await;
    assert_eq!(stage.runs(event), 1, "{}: the next try runs, once", stage.trouble);
}

async fn t176_complete(stage: &Stage) {
    let event = stage.event(Act::BreakThenAnswer(StatusCode::OK));
    let answer = stage.deliver(event).await;
    assert_eq!(
        answer.status(),
        200,
        "{}: the handler's success stands although it can't be marked",
        stage.trouble
    );
    stage.trouble.end().await;
    stage.deliver_direct_until(event, StatusCode::OK).await;
    assert_eq!(
        stage.runs(event),
        1,
        "{}: the mark is made in the background, before the lease ends",
        stage.trouble
    );
}

async fn t177_release(stage: &Stage) {
    let event = stage.event(Act::BreakThenAnswer(StatusCode::IM_A_TEAPOT));
    let answer = stage.deliver(event).await;
    assert_eq!(
        answer.status(),
        StatusCode::IM_A_TEAPOT,
        "{}: the handler's answer stands",
        stage.trouble
    );
    stage.trouble.end().await;
    stage.change(event, Act::Answer(StatusCode::OK));
    stage.deliver_direct_until(event, StatusCode::OK).await;
    assert_eq!(stage.runs(event), 2, "{}: the next try runs", stage.trouble);
    assert_eq!(
        stage.last_attempt(event),
        2,
        "{}: and knows that it is the second",
        stage.trouble
    );
}

async fn renewal_that_recovers(stage: &Arc<Stage>) {
    let event = stage.event(Act::AwaitOrder);
    let running = Arc::clone(stage);
    let delivery = tokio::spawn(async move { running.deliver(event).await.status() });
    stage.has_begun(event).await;
    stage.trouble.begin().await;
    // Past the first renewal, at a third, and short of the end.
    sleep(stage.lease.mul_f64(0.5)).await;
    stage.trouble.end().await;
    sleep(stage.lease.mul_f64(0.9)).await;
    assert!(
        !stage.is_lost(event),
        "{}: a lease survives a fault that is shorter than it",
        stage.trouble
    );
    let status = stage.deliver_direct(event).await.status();
    assert_eq!(status, 503, "{}: the event is still in flight", stage.trouble);
    stage.order(event, StatusCode::OK);
    assert_eq!(delivery.await.ok(), Some(StatusCode::OK), "{}", stage.trouble);
    assert_eq!(stage.deliver_direct(event).await.status(), 200);
    assert_eq!(stage.runs(event), 1, "{}: nobody ran beside it", stage.trouble);
}

async fn t193_renewal_that_fails_for_good(stage: &Arc<Stage>) {
    let event = stage.event(Act::AwaitLoss);
    let running = Arc::clone(stage);
    let delivery = tokio::spawn(async move { running.deliver(event).await.status() });
    stage.has_begun(event).await;
    stage.trouble.begin().await;
    // The handler answers when it hears that its claim is lost.
    let status = delivery.await.ok();
    assert_eq!(status, Some(StatusCode::NO_CONTENT), "{}", stage.trouble);
    stage.trouble.end().await;
    stage.change(event, Act::Answer(StatusCode::OK));
    stage.deliver_direct_until(event, StatusCode::OK).await;
}

const FAULTS: [Fault; 5] = [
    Fault::Delay(SLOW),
    Fault::Reset,
    Fault::HalfOpen,
    Fault::CutAfterRequest,
    Fault::SlowAccept(SLOW),
];
/// Longer than the layer waits for its store.
const SLOW: Duration = Duration::from_secs(1);
const LEASE: Duration = Duration::from_secs(6);
/// In which a server is back.
const LONG_LEASE: Duration = Duration::from_secs(8);
