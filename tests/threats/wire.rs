//! The stack behind a real socket: HTTP/1.1 byte by byte, and HTTP/2 through a client.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::Answer;

/// Serves the router on a free port until the test's runtime ends.
pub async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

/// A request's head as HTTP/1.1 writes it, byte for byte.
pub fn head(request: &Request<Bytes>) -> Vec<u8> {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: hooks.test\r\n",
        request.method(),
        request.uri()
    )
    .into_bytes();
    for (name, value) in request.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head
}

pub async fn http1(router: Router, request: Request<Bytes>) -> Answer {
    let mut bytes = head(&request);
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", request.body().len()).as_bytes());
    bytes.extend_from_slice(request.body());
    let address = serve(router).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    // A server that refuses early may close before it has read all of a long body.
    let _ = socket.write_all(&bytes).await;
    answer(&mut socket).await.expect("an answer")
}

/// Reads one answer; `None` when the connection ends without one.
pub async fn answer(socket: &mut TcpStream) -> Option<Answer> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(answer) = parse(&bytes) {
            return Some(answer);
        }
        let read = tokio::time::timeout(Duration::from_secs(30), socket.read(&mut piece))
            .await
            .expect("an answer in time");
        match read {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(
            name.parse::<HeaderName>().unwrap(),
            value.parse::<HeaderValue>().unwrap(),
        );
    }
    let length = headers
        .get("content-length")
        .map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    let body = bytes.get(end + 4..end + 4 + length)?;
    Some(Answer {
        status,
        headers,
        body: Bytes::copy_from_slice(body),
    })
}

pub async fn http2(router: Router, mut request: Request<Bytes>) -> Answer {
    let address = serve(router).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = Uri::try_from(format!("http://hooks.test{path}")).unwrap();
    let response = sender.send_request(request.map(Full::new)).await.unwrap();
    let (head, body) = response.into_parts();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}
