//! Many customers, each with a secret of their own, added and rotated while the program runs.
//!
//! ```sh
//! cargo run --example tenants
//! ```
//!
//! The tenant is read from the path, which nobody signs: that does no harm, since only the tenant's own secret proves a
//! delivery to that path. Ask a database or a vault by a `SecretSource` of your own.

use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Service, ServiceBuilder, ServiceExt};

use tower_webhook::provider::GITHUB;
use tower_webhook::store::MemoryStore;
use tower_webhook::testing::Delivery;
use tower_webhook::{Context, DedupLayer, EventRouter, Secret, Secrets, Tenants, VerifyLayer, github};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tenants = Tenants::new(|head| head.uri.path().strip_prefix("/hooks/").map(str::to_owned));
    let [acme, globex, new_acme] = [
        Secret::new("the secret that acme has set")?,
        Secret::new("the secret that globex has set")?,
        Secret::new("the secret that acme sets next")?,
    ];
    tenants.insert("acme", acme.clone())?;
    tenants.insert("globex", globex.clone())?;
    // With one secret for two, either could send in the other's name.
    let refused = tenants.insert("initech", acme.clone());
    println!("{}", refused.err().ok_or("two tenants must not share a secret")?);

    let receiver = ServiceBuilder::new()
        .layer(VerifyLayer::new(github(tenants.clone()))?)
        .layer(DedupLayer::new(MemoryStore::default()))
        .service(EventRouter::new().otherwise(handle));
    let send = async |path: &str, id: &str, secret: &Secret| -> Result<StatusCode, Box<dyn Error>> {
        let ping = Delivery::new(GITHUB, r#"{"zen":"Half measures are as bad as nothing at all."}"#);
        let request = ping.kind("ping").id(id).uri(path).sign(secret)?;
        Ok(deliver(receiver.clone(), request).await)
    };

    // The same id for each of them: the tenant is part of the event's key.
    assert_eq!(send("/hooks/acme", "1", &acme).await?, StatusCode::OK);
    assert_eq!(send("/hooks/globex", "1", &globex).await?, StatusCode::OK);
    // In another's name, and for a tenant that doesn't exist: one answer, and the same work.
    assert_eq!(send("/hooks/globex", "2", &acme).await?, StatusCode::UNAUTHORIZED);
    assert_eq!(send("/hooks/nobody", "2", &acme).await?, StatusCode::UNAUTHORIZED);

    // Rotation: both secrets count until the sender has changed over. The handler's line tells which one matched.
    tenants.insert("acme", Secrets::from(new_acme.clone()).and_secret(acme.clone())?)?;
    assert_eq!(send("/hooks/acme", "3", &acme).await?, StatusCode::OK);
    assert_eq!(send("/hooks/acme", "4", &new_acme).await?, StatusCode::OK);
    tenants.insert("acme", new_acme)?;
    assert_eq!(send("/hooks/acme", "5", &acme).await?, StatusCode::UNAUTHORIZED);

    assert!(tenants.remove("globex"));
    assert_eq!(
        send("/hooks/globex", "6", &globex).await?,
        StatusCode::UNAUTHORIZED
    );
    Ok(())
}

async fn handle(cx: Context) {
    let proof = cx.delivery();
    let tenant = proof.tenant().unwrap_or("nobody");
    println!("{tenant}: {:?}, by secret {}", proof.id(), proof.secret_index());
}

/// Sends one request through the layers, as a server would.
async fn deliver<S>(receiver: S, request: Request<Bytes>) -> StatusCode
where
    S: Service<Request<Full<Bytes>>, Response = Response<Full<Bytes>>, Error = Infallible>,
{
    match receiver.oneshot(request.map(Full::new)).await {
        Ok(answer) => answer.status(),
        Err(never) => match never {},
    }
}
