//! Small payloads of our own that have what GitHub promises and little more.

use serde_json::{Value, json};

/// A payload: the fields nearly all have, and `more`.
pub(crate) fn payload(more: Value) -> Value {
    let mut payload = json!({
        "repository": repository("kiln"),
        "organization": { "login": "clayworks", "id": 40 },
        "sender": user("potter"),
        "installation": { "id": 900 },
    });
    let (Value::Object(fields), Value::Object(more)) = (&mut payload, more) else {
        panic!("not objects")
    };
    fields.extend(more);
    payload
}

/// An account, always with the same number.
pub(crate) fn user(login: &str) -> Value {
    json!({ "login": login, "id": 3, "type": "User" })
}

/// A repository with only what is always there, and times in both forms.
pub(crate) fn repository(name: &str) -> Value {
    json!({
        "id": 7, "name": name, "full_name": format!("clayworks/{name}"), "private": true, "fork": false,
        "owner": user("clayworks"), "html_url": format!("https://github.com/clayworks/{name}"),
        "pushed_at": 1_700_000_000, "created_at": "2024-02-01T08:00:00Z", "default_branch": "trunk",
    })
}

/// An issue whose author and one of whose assignees are gone.
pub(crate) fn issue(number: u64) -> Value {
    json!({
        "id": 71, "number": number, "title": "The glaze cracks", "state": "open", "user": null, "assignees": [null],
        "labels": [{ "id": 5, "name": "fault", "color": "cc0000", "default": false }],
        "html_url": "https://github.com/clayworks/kiln/issues/12", "created_at": "t1", "updated_at": "t2",
    })
}

/// A merged pull request whose fork is gone.
pub(crate) fn pull_request(number: u64) -> Value {
    let end = |name: &str, repo: Value| json!({ "ref": name, "sha": "c0ffee", "repo": repo, "user": null });
    json!({
        "id": 72, "number": number, "title": "Fire slower", "state": "closed", "merged": true,
        "merged_by": user("potter"), "head": end("slow", Value::Null), "base": end("trunk", repository("kiln")),
        "html_url": "https://github.com/clayworks/kiln/pull/13", "created_at": "t1", "updated_at": "t2",
    })
}

/// A forced push of one commit.
pub(crate) fn push() -> Value {
    let commit = json!({
        "id": "beef", "tree_id": "feed", "distinct": true, "message": "Raise the heat", "timestamp": "t1", "url": "u",
        "author": { "name": "Potter", "email": null }, "committer": { "name": "Potter", "email": "p@clay.example" },
        "added": ["oven.txt"], "modified": [],
    });
    payload(json!({
        "ref": "refs/heads/trunk", "before": "aa", "after": "beef", "base_ref": null, "created": false,
        "deleted": false, "forced": true, "compare": "c", "commits": [commit], "head_commit": commit,
        "pusher": { "name": "potter" },
    }))
}

/// A deployment.
pub(crate) fn deployment() -> Value {
    json!({
        "id": 1, "sha": "c0ffee", "ref": "trunk", "task": "deploy", "environment": "oven",
        "created_at": "t", "updated_at": "t",
    })
}

/// An app's installation on an enterprise, which has a slug and no login.
pub(crate) fn installation() -> Value {
    json!({
        "id": 900, "account": { "id": 41, "slug": "guild" }, "app_id": 12, "target_id": 41,
        "target_type": "Enterprise", "repository_selection": "selected", "permissions": { "issues": "write" },
        "events": [], "created_at": 1_700_000_000, "updated_at": "t",
    })
}

/// A run of a workflow, for a pull request.
pub(crate) fn run() -> Value {
    json!({
        "id": 3, "workflow_id": 4, "run_number": 5, "event": "push", "head_sha": "c0ffee", "html_url": "u",
        "created_at": "t", "updated_at": "t", "pull_requests": [{ "id": 72, "number": 13, "url": "u" }],
    })
}
