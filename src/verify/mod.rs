//! [`VerifyLayer`]: lets a delivery pass only when it is genuine, fresh and whole.
//!
//! ```
//! use axum::{Router, routing::post};
//! use tower_webhook::{Secret, Verified, VerifyLayer, github};
//!
//! # fn app() -> Result<Router, tower_webhook::ConfigError> {
//! let layer = VerifyLayer::new(github(Secret::new("a long random webhook secret")?))?;
//! let app = Router::new().route("/github", post(|| async { "hello" })).layer(layer);
//! # Ok(app)
//! # }
//! # app().unwrap();
//! ```
//!
//! The steps, in order, are those of `verify/pipeline.rs`:
//!
//! 1. the **head**: method, encoding, media type, the signature's header, the declared length;
//! 2. the **secrets**, fixed or looked up for this request;
//! 3. the **body**, read once under the limit and the deadline, through the running MAC of every secret;
//! 4. the **verdict**, in constant time, with every secret tried;
//! 5. **freshness**: only now is the time believed;
//! 6. the **handshake**, answered here;
//! 7. id, kind and account are **read**, and the [`Verified`] goes into the request's extensions.
//!
//! A request that is refused by its head has the rest of it read away, up to 256 KiB and for a second, so that an HTTP/1.1 connection
//! can be kept and its sender hears the answer.
//!
//! The request goes on with the very bytes that were verified, and its body's type is the same as before: any
//! `B: Body + From<Bytes>`, such as axum's. On plain hyper, turn the incoming body into such a type before the layer:
//!
//! ```
//! use http::Request;
//! use hyper::body::Incoming;
//! use tower::ServiceBuilder;
//! use tower_webhook::Body;
//!
//! let stack = ServiceBuilder::new().map_request(|request: Request<Incoming>| request.map(Body::new));
//! ```
//!
//! # With tower-http
//!
//! ```
//! # use std::time::Duration;
//! # use axum::{Router, http::StatusCode, routing::post};
//! use tower_http::{timeout::TimeoutLayer, trace::TraceLayer};
//! # use tower_webhook::{DedupLayer, Secret, VerifyLayer, github, store::MemoryStore};
//!
//! # fn app(secret: Secret) -> Result<Router, tower_webhook::ConfigError> {
//! let layers = (
//!     TraceLayer::new_for_http(), // outermost: compression of answers stands here too
//!     VerifyLayer::new(github(secret))?.limit(1 << 20)?, // bytes; instead of a limit outside
//!     DedupLayer::new(MemoryStore::default()),
//!     TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(8)),
//! );
//! let app = Router::new().route("/github", post(|| async { "hello" }).layer(layers));
//! # Ok(app)
//! # }
//! # app(Secret::new("a long random webhook secret")?)?;
//! # Ok::<(), tower_webhook::ConfigError>(())
//! ```
//!
//! - **Trace, compression**: outside, since they change the type of the answer's body, which must be `From<Bytes>` inside.
//! - **Timeout**: inside the [`DedupLayer`](crate::DedupLayer). There it ends the handler, and the sender's next try runs. Outside it only
//!   answers: the handler runs on.
//! - **Request limits**: [`VerifyLayer::limit`] is one. A lower one outside, which only axum's `layer` can put there, answers 413 to a length that
//!   is declared; without one the body breaks off, which is a 400.
//! - **Decompression of requests**: nowhere in front.
//!
//! # Caveats
//!
//! - Whatever changes the body must stand inside this layer: a decompression layer outside it makes every delivery a forged
//!   one. A body that says it is encoded is refused.
//! - The request's deadline runs from the first poll of the body. Slow *heads* are the server's to refuse (hyper's
//!   `header_read_timeout`).
//! - Behind a proxy, let the proxy refuse requests that carry both `Content-Length` and `Transfer-Encoding`.

mod collect;
mod drain;
mod future;
mod head;
mod layer;
mod pipeline;
mod proven;
mod service;

pub use future::ResponseFuture;
pub use layer::VerifyLayer;
pub use service::VerifyService;

#[allow(unused_imports, reason = "named by the module's docs")]
use crate::verified::Verified;
