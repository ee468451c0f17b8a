//! What an `edited` action replaced.

use serde::Deserialize;

/// What an `edited` action replaced. A field is `None` when it was left as it was; the new value stands in the payload.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Changes {
    /// The former title, of an issue or a pull request.
    pub title: Option<Former>,
    /// The former text, of an issue, a pull request, a comment, a review or a release.
    pub body: Option<Former>,
    /// The former title, of a release.
    pub name: Option<Former>,
    /// The former tag, of a release.
    pub tag_name: Option<Former>,
    /// The former description, of a repository.
    pub description: Option<Former>,
    /// The former home page, of a repository.
    pub homepage: Option<Former>,
    /// The former default branch, of a repository.
    pub default_branch: Option<Former>,
}

/// A value that was replaced.
///
/// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Former {
    /// The value; `None` when there was none.
    pub from: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::Changes;

    #[test]
    fn only_what_was_replaced_is_there() {
        let text = r#"{"title":{"from":"Old"},"body":{"from":null},"labels":{"from":["a"]}}"#;
        let changes: Changes = serde_json::from_str(text).unwrap();
        assert_eq!(changes.title.unwrap().from.as_deref(), Some("Old"));
        assert_eq!(changes.body.unwrap().from, None);
        assert!(changes.name.is_none() && changes.default_branch.is_none());
    }

    #[test]
    fn a_former_value_is_text() {
        serde_json::from_str::<Changes>(r#"{"title":{"from":7}}"#).unwrap_err();
    }
}
