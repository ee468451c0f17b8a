//! Slack's deliveries as types: each typed thing, what stays secret, and what happens to everything else.

use tower_webhook::event::slack::{AppMention, Callback, Event, Message, MessagePosted, SlashCommand};
use tower_webhook::event::{EventErrorKind, Other};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json; charset=utf-8");
const URL: &str = "https://hooks.slack.com/actions/T1/2/s3cret";

/// An inner event in the Events API's envelope.
fn callback(event: &str) -> String {
    format!(
        r#"{{"token":"t0ken","team_id":"T1","api_app_id":"A1","type":"event_callback","event_id":"Ev1",
            "event_time":1700000000,"authorizations":[{{"enterprise_id":null,"team_id":"T1","user_id":"U9",
            "is_bot":true,"is_enterprise_install":false}}],"is_ext_shared_channel":true,"new":{{}},"event":{event}}}"#
    )
}

fn json(document: impl Into<String>) -> Event {
    checked(Event::from_parts("", JSON, document.into()))
}

fn form(fields: &[(&str, &str)]) -> Event {
    checked(Event::from_parts(
        "",
        FORM,
        serde_urlencoded::to_string(fields).expect("a form"),
    ))
}

/// Whatever a test reads, its `Debug` output shows no credential.
fn checked(event: Event) -> Event {
    let shown = format!("{event:?} {event:#?}");
    for secret in ["t0ken", "s3cret", "hooks.slack.com", "pr1vate"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    event
}

/// An interaction with these fields beside those that all have.
fn interaction(kind: &str, rest: &str) -> Event {
    let payload = format!(
        r#"{{"type":"{kind}","token":"t0ken","api_app_id":"A1","trigger_id":"1.2","team":{{"id":"T1","domain":"d"}},
            "enterprise":null,"is_enterprise_install":false,
            "user":{{"id":"U1","username":"ada","name":"ada","team_id":"T1"}},{rest}}}"#
    );
    form(&[("payload", &payload)])
}

fn other(event: Event) -> Other {
    match event {
        Event::Other(other) => other,
        typed => panic!("expected no type, got {typed:?}"),
    }
}

fn message(event: &str) -> Message {
    match json(callback(event)) {
        Event::Message(event) => event.event,
        event => panic!("{event:?}"),
    }
}

fn posted(event: &str) -> MessagePosted {
    match message(event) {
        Message::Posted(posted) => posted,
        message => panic!("{message:?}"),
    }
}

#[test]
fn a_mention_with_its_envelope() {
    let document = callback(
        r#"{"type":"app_mention","user":"U1","text":"<@U9> hi","ts":"1.000005","channel":"C1","event_ts":"1.000005"}"#,
    );
    let Event::AppMention(event) = json(document.clone()) else {
        panic!()
    };
    assert_eq!(
        (event.event_id.as_str(), event.event_time),
        ("Ev1", 1_700_000_000)
    );
    assert_eq!((event.team_id.as_str(), event.api_app_id.as_str()), ("T1", "A1"));
    assert!(event.is_ext_shared_channel && event.authorizations[0].is_bot);
    assert_eq!(
        (event.event.text.as_str(), event.event.ts.as_str()),
        ("<@U9> hi", "1.000005")
    );

    assert_eq!(
        Callback::<AppMention>::from_document(document.as_bytes()).unwrap(),
        *event
    );
    let error = Callback::<Message>::from_document(document.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), EventErrorKind::OtherKind);
    let unfit = callback(r#"{"type":"app_mention"}"#);
    let error = Callback::<AppMention>::from_document(unfit.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), EventErrorKind::Shape);
}

#[test]
fn a_message_posted_changed_and_deleted() {
    let posted = posted(
        r#"{"type":"message","channel":"C1","channel_type":"im","user":"U1","text":"hi","ts":"1.1","thread_ts":"1.0"}"#,
    );
    assert_eq!(
        (posted.channel.as_str(), posted.channel_type.as_deref()),
        ("C1", Some("im"))
    );
    assert_eq!(
        (posted.message.text.as_str(), posted.message.thread_ts.as_deref()),
        ("hi", Some("1.0"))
    );

    let changed = message(
        r#"{"type":"message","subtype":"message_changed","hidden":true,"channel":"C1","ts":"2.1","message":{"type":"message",
            "user":"U1","text":"new","ts":"1.1","edited":{"user":"U1","ts":"2.1"}},
            "previous_message":{"type":"message","user":"U1","text":"old","ts":"1.1"}}"#,
    );
    assert_eq!(changed.channel(), "C1");
    let Message::Changed(changed) = changed else {
        panic!("{changed:?}")
    };
    assert_eq!(
        (changed.message.text.as_str(), changed.message.ts.as_str()),
        ("new", "1.1")
    );
    assert_eq!(changed.previous_message.unwrap().text, "old");

    let deleted = message(
        r#"{"type":"message","subtype":"message_deleted","hidden":true,"channel":"C1","ts":"3.1","deleted_ts":"1.1"}"#,
    );
    let Message::Deleted(deleted) = deleted else {
        panic!("{deleted:?}")
    };
    assert_eq!(deleted.deleted_ts, "1.1");

    let unfit = callback(r#"{"type":"message","subtype":"message_changed","channel":"C1","ts":"2.1"}"#);
    assert!(
        other(json(unfit))
            .reason()
            .unwrap()
            .to_string()
            .contains("message")
    );
}

#[test]
fn a_message_of_a_subtype_of_tomorrow() {
    let new = posted(
        r#"{"type":"message","subtype":"telepathy","channel":"C1","ts":"1.1","text":null,"hidden":true,"message":[7]}"#,
    );
    assert_eq!(new.message.subtype.as_deref(), Some("telepathy"));
    assert!(new.hidden && new.message.text.is_empty() && new.message.user.is_none());
    let bot = posted(
        r#"{"type":"message","subtype":"bot_message","channel":"C1","ts":"1.1","text":"beep","bot_id":"B1"}"#,
    );
    assert_eq!(bot.message.bot_id.as_deref(), Some("B1"));
}

#[test]
fn what_happens_around_messages() {
    let reaction = r#""user":"U1","reaction":"tada","item_user":"U2","item":{"type":"message","channel":"C1","ts":"1.1"},
        "event_ts":"2.1"}"#;
    let Event::ReactionAdded(event) = json(callback(&format!(r#"{{"type":"reaction_added",{reaction}"#)))
    else {
        panic!()
    };
    assert_eq!(
        (event.event.reaction.as_str(), event.event.item.ts.as_deref()),
        ("tada", Some("1.1"))
    );
    let Event::ReactionRemoved(event) = json(callback(&format!(r#"{{"type":"reaction_removed",{reaction}"#)))
    else {
        panic!()
    };
    assert_eq!(event.event.item_user.as_deref(), Some("U2"));

    let member = r#""user":"U1","channel":"C1","channel_type":"C","team":"T1","inviter":"U2"}"#;
    let Event::MemberJoinedChannel(event) =
        json(callback(&format!(r#"{{"type":"member_joined_channel",{member}"#)))
    else {
        panic!()
    };
    assert_eq!(event.event.inviter.as_deref(), Some("U2"));
    let Event::MemberLeftChannel(event) =
        json(callback(&format!(r#"{{"type":"member_left_channel",{member}"#)))
    else {
        panic!()
    };
    assert_eq!(event.event.channel, "C1");

    let home = r#"{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home","event_ts":"1.1","view":{"id":"V1"}}"#;
    let Event::AppHomeOpened(event) = json(callback(home)) else {
        panic!()
    };
    assert_eq!(event.event.tab.as_deref(), Some("home"));
    let channel = r#"{"type":"channel_created","channel":{"id":"C1","name":"fun","created":1360782804,"creator":"U1"}}"#;
    let Event::ChannelCreated(event) = json(callback(channel)) else {
        panic!()
    };
    assert_eq!(
        (event.event.channel.name.as_str(), event.event.channel.created),
        ("fun", Some(1_360_782_804))
    );
}

#[test]
fn what_happens_to_the_installation() {
    let join =
        r#"{"type":"team_join","user":{"id":"U1","team_id":"T1","name":"ada","is_bot":null,"profile":{}}}"#;
    let Event::TeamJoin(event) = json(callback(join)) else {
        panic!()
    };
    assert_eq!(
        (event.event.user.id.as_str(), event.event.user.is_bot),
        ("U1", false)
    );
    assert!(matches!(
        json(callback(r#"{"type":"app_uninstalled"}"#)),
        Event::AppUninstalled(_)
    ));
    let revoked = r#"{"type":"tokens_revoked","tokens":{"oauth":["U1"],"bot":["U9"]}}"#;
    let Event::TokensRevoked(event) = json(callback(revoked)) else {
        panic!()
    };
    assert_eq!(
        (
            event.event.tokens.oauth[0].as_str(),
            event.event.tokens.bot[0].as_str()
        ),
        ("U1", "U9")
    );

    let limited = r#"{"token":"t0ken","type":"app_rate_limited","team_id":"T1","minute_rate_limited":1518467820,"api_app_id":"A1"}"#;
    let Event::AppRateLimited(event) = json(limited) else {
        panic!()
    };
    assert_eq!(
        (event.minute_rate_limited, event.team_id.as_str()),
        (1_518_467_820, "T1")
    );
}

const COMMAND: &[(&str, &str)] = &[
    ("token", "t0ken"),
    ("team_id", "T1"),
    ("team_domain", "d"),
    ("enterprise_id", "E1"),
    ("channel_id", "C1"),
    ("channel_name", "test"),
    ("user_id", "U1"),
    ("user_name", "ada"),
    ("command", "/weather"),
    ("text", "94070 & \u{2600}"),
    ("response_url", URL),
    ("trigger_id", "1.2"),
    ("api_app_id", "A1"),
    ("is_enterprise_install", "false"),
];

#[test]
fn a_slash_command() {
    let Event::Command(command) = form(COMMAND) else {
        panic!()
    };
    assert_eq!(
        (command.command.as_str(), command.text.as_str()),
        ("/weather", "94070 & \u{2600}")
    );
    assert_eq!(
        (command.user_id.as_str(), command.channel_id.as_str()),
        ("U1", "C1")
    );
    assert_eq!(command.response_url.as_str(), URL);
    assert_eq!(command.enterprise_id.as_deref(), Some("E1"));
    assert!(!command.is_enterprise_install);

    let body = serde_urlencoded::to_string(COMMAND).unwrap();
    assert!(matches!(
        Event::from_parts("/weather", None, body.clone()),
        Event::Command(_)
    ));
    assert_eq!(SlashCommand::from_form(body.as_bytes()).unwrap(), *command);
}

#[test]
fn a_form_that_is_no_command_keeps_its_bytes() {
    for body in [
        "",
        "command=%2Fx",
        "command=%2Fx&command=%2Fy",
        "payload=%7B%7D&payload=%7B%7D",
        "ssl_check=1&token=t0ken",
    ] {
        let other = other(checked(Event::from_parts("/x", FORM, body)));
        assert_eq!((other.kind(), other.body().as_ref()), ("/x", body.as_bytes()));
        assert!(other.reason().is_some());
    }
    let twice = serde_urlencoded::to_string(COMMAND).unwrap() + "&user_id=U2";
    assert_eq!(
        SlashCommand::from_form(twice.as_bytes()).unwrap_err().kind(),
        EventErrorKind::Shape
    );
}

#[test]
fn an_element_was_used() {
    let event = interaction(
        "block_actions",
        &format!(
            r#""response_url":"{URL}","container":{{"type":"message","message_ts":"1.1","channel_id":"C1","is_ephemeral":false}},
            "channel":{{"id":"C1","name":"test"}},"message":{{"type":"message","ts":"1.1","text":"pick","bot_id":"B1"}},
            "state":{{"values":{{"b":{{"a":{{"type":"plain_text_input","value":"pr1vate"}}}}}}}},"actions":[
            {{"type":"button","action_id":"ok","block_id":"b","value":"yes","action_ts":"2.1","text":{{"type":"plain_text","text":"OK"}}}},
            {{"type":"static_select","action_id":"s","selected_option":{{"value":"v","text":{{"type":"plain_text","text":"V"}}}}}},
            {{"type":"multi_users_select","action_id":"m","selected_users":["U1","U2"],"selected_option":null}},
            {{"type":"of_tomorrow","action_id":"n","selected_galaxy":"G1"}}]"#
        ),
    );
    let Event::BlockActions(used) = event else {
        panic!("{event:?}")
    };
    assert_eq!(
        (used.user.id.as_str(), used.user.username.as_deref()),
        ("U1", Some("ada"))
    );
    assert_eq!(used.response_url.as_ref().unwrap().as_str(), URL);
    assert_eq!(
        (
            used.actions[0].action_id.as_str(),
            used.actions[0].value.as_deref()
        ),
        ("ok", Some("yes"))
    );
    assert_eq!(used.actions[1].selected_option.as_ref().unwrap().value, "v");
    assert_eq!(used.actions[2].selected_users, ["U1", "U2"]);
    assert_eq!(used.actions[3].kind, "of_tomorrow");
    assert_eq!(used.state["values"]["b"]["a"]["value"], "pr1vate");
    assert_eq!(used.message.unwrap().text, "pick");
}

const VIEW: &str = r#""view":{"id":"V1","type":"modal","callback_id":"ask","hash":"1.abc","private_metadata":"pr1vate",
    "external_id":"","root_view_id":"V1","previous_view_id":null,
    "state":{"values":{"b":{"a":{"type":"plain_text_input","value":"pr1vate"}}}}}"#;

#[test]
fn a_modal_was_submitted_and_closed() {
    let urls = format!(
        r#"{VIEW},"response_urls":[{{"block_id":"b","action_id":"c","channel_id":"C1","response_url":"{URL}"}}]"#
    );
    let Event::ViewSubmission(event) = interaction("view_submission", &urls) else {
        panic!()
    };
    assert_eq!(
        (
            event.view.callback_id.as_str(),
            event.view.private_metadata.as_str()
        ),
        ("ask", "pr1vate")
    );
    assert_eq!(event.view.state["values"]["b"]["a"]["value"], "pr1vate");
    assert_eq!(event.view.hash.as_deref(), Some("1.abc"));
    assert_eq!(event.response_urls[0].response_url.as_str(), URL);

    let Event::ViewClosed(event) = interaction("view_closed", &format!(r#"{VIEW},"is_cleared":true"#)) else {
        panic!()
    };
    assert!(event.is_cleared);
    let bare = r#""view":{"id":"V1","type":"home","callback_id":null,"private_metadata":null,"state":null}"#;
    let Event::ViewClosed(event) = interaction("view_closed", bare) else {
        panic!()
    };
    assert!(event.view.state.is_null() && event.view.callback_id.is_empty());
}

#[test]
fn shortcuts_and_a_menu_that_asks_for_options() {
    let Event::Shortcut(event) = interaction("shortcut", r#""callback_id":"new","action_ts":"1.1""#) else {
        panic!()
    };
    assert_eq!(
        (event.callback_id.as_str(), event.trigger_id.as_str()),
        ("new", "1.2")
    );

    let rest = format!(
        r#""callback_id":"save","action_ts":"1.1","message_ts":"1.0","response_url":"{URL}",
            "channel":{{"id":"C1","name":"test"}},"message":{{"type":"message","ts":"1.0","user":"U2","text":"hi"}}"#
    );
    let Event::MessageAction(event) = interaction("message_action", &rest) else {
        panic!()
    };
    assert_eq!(
        (event.message.ts.as_str(), event.channel.id.as_str()),
        ("1.0", "C1")
    );
    assert_eq!(event.response_url.as_str(), URL);

    let rest =
        r#""action_id":"city","block_id":"b","value":"Ber","container":{"type":"view","view_id":"V1"}"#;
    let Event::BlockSuggestion(event) = interaction("block_suggestion", rest) else {
        panic!()
    };
    assert_eq!((event.action_id.as_str(), event.value.as_str()), ("city", "Ber"));
    assert_eq!(event.container.unwrap().view_id.as_deref(), Some("V1"));
}

#[test]
fn what_has_no_type_keeps_its_bytes() {
    let document = callback(r#"{"type":"of_tomorrow","bot_access_token":"s3cret"}"#);
    let unknown = other(json(document.clone()));
    assert_eq!(
        (unknown.kind(), unknown.body()),
        ("of_tomorrow", &document.into())
    );
    assert!(unknown.reason().is_none());

    let wrapped = other(interaction("dialog_submission", r#""submission":{}"#));
    assert_eq!(wrapped.kind(), "dialog_submission");
    assert!(wrapped.body().starts_with(b"{\"type\":\"dialog_submission\""));
    assert!(wrapped.reason().is_none());
}

#[test]
fn what_does_not_fit_says_why_and_quotes_nothing() {
    for document in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"event_callback","event":7}"#,
    ] {
        let other = other(Event::from_parts("stated", JSON, document));
        assert_eq!(
            (other.kind(), other.body().as_ref()),
            ("stated", document.as_bytes())
        );
        assert!(other.reason().is_some());
    }
    let missing = other(json(callback(r#"{"type":"app_mention","user":"U1"}"#)));
    assert_eq!(missing.kind(), "app_mention");
    assert!(missing.reason().unwrap().to_string().contains("missing field"));
    let urls = format!(r#"{VIEW},"response_urls":["{URL}"]"#);
    let quoted = other(interaction("view_submission", &urls));
    assert!(quoted.reason().unwrap().to_string().contains("line"));
}

#[test]
fn a_name_said_twice_fits_no_type() {
    let mention = r#"{"type":"app_mention","text":"hi","ts":"1.1","channel":"C1"}"#;
    let once = callback(mention);
    assert!(matches!(json(once.clone()), Event::AppMention(_)));
    for again in [
        r#""event_id":"Ev2""#,
        r#""event\u005fid":"Ev2""#,
        r#""type":"event_callback""#,
        r#""team_id":"T2""#,
    ] {
        let document = once.replacen('{', &format!("{{{again},"), 1);
        assert!(other(json(document)).reason().is_some(), "{again}");
    }
    for again in [r#""type":"message""#, r#""text":"bye""#] {
        let event = mention.replacen('{', &format!("{{{again},"), 1);
        assert!(other(json(callback(&event))).reason().is_some(), "{again}");
    }
    let unknown = callback(r#"{"type":"of_tomorrow"}"#).replacen('{', r#"{"event_id":"Ev2","#, 1);
    assert!(other(json(unknown)).reason().is_some());
    assert!(other(json(once + "{}")).reason().is_some());
}
