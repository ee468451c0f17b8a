//! The private servers: each starts, is killed, comes back with its data, and leaves nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

use tower_webhook_testkit::server::Server;

/// Restarts the server, then drops it.
fn lives_and_dies(mut server: Server) {
    let (addr, home) = (server.addr(), server.home().to_owned());
    assert!(server.url().contains(&addr.to_string()), "{}", server.url());
    server.restart();
    assert_eq!(server.addr(), addr, "a restarted server keeps its port");
    server.kill();
    assert!(
        TcpStream::connect(addr).is_err(),
        "a killed server takes no clients"
    );
    server.start();
    assert!(TcpStream::connect(addr).is_ok());
    drop(server);
    assert!(
        TcpStream::connect(addr).is_err(),
        "a dropped server takes no clients"
    );
    assert!(!home.exists(), "a dropped server leaves nothing");
}

#[test]
fn redis_lives_and_dies() {
    if let Some(server) = Server::redis(&[]) {
        lives_and_dies(server);
    }
}

#[test]
fn postgres_lives_and_dies() {
    if let Some(server) = Server::postgres(&[]) {
        lives_and_dies(server);
    }
}

#[test]
fn mariadb_lives_and_dies() {
    if let Some(server) = Server::mariadb(&[]) {
        lives_and_dies(server);
    }
}

#[test]
fn redis_keeps_its_data_when_it_is_told_to() {
    let say = |server: &Server, command: &str, answer: &str| {
        let mut stream = TcpStream::connect(server.addr()).expect("the server listens");
        stream.write_all(command.as_bytes()).expect("the server reads");
        let mut read = vec![0; answer.len()];
        stream.read_exact(&mut read).expect("the server answers");
        assert_eq!(String::from_utf8_lossy(&read), answer);
    };
    let arguments = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut server) = Server::redis(&arguments) else {
        return;
    };
    say(&server, "SET a 1\r\n", "+OK\r\n");
    server.restart();
    say(&server, "GET a\r\n", "$1\r\n1\r\n");
    let home: PathBuf = server.home().to_owned();
    assert!(home.join("log").exists());
}
