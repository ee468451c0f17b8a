//! How one kind's struct is read from a delivery.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::event::EventError;
use crate::event::read::from_object;
use crate::verified::Verified;

/// The name of the sender, as its description gives it.
pub(super) const PROVIDER: &str = "github";

/// The kind a delivery states; empty when it states none.
pub(super) fn stated_kind(delivery: &Verified) -> &str {
    delivery.kind().map_or("", |kind| *kind.value())
}

/// Reads one kind's struct from what a delivery consists of.
pub(super) fn read_as<T: DeserializeOwned>(
    wanted: &str,
    provider: &str,
    kind: &str,
    document: impl FnOnce() -> Result<Bytes, EventError>,
) -> Result<T, EventError> {
    if provider != PROVIDER {
        return Err(EventError::other_provider());
    }
    if kind != wanted {
        return Err(EventError::other_kind());
    }
    let document = document()?;
    from_object(&document).map_err(EventError::shape)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::{Delete, Fork};
    use super::read_as;
    use crate::event::read::from_object;
    use crate::event::{EventError, EventErrorKind};

    const DELETE: &[u8] = br#"{
        "ref": "draft", "ref_type": "branch", "pusher_type": "user",
        "repository": {
            "id": 7, "name": "kiln", "full_name": "potter/kiln", "private": false, "fork": false,
            "owner": {"login": "potter", "id": 3}, "html_url": "https://github.com/potter/kiln"
        },
        "sender": {"login": "potter", "id": 3}
    }"#;

    fn read(provider: &str, kind: &str, document: &'static [u8]) -> Result<Delete, EventErrorKind> {
        read_as("delete", provider, kind, || Ok(Bytes::from_static(document))).map_err(|error| error.kind())
    }

    #[test]
    fn a_payload_of_the_kind_is_read() {
        let delete = read("github", "delete", DELETE).unwrap();
        assert_eq!(
            (delete.ref_name.as_str(), delete.ref_type.as_str()),
            ("draft", "branch")
        );
        assert_eq!(delete.repository.full_name, "potter/kiln");
    }

    #[test]
    fn another_sender_is_named_before_another_kind() {
        assert_eq!(
            read("gitlab", "push", DELETE).unwrap_err(),
            EventErrorKind::OtherProvider
        );
        assert_eq!(
            read("github", "push", DELETE).unwrap_err(),
            EventErrorKind::OtherKind
        );
        assert_eq!(read("github", "", DELETE).unwrap_err(), EventErrorKind::OtherKind);
    }

    #[test]
    fn a_payload_that_does_not_fit_is_an_error() {
        assert_eq!(
            read("github", "delete", b"{}").unwrap_err(),
            EventErrorKind::Shape
        );
        let error = read_as::<Fork>("fork", "github", "fork", || Ok(Bytes::from_static(DELETE))).unwrap_err();
        assert_eq!(error.kind(), EventErrorKind::Shape);
        assert!(std::error::Error::source(&error).is_some());
    }

    #[test]
    fn a_form_without_a_document_is_an_error() {
        let error = read_as::<Delete>("delete", "github", "delete", || {
            Err(EventError::shape("no payload"))
        })
        .unwrap_err();
        assert_eq!(error.kind(), EventErrorKind::Shape);
    }

    #[test]
    fn data_after_the_document_is_an_error() {
        from_object::<Delete>(&[DELETE, b" \n"].concat()).unwrap();
        from_object::<Delete>(&[DELETE, b"{}"].concat()).unwrap_err();
    }
}
