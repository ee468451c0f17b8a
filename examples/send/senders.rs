//! How each sender's deliveries look: where they go, and what their bodies say.

use std::error::Error;
use std::time::SystemTime;

use http::Uri;
use serde_json::{Value, json};

use tower_webhook::provider::{GITHUB, SLACK, STANDARD_WEBHOOKS, STRIPE, Scheme};

/// How one sender's deliveries look.
#[derive(Clone, Copy)]
pub(crate) struct Sender {
    name: &'static str,
    /// How it signs.
    pub(crate) scheme: Scheme,
    /// Where the receiver takes its deliveries.
    pub(crate) path: &'static str,
    /// Which variable holds its secret.
    pub(crate) variable: &'static str,
    /// The receiver's secret when the variable is not set.
    pub(crate) demo: &'static str,
    /// What happened unless the command line says otherwise.
    pub(crate) kind: &'static str,
    /// Whether a delivery can grow old.
    pub(crate) signs_time: bool,
    /// Whether the body is a form.
    pub(crate) is_form: bool,
    /// The body for a kind and an id.
    pub(crate) body: fn(&str, &str) -> String,
    id_prefix: &'static str,
}

impl Sender {
    /// The sender that the command line calls so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        SENDERS.into_iter().find(|sender| sender.name == name)
    }

    /// An id that no delivery had before. Its form is the sender's own.
    pub(crate) fn fresh_id(&self) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let nanoseconds = now.unwrap_or_default().as_nanos() & 0xffff_ffff_ffff;
        format!("{}{nanoseconds:012x}", self.id_prefix)
    }

    /// The URL that was given, with this sender's path unless it has one of its own.
    pub(crate) fn target(&self, url: &str) -> Result<Uri, Box<dyn Error>> {
        let wrong = || format!("`{url}` is no URL that this can send to; write it as http://host:port/path");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong().into());
        }
        match uri.path() {
            "/" => Ok(format!("{}{}", url.trim_end_matches('/'), self.path).parse()?),
            _ => Ok(uri),
        }
    }
}

const GITHUB_SENDER: Sender = Sender {
    name: "github",
    scheme: GITHUB,
    path: "/github",
    variable: "GITHUB_WEBHOOK_SECRET",
    demo: "demo-secret-for-github",
    kind: "push",
    signs_time: false,
    is_form: false,
    body: github,
    id_prefix: "72d3162e-cc78-11e3-81ab-",
};

const STRIPE_SENDER: Sender = Sender {
    name: "stripe",
    scheme: STRIPE,
    path: "/stripe",
    variable: "STRIPE_WEBHOOK_SECRET",
    demo: "whsec_demo_secret_for_stripe",
    kind: "invoice.paid",
    signs_time: true,
    is_form: false,
    body: stripe,
    id_prefix: "evt_",
};

const SLACK_SENDER: Sender = Sender {
    name: "slack",
    scheme: SLACK,
    path: "/slack/events",
    variable: "SLACK_SIGNING_SECRET",
    demo: "demo-secret-for-slack",
    kind: "app_mention",
    signs_time: true,
    is_form: false,
    body: slack,
    id_prefix: "Ev",
};

const SENDERS: [Sender; 5] = [
    GITHUB_SENDER,
    STRIPE_SENDER,
    SLACK_SENDER,
    Sender {
        name: "slack-command",
        path: "/slack/commands",
        kind: "/hello",
        is_form: true,
        body: slack_command,
        id_prefix: "1.2.",
        ..SLACK_SENDER
    },
    Sender {
        name: "standard",
        scheme: STANDARD_WEBHOOKS,
        path: "/standard",
        variable: "STANDARD_WEBHOOK_SECRET",
        demo: "whsec_ZGVtby1zZWNyZXQtZm9yLXN0YW5kYXJk",
        kind: "contact.created",
        signs_time: true,
        is_form: false,
        body: standard,
        id_prefix: "msg_",
    },
];

/// A push or a ping as GitHub writes it; another kind says little more than where it happened.
fn github(kind: &str, _: &str) -> String {
    let owner = json!({ "login": "octo-org", "id": 2, "type": "Organization" });
    let repository = json!({
        "id": 1, "name": "hello", "full_name": "octo-org/hello", "private": false, "fork": false,
        "owner": owner, "html_url": "https://github.com/octo-org/hello",
    });
    let person = json!({ "name": "Mona", "email": "mona@example.com", "username": "mona" });
    let tip = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    let commit = json!({
        "id": tip, "tree_id": tip, "distinct": true, "message": "Say hello", "url": "https://example.com/commit",
        "timestamp": "2026-11-22T10:00:00Z", "author": person, "committer": person, "added": ["hello.txt"],
    });
    let body = match kind {
        "push" => json!({
            "ref": "refs/heads/main", "before": "0".repeat(40), "after": tip, "created": true, "deleted": false,
            "forced": false, "compare": "https://example.com/compare", "commits": [commit], "head_commit": commit,
            "pusher": person, "repository": repository,
        }),
        "ping" => json!({
            "zen": "Keep it logically awesome.", "hook_id": 3, "repository": repository, "sender": owner,
            "hook": { "id": 3, "type": "Repository", "active": true, "events": ["push"], "config": {} },
        }),
        _ => json!({ "action": "created", "repository": repository, "sender": owner }),
    };
    body.to_string()
}

/// A snapshot event with an invoice in it, whatever its kind.
fn stripe(kind: &str, id: &str) -> String {
    let invoice = json!({
        "id": "in_1", "object": "invoice", "status": "paid", "currency": "eur", "created": 1_793_491_200,
        "subtotal": 1200, "total": 1200, "amount_due": 1200, "amount_paid": 1200, "amount_remaining": 0,
    });
    let event = json!({
        "id": id, "object": "event", "type": kind, "created": 1_793_491_200, "livemode": false,
        "pending_webhooks": 1, "data": { "object": invoice },
    });
    event.to_string()
}

/// A mention or a message in a channel.
fn slack(kind: &str, id: &str) -> String {
    let event = json!({
        "type": kind, "channel": "C061EG9SL", "user": "U061F7AUR", "text": "hello", "ts": "1793491200.000200",
    });
    callback(id, &event).to_string()
}

fn callback(id: &str, event: &Value) -> Value {
    json!({
        "type": "event_callback", "event_id": id, "event_time": 1_793_491_200, "api_app_id": "A0MDYCDME",
        "team_id": "T061EG9R6", "event": event,
    })
}

/// A slash command: a form, known by its trigger.
fn slack_command(kind: &str, id: &str) -> String {
    let fields = [
        ("command", kind),
        ("text", "world"),
        ("trigger_id", id),
        ("response_url", "https://example.com/commands/1"),
        ("user_id", "U061F7AUR"),
        ("channel_id", "C061EG9SL"),
        ("team_id", "T061EG9R6"),
    ];
    serde_urlencoded::to_string(fields).unwrap_or_default()
}

fn standard(kind: &str, _: &str) -> String {
    json!({ "type": kind, "timestamp": "2026-11-22T10:00:00Z", "data": { "name": "Mona" } }).to_string()
}
