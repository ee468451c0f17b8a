//! What each typed event of GitHub says, and what becomes of bodies that are not what their kind promises.

#[path = "samples/bodies.rs"]
mod bodies;

use serde_json::json;
use tower_webhook::event::github::object::Moment;
use tower_webhook::event::github::{Action, Event};

use bodies::{deployment, installation, issue, payload, pull_request, push, repository, run, user};

/// Reads a payload as its kind and takes the named variant out.
macro_rules! read {
    ($kind:literal, $variant:ident, $payload:expr) => {
        match Event::from_parts($kind, $payload.to_string()) {
            Event::$variant(event) => event,
            other => panic!("{}: {other:?}", $kind),
        }
    };
}

/// Reads a text that must not fit its kind, and gives the reason.
fn refused(kind: &str, text: &str) -> String {
    match Event::from_parts(kind, text.to_owned()) {
        Event::Other(other) => other.reason().expect("a reason").to_string(),
        event => panic!("{event:?}"),
    }
}

#[test]
fn branches_and_tags() {
    let push = read!("push", Push, push());
    assert_eq!(
        (push.branch(), push.tag(), push.forced),
        (Some("trunk"), None, true)
    );
    let mut tagged = push.clone();
    tagged.ref_name = "refs/tags/v1".into();
    assert_eq!((tagged.branch(), tagged.tag()), (None, Some("v1")));
    assert_eq!(push.head_commit.unwrap().timestamp, "t1");
    assert_eq!(push.commits[0].added, ["oven.txt"]);
    assert_eq!(push.repository.pushed_at, Some(Moment::Seconds(1_700_000_000)));
    assert_eq!(
        push.repository.created_at,
        Some(Moment::Text("2024-02-01T08:00:00Z".into()))
    );
    assert_eq!(
        (push.installation.unwrap().id, push.organization.unwrap().id),
        (900, 40)
    );

    let made = json!({ "ref": "v1", "ref_type": "tag", "master_branch": "trunk", "pusher_type": "user" });
    let create = read!("create", Create, payload(made.clone()));
    assert_eq!((create.ref_name.as_str(), create.description), ("v1", None));
    assert!(refused("delete", &payload(made).to_string()).contains("another kind"));

    let gone = json!({ "ref": "old", "ref_type": "branch", "pusher_type": "deploy_key" });
    assert_eq!(read!("delete", Delete, payload(gone)).pusher_type, "deploy_key");
}

#[test]
fn issues_and_their_comments() {
    let changes = json!({ "title": { "from": "It cracks" } });
    let body = payload(json!({ "action": "edited", "issue": issue(12), "changes": changes }));
    let issues = read!("issues", Issues, body);
    assert_eq!((issues.action, issues.issue.number), (Action::Edited, 12));
    assert_eq!(
        issues.changes.unwrap().title.unwrap().from.as_deref(),
        Some("It cracks")
    );
    assert_eq!(issues.issue.labels[0].name, "fault");
    assert!(
        issues.issue.user.is_none() && issues.issue.assignees.is_empty(),
        "a ghost is nobody"
    );

    let comment =
        json!({ "id": 6, "body": "Mine too", "html_url": "u", "created_at": "t", "updated_at": "t" });
    let body = payload(json!({ "action": "deleted", "issue": issue(12), "comment": comment }));
    let event = read!("issue_comment", IssueComment, body);
    assert_eq!(
        (event.action, event.comment.body.as_str()),
        (Action::Deleted, "Mine too")
    );
    assert!(
        refused("issues", &body.to_string()).contains("another kind"),
        "a comment was deleted, not an issue"
    );
}

#[test]
fn pull_requests_and_their_reviews() {
    let body = payload(json!({ "action": "closed", "number": 13, "pull_request": pull_request(13) }));
    let event = read!("pull_request", PullRequest, body);
    assert_eq!(
        (event.action, event.number, event.pull_request.merged),
        (Action::Closed, 13, Some(true))
    );
    assert_eq!(event.pull_request.base.repo.unwrap().name, "kiln");
    assert!(event.pull_request.head.repo.is_none(), "the fork is gone");

    let review = json!({ "id": 8, "state": "approved", "user": user("glazer"), "html_url": "u" });
    let body = payload(json!({ "action": "submitted", "review": review, "pull_request": pull_request(13) }));
    let event = read!("pull_request_review", PullRequestReview, body);
    assert_eq!(event.review.state, "approved");
    assert_eq!(event.review.user.unwrap().login, "glazer");
    refused("pull_request", &body.to_string());
}

#[test]
fn releases_and_repositories() {
    let release = json!({
        "id": 9, "tag_name": "v1", "target_commitish": "trunk", "name": null, "draft": false, "prerelease": true,
        "html_url": "u", "published_at": "t",
    });
    let body = payload(json!({ "action": "published", "release": release }));
    let event = read!("release", Release, body);
    assert_eq!(
        (event.action, event.release.tag_name.as_str(), event.release.name),
        (Action::Published, "v1", None)
    );

    let event = read!("repository", Repository, payload(json!({ "action": "archived" })));
    assert_eq!(
        (event.action, event.repository.full_name.as_str()),
        (Action::Archived, "clayworks/kiln")
    );
    let body = payload(json!({ "action": "deleted", "starred_at": null }));
    let event = read!("star", Star, body);
    assert_eq!((event.action, event.starred_at), (Action::Deleted, None));
    let event = read!("fork", Fork, payload(json!({ "forkee": repository("oven") })));
    assert_eq!(
        (event.forkee.name.as_str(), event.repository.name.as_str()),
        ("oven", "kiln")
    );
    let body = payload(json!({ "action": "added", "member": user("glazer") }));
    let event = read!("member", Member, body);
    assert_eq!(event.member.unwrap().login, "glazer");
}

#[test]
fn only_its_own_payload_says_that_a_repository_was_deleted() {
    read!("repository", Repository, payload(json!({ "action": "deleted" })));
    for subject in ["issue", "starred_at", "label", "something_new"] {
        let body = payload(json!({ "action": "deleted", subject: null }));
        assert!(
            refused("repository", &body.to_string()).contains("fit its place"),
            "{subject}"
        );
    }
    assert!(refused("star", &payload(json!({ "action": "deleted" })).to_string()).contains("starred_at"));
}

#[test]
fn checks_and_workflows() {
    let check = json!({ "id": 1, "name": "fire", "head_sha": "c0ffee", "status": "completed" });
    let body = json!({ "action": "completed", "check_run": check });
    let event = read!("check_run", CheckRun, payload(body));
    assert_eq!(
        (event.action, event.check_run.name.as_str()),
        (Action::Completed, "fire")
    );

    let suite =
        json!({ "id": 2, "head_sha": "c0ffee", "head_branch": null, "created_at": "t", "updated_at": "t" });
    let body = payload(json!({ "action": "requested", "check_suite": suite }));
    let event = read!("check_suite", CheckSuite, body);
    assert_eq!(event.check_suite.head_sha, "c0ffee");

    let body = payload(json!({ "action": "in_progress", "workflow": null, "workflow_run": run() }));
    let event = read!("workflow_run", WorkflowRun, body);
    assert_eq!(
        (event.action, event.workflow_run.pull_requests[0].number),
        (Action::InProgress, 13)
    );

    let steps = json!([{ "name": "Dry", "number": 1, "status": "completed", "conclusion": "skipped" }]);
    let job =
        json!({ "id": 6, "run_id": 3, "name": "n", "head_sha": "s", "status": "queued", "steps": steps });
    let body = payload(json!({ "action": "queued", "workflow_job": job }));
    let event = read!("workflow_job", WorkflowJob, body);
    assert_eq!(event.workflow_job.steps[0].conclusion.as_deref(), Some("skipped"));
}

#[test]
fn a_deployment_carries_a_check_and_a_run_but_is_neither() {
    let status = json!({ "id": 2, "state": "success", "created_at": "t", "updated_at": "t" });
    let check = json!({ "id": 1, "name": "fire", "head_sha": "c0ffee", "status": "completed" });
    let body = payload(json!({
        "action": "created", "deployment_status": status, "deployment": deployment(), "check_run": check,
        "workflow": null, "workflow_run": run(),
    }));
    let event = read!("deployment_status", DeploymentStatus, body);
    assert_eq!(event.deployment_status.state, "success");
    assert_eq!(event.deployment.environment, "oven");
    for kind in ["check_run", "workflow_run"] {
        assert!(
            refused(kind, &body.to_string()).contains("another kind"),
            "{kind}"
        );
    }
}

#[test]
fn webhooks_and_installations() {
    let config = json!({ "url": "https://clay.example/hooks", "content_type": "json", "secret": "********" });
    let hook = json!({ "id": 11, "type": "App", "active": true, "events": ["push"], "config": config });
    let body = json!({ "zen": "Clay is patient.", "hook_id": 11, "hook": hook });
    let event = read!("ping", Ping, body);
    assert_eq!(event.hook.config.content_type.as_deref(), Some("json"));
    assert!(
        event.repository.is_none() && event.sender.is_none(),
        "an app's webhook belongs to no repository"
    );

    let listed = json!([{ "id": 7, "name": "kiln", "full_name": "clayworks/kiln", "private": true }]);
    let mut body = json!({
        "action": "suspend", "installation": installation(), "repositories": listed, "sender": user("potter"),
    });
    let event = read!("installation", Installation, body);
    assert_eq!(event.action, Action::Suspend);
    assert_eq!(event.installation.permissions["issues"], "write");
    assert_eq!(event.installation.account.unwrap().slug.as_deref(), Some("guild"));
    body["repositories_added"] = json!([]);
    assert!(refused("installation", &body.to_string()).contains("another kind"));
}
