//! Section G: forms, of which every reader must see the same fields.

use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use tower_webhook::Reason;
use tower_webhook::event::{Event, slack};
use tower_webhook::provider::SLACK;

use crate::harness::{NOW, Stage, accepted, refused, run, unreadable, with_header};
use crate::oracle::slack as signed_by_slack;

const FORM: &[u8] = b"application/x-www-form-urlencoded";

fn form(body: &str) -> Request<Bytes> {
    with_header(signed_by_slack(&NOW.to_string(), body), "content-type", FORM)
}

/// A slash command whose text is written so.
fn command(text: &str) -> String {
    format!(
        "command=%2Fdo&text={text}&response_url=https%3A%2F%2Fs.example&trigger_id=1.2&user_id=U&channel_id=C&team_id=T"
    )
}

async fn text_of(body: &str) -> String {
    let stage = Stage::of(SLACK);
    assert_eq!(stage.send(form(body)).await.status, 200, "{body}");
    slack::SlashCommand::read(&stage.seen.last().proof).unwrap().text
}

#[tokio::test]
async fn t132_a_field_may_stand_there_once() {
    for twice in [
        "&text=b",
        "&text=a",
        "&te%78t=b",
        "&%74%65%78%74=b",
        "&text",
        "&trigger_id=9.9",
        "&team%5Fid=T2",
        "&other=1&other=2",
        "&=1&=2",
    ] {
        unreadable(SLACK, form(&(command("a") + twice)), Reason::MalformedBody).await;
    }
}

#[tokio::test]
async fn t132_blanks_semicolons_and_bare_keys_have_one_meaning() {
    for (written, meant) in [
        ("a+b", "a b"),
        ("a%20b", "a b"),
        ("a%2Bb", "a+b"),
        ("a%2bb", "a+b"),
        ("a%252Bb", "a%2Bb"),
        ("a;team_id=X", "a;team_id=X"),
        ("a%26team_id%3DX", "a&team_id=X"),
        ("a=b", "a=b"),
        ("%F0%9F%98%80", "\u{1f600}"),
        ("", ""),
    ] {
        assert_eq!(text_of(&command(written)).await, meant, "{written}");
    }
    assert_eq!(
        text_of(&command("").replace("text=", "text")).await,
        "",
        "a bare key is an empty field"
    );
    assert_eq!(text_of(&(command("x") + "&bare&&TEXT=y")).await, "x");
}

#[tokio::test]
async fn t132_t133_doubtful_bytes_are_refused() {
    for text in [
        "%FF",
        "%C0%AF",
        "%ED%A0%80",
        "%",
        "%4",
        "%zz",
        "%u0041",
        "a%",
        "%+1",
        "\u{80}%80",
    ] {
        unreadable(SLACK, form(&command(text)), Reason::MalformedBody).await;
    }
    unreadable(SLACK, form("%FF=a"), Reason::MalformedBody).await;
    let many: Vec<_> = (0..1_001).map(|n| format!("f{n}=")).collect();
    unreadable(SLACK, form(&many.join("&")), Reason::MalformedBody).await;
}

#[tokio::test]
async fn t133_a_replacement_character_is_only_one_that_was_sent() {
    assert_eq!(text_of(&command("%EF%BF%BD")).await, "\u{fffd}");
}

#[tokio::test]
async fn t132_the_content_type_says_what_the_body_is_to_every_reader() {
    let json = r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"x"}}"#;
    // JSON under a form's name is one bare field: neither an id nor a kind stands in it.
    let stage = Stage::of(SLACK);
    assert_eq!(stage.send(form(json)).await.status, 200);
    let proof = stage.seen.last().proof;
    assert!(proof.id().is_none() && proof.kind().is_none());
    assert!(matches!(
        slack::Event::read(&proof).unwrap(),
        slack::Event::Other(_)
    ));
    let as_json = with_header(form(&command("a")), "content-type", b"application/json");
    unreadable(SLACK, as_json, Reason::MalformedBody).await;
    let multipart = with_header(
        form(&command("a")),
        "content-type",
        b"multipart/form-data; boundary=x",
    );
    refused(|| Stage::of(SLACK), multipart, 415, Reason::MediaType).await;
    let charset = with_header(
        form(&command("a")),
        "content-type",
        b"Application/X-WWW-Form-UrlEncoded ; charset=x",
    );
    accepted(|| Stage::of(SLACK), charset).await;
}

proptest! {
    #[test]
    fn t132_t133_what_is_accepted_is_read_alike_by_everyone(text in "[a%+&=;F2-40é]{0,12}") {
        run(async {
            let stage = Stage::of(SLACK);
            let body = command(&text);
            let status = stage.send(form(&body)).await.status;
            let Ok(others) = serde_urlencoded::from_str::<Vec<(String, String)>>(&body) else {
                return;
            };
            if status != 200 {
                stage.assert_untouched();
                return;
            }
            let read = slack::SlashCommand::read(&stage.seen.last().proof).unwrap();
            let other = others.iter().find(|(name, _)| name == "text").map(|(_, value)| value.as_str());
            assert_eq!(Some(read.text.as_str()), other, "{body}");
            assert!(!read.text.contains('\u{fffd}'), "no byte was replaced");
        });
    }
}
