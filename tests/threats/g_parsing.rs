//! Section G: the document of a genuine delivery, read before it is claimed.

use proptest::prelude::*;
use serde::Deserialize;
use tower_webhook::Reason;
use tower_webhook::event::{Event, Json, stripe};
use tower_webhook::provider::STRIPE;

use crate::harness::{Stage, accepted, run, signed, unreadable};

async fn malformed(body: impl Into<bytes::Bytes>) {
    unreadable(STRIPE, signed(STRIPE, body), Reason::MalformedBody).await;
}

#[tokio::test]
async fn t121_t122_a_key_that_matters_may_stand_there_once() {
    for body in [
        r#"{"id":"a","id":"b"}"#,
        r#"{"id":"a","id":"a"}"#,
        r#"{"id":"a","\u0069d":"b"}"#,
        r#"{"\u0069\u0064":"a","id":"b"}"#,
        r#"{"id":"a","type":"x","type":"y"}"#,
        r#"{"id":"a","t\u0079pe":"x","type":"y"}"#,
        r#"{"id":"a","livemode":true,"livemode":false}"#,
        r#"{"id":"a","account":"x","account":"y"}"#,
        r#"{"id":"a","pending_webhooks":1,"pending_webhooks":2}"#,
    ] {
        malformed(body).await;
    }
    accepted(|| Stage::of(STRIPE), signed(STRIPE, r#"{"\u0069d":"a"}"#)).await;
    accepted(
        || Stage::of(STRIPE),
        signed(STRIPE, r#"{"id":"a","data":{"id":"b","id":"c"}}"#),
    )
    .await;
}

#[tokio::test]
async fn t123_another_case_is_another_key() {
    for key in ["ID", "Id", "iD", " id", "id ", "id\\u0000", "\\u0131d"] {
        let request = signed(STRIPE, format!(r#"{{"{key}":"a"}}"#));
        unreadable(STRIPE, request, Reason::MalformedId).await;
    }
    let stage = Stage::of(STRIPE);
    stage
        .send(signed(STRIPE, r#"{"ID":"a","id":"b","Id":"c"}"#))
        .await;
    assert_eq!(*stage.seen.last().proof.id().unwrap().value(), "b");
}

#[tokio::test]
async fn t124_nothing_may_follow_the_document() {
    for after in [
        "x",
        "{}",
        ",",
        "}",
        "null",
        "\0",
        " {\"id\":\"b\"}",
        "\u{feff}",
        "//",
    ] {
        malformed(format!(r#"{{"id":"a"}}{after}"#)).await;
    }
    malformed("").await;
    malformed("\u{feff}{\"id\":\"a\"}").await;
    accepted(|| Stage::of(STRIPE), signed(STRIPE, "\n {\"id\":\"a\"} \r\n\t")).await;
}

fn nested(depth: usize, open: &str, close: &str) -> String {
    format!(
        r#"{{"id":"a","x":{}1{}}}"#,
        open.repeat(depth - 1),
        close.repeat(depth - 1)
    )
}

#[tokio::test]
async fn t125_depth_is_bounded() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        accepted(|| Stage::of(STRIPE), signed(STRIPE, nested(127, open, close))).await;
        malformed(nested(128, open, close)).await;
        malformed(nested(100_000, open, close)).await;
        malformed(format!(r#"{{"id":"a","x":{}"#, open.repeat(100_000))).await;
    }
}

#[tokio::test]
async fn t126_numbers_that_are_none_are_refused() {
    for number in [
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
        "+1",
        ".5",
        "1.",
        "0x1",
        "1e",
        "--1",
        "1_0",
    ] {
        malformed(format!(r#"{{"id":"a","n":{number}}}"#)).await;
    }
    for number in ["9007199254740993", "18446744073709551616", "-0", "1e308", "0.1"] {
        accepted(
            || Stage::of(STRIPE),
            signed(STRIPE, format!(r#"{{"id":"a","n":{number}}}"#)),
        )
        .await;
    }
}

#[derive(Debug, Deserialize)]
struct Amount {
    n: u64,
}

async fn amount(number: &str) -> Option<u64> {
    let stage = Stage::of(STRIPE);
    stage
        .send(signed(STRIPE, format!(r#"{{"id":"a","n":{number}}}"#)))
        .await;
    let proof = stage.seen.last().proof;
    Json::<Amount>::read(&proof).ok().map(|Json(amount)| amount.n)
}

proptest! {
    #[test]
    fn t126_a_typed_number_is_exact_or_refused(n in any::<u64>()) {
        run(async {
            assert_eq!(amount(&n.to_string()).await, Some(n));
            for rounded in [format!("{n}.0"), format!("{n}e0"), format!("-{}", n | 1), format!("1{n:020}")] {
                let read = amount(&rounded).await;
                assert!(read.is_none() || read.unwrap().to_string() == rounded, "{rounded}: {read:?}");
            }
        });
    }
}

#[tokio::test]
async fn t126_typed_amounts_are_never_rounded() {
    let charge = |amount: &str| {
        format!(
            r#"{{"id":"evt_1","object":"event","type":"charge.succeeded","created":1,"livemode":true,"data":{{"object":
            {{"id":"ch_1","object":"charge","amount":{amount},"amount_captured":1,"amount_refunded":0,"currency":"eur",
            "status":"succeeded","paid":true,"captured":true,"refunded":false,"created":1,"livemode":true,"disputed":false}}}}}}"#
        )
    };
    let read = |amount: &str| stripe::Event::from_parts("", charge(amount));
    match read("9007199254740993") {
        stripe::Event::Charge(event) => assert_eq!(event.data.object.amount, 9_007_199_254_740_993),
        other => panic!("{other:?}"),
    }
    for wrong in ["1.5", "1.0", "1e3", "18446744073709551616", "\"1\"", "null"] {
        assert!(matches!(read(wrong), stripe::Event::Other(_)), "{wrong}");
    }
}

#[tokio::test]
async fn t127_text_that_is_no_text_is_refused() {
    let bad: [&[u8]; 8] = [
        br#"{"id":"a","x":"\udc00\ud800"}"#,
        br#"{"id":"a","x":"\ud800x"}"#,
        b"{\"id\":\"a\x01\"}",
        b"{\"id\":\"a\",\"x\":\"\n\"}",
        b"{\"id\":\"\xff\"}",
        b"{\"id\":\"a\",\"x\":\"\xc0\xaf\"}",
        b"{\"id\":\"a\",\"x\":\"\xed\xa0\x80\"}",
        br#"{"id":"a","x":"\x41"}"#,
    ];
    for body in bad {
        malformed(body).await;
    }
    for id in [r#""\ud800""#, r#""\udc00\ud800""#] {
        let request = signed(STRIPE, format!(r#"{{"id":{id}}}"#));
        unreadable(STRIPE, request, Reason::MalformedId).await;
    }
    accepted(|| Stage::of(STRIPE), signed(STRIPE, r#"{"id":"\ud83d\ude00"}"#)).await;
}

#[tokio::test]
async fn t129_a_document_without_what_is_promised_is_refused() {
    for body in [
        "{}",
        "[]",
        "null",
        "0",
        r#""evt_1""#,
        r#"["id","evt_1"]"#,
        r#"{"data":{"id":"evt_1"}}"#,
        r#"[{"id":"a"}]"#,
    ] {
        unreadable(STRIPE, signed(STRIPE, body), Reason::MalformedId).await;
    }
    for body in [
        "{",
        "[",
        "\"",
        "{\"id\"",
        "{\"id\":",
        "{\"id\":}",
        "tru",
        "{,}",
        "[,]",
    ] {
        malformed(body).await;
    }
}

#[derive(Debug, Deserialize)]
struct Named {
    id: String,
}

proptest! {
    #[test]
    fn t129_t131_the_library_and_a_users_type_read_the_same_id(
        parts in prop::collection::vec(prop::sample::select(vec![
            r#""id":"a""#, r#""\u0069d":"b""#, r#""ID":"c""#, r#""id":1"#, r#""x":{"id":"d"}"#, r#""id ":"e""#,
            r#""id":"\u0061""#, "x", "\"\"", r#""type":"t""#,
        ]), 0..4),
    ) {
        let body = format!("{{{}}}", parts.join(","));
        run(async {
            let stage = Stage::of(STRIPE);
            let status = stage.send(signed(STRIPE, body.clone())).await.status;
            if status == 200 {
                let proof = stage.seen.last().proof;
                let Json(named) = Json::<Named>::read(&proof).unwrap();
                assert_eq!(*proof.id().unwrap().value(), named.id);
            } else {
                assert_eq!(status, 400);
                let read = serde_json::from_str::<Named>(&body);
                assert!(read.is_err() || parts.iter().any(|part| part.contains("type")), "{body}");
            }
        });
    }
}
