//! What happened to the thing an event is about.

use std::fmt;

use serde::de::{Deserialize, Deserializer};

/// Writes the enum, its names and its reading from one table, so that the three can't drift apart.
macro_rules! actions {
    ($($text:literal $name:ident $doc:literal,)+) => {
        /// What happened: the `action` of a payload.
        ///
        /// One list serves every event; each event's page at GitHub says which of them it has. An action this version
        /// doesn't know is [`Unknown`](Self::Unknown), never an error.
        ///
        /// Source: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Action {
            $(#[doc = $doc] $name,)+
            /// An action that is new since this version, as GitHub wrote it.
            Unknown(Box<str>),
        }

        impl Action {
            /// The action as GitHub writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for Action {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)+
                    other => Self::Unknown(other.into()),
                }
            }
        }
    };
}

actions! {
    "added" Added "A collaborator was added.",
    "archived" Archived "The repository was closed to changes.",
    "assigned" Assigned "It was assigned to somebody.",
    "auto_merge_disabled" AutoMergeDisabled "It will no longer merge by itself.",
    "auto_merge_enabled" AutoMergeEnabled "It will merge by itself once it may.",
    "closed" Closed "It was closed; a pull request also when it was merged.",
    "completed" Completed "It ended; the conclusion says how.",
    "converted_to_draft" ConvertedToDraft "It was made a draft again.",
    "created" Created "It was made.",
    "deleted" Deleted "It was removed.",
    "demilestoned" Demilestoned "It was taken from its milestone.",
    "dequeued" Dequeued "It left the merge queue.",
    "dismissed" Dismissed "The review was dismissed.",
    "edited" Edited "It was changed.",
    "enqueued" Enqueued "It joined the merge queue.",
    "in_progress" InProgress "It started.",
    "labeled" Labeled "A label was added.",
    "locked" Locked "Its comments were closed.",
    "milestoned" Milestoned "It was added to a milestone.",
    "new_permissions_accepted" NewPermissionsAccepted "The owner gave the app the rights it newly asks for.",
    "opened" Opened "It was opened.",
    "pinned" Pinned "It was pinned.",
    "prereleased" Prereleased "It was published as a prerelease.",
    "privatized" Privatized "The repository was hidden from the public.",
    "publicized" Publicized "The repository was opened to the public.",
    "published" Published "It was published.",
    "queued" Queued "It waits for a runner.",
    "ready_for_review" ReadyForReview "It is no longer a draft.",
    "released" Released "It was published, and is no prerelease.",
    "removed" Removed "A collaborator was removed.",
    "renamed" Renamed "It has another name.",
    "reopened" Reopened "It was opened again.",
    "requested" Requested "It was asked for.",
    "requested_action" RequestedAction "Somebody pressed a button that the app had put beside its check.",
    "rerequested" Rerequested "It was asked for again.",
    "review_request_removed" ReviewRequestRemoved "A review is no longer asked for.",
    "review_requested" ReviewRequested "A review was asked for.",
    "submitted" Submitted "The review was handed in.",
    "suspend" Suspend "The installation was suspended.",
    "synchronize" Synchronize "The pull request's head moved.",
    "transferred" Transferred "It has another owner, or another repository.",
    "typed" Typed "The issue was given a type.",
    "unarchived" Unarchived "The repository was opened to changes again.",
    "unassigned" Unassigned "It was taken from somebody.",
    "unlabeled" Unlabeled "A label was taken away.",
    "unlocked" Unlocked "Its comments were opened again.",
    "unpinned" Unpinned "It is no longer pinned.",
    "unpublished" Unpublished "It is no longer public.",
    "unsuspend" Unsuspend "The installation is no longer suspended.",
    "untyped" Untyped "The issue's type was taken away.",
    "waiting" Waiting "It waits for an approval.",
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Owned, because a name written with escapes (`"\u006fpened"`) can't be borrowed.
        String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::Action;

    #[test]
    fn a_known_action_reads_and_writes_the_same() {
        let action: Action = serde_json::from_str(r#""review_requested""#).unwrap();
        assert_eq!(action, Action::ReviewRequested);
        assert_eq!(action.to_string(), "review_requested");
    }

    #[test]
    fn escapes_are_read_before_the_name_is_looked_up() {
        let action: Action = serde_json::from_str(r#""\u006fpened""#).unwrap();
        assert_eq!(action, Action::Opened);
    }

    #[test]
    fn a_new_action_keeps_its_name() {
        let action: Action = serde_json::from_str(r#""teleported""#).unwrap();
        assert_eq!(action, Action::Unknown("teleported".into()));
        assert_eq!(action.as_str(), "teleported");
    }

    #[test]
    fn an_action_is_text() {
        for text in ["1", "null", r#"{"opened":null}"#] {
            serde_json::from_str::<Action>(text).unwrap_err();
        }
    }
}
