//! The servers: one handler, and what stands before it.

use std::convert::Infallible;
use std::io::Write;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::routing::post;
use axum::serve::ListenerExt;
use axum::{Router, body::Bytes, middleware};
use tokio::net::TcpListener;
use tower::util::{MapErrLayer, MapRequestLayer};
use tower_webhook::store::MemoryStore;
use tower_webhook::{DedupLayer, Secret, VerifyLayer, github};
use webhook_verify::{Provider, Secret as TheirSecret};

use crate::by_hand::{self, Seen};
use crate::request::SECRET;

pub(crate) const NOTHING: &str = "no layer";
pub(crate) const VERIFY: &str = "verify";
pub(crate) const STACK: &str = "verify + de-duplicate";
pub(crate) const BY_HAND: &str = "by hand: MAC";
pub(crate) const BY_HAND_JSON: &str = "by hand: MAC, `Value`, locked map";
pub(crate) const PEER: &str = "`webhook-verify`'s layer";
pub(crate) const ALL: [&str; 6] = [NOTHING, VERIFY, STACK, BY_HAND, BY_HAND_JSON, PEER];

/// Serves a subject on a port of its own, which it prints, until it is killed.
pub(crate) fn serve(name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("the option is known"));
        axum::serve(listener, router(name)).await
    };
    let served = runtime.expect("a runtime starts").block_on(served);
    served.expect("a port of this machine can be had");
}

fn router(name: &str) -> Router {
    let handler = Router::new().route("/", post(handler));
    match name {
        VERIFY => handler.layer(verify()),
        STACK => handler.layer((verify(), DedupLayer::new(MemoryStore::default()))),
        BY_HAND => handler.layer(middleware::from_fn_with_state(by_hand::key(), by_hand::check)),
        BY_HAND_JSON => {
            let state = (by_hand::key(), Seen::default());
            handler.layer(middleware::from_fn_with_state(state, by_hand::check_and_remember))
        }
        PEER => {
            let layer = webhook_verify::tower::VerifyLayer::new(Provider::GitHub, TheirSecret::new(SECRET));
            let fails = |error: webhook_verify::tower::BoxError| -> Infallible { panic!("{error}") };
            // With axum's own body it is not `Sync`, which a router asks for.
            let body = MapRequestLayer::new(|request: Request<Bytes>| request.map(Body::from));
            handler.layer((MapErrLayer::new(fails), layer, body))
        }
        _ => handler,
    }
}

async fn handler(body: Bytes) -> &'static str {
    assert!(!body.is_empty(), "a body comes with every delivery");
    "received"
}

fn verify() -> VerifyLayer {
    let layer =
        VerifyLayer::new(github(Secret::new(SECRET).expect("a secret"))).expect("the sender is described");
    layer.deadline(PATIENCE).expect("it is not zero")
}

/// Bodies are held back here on purpose.
const PATIENCE: Duration = Duration::from_secs(120);
