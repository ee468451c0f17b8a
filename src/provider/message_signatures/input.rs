//! Reading `Signature-Input` and `Signature`: structured fields, bounded, each label's two halves side by side.

use http::HeaderMap;
use sfv::{BareItem, InnerList, Item, ListEntry, ListSerializer};

use super::field::{bytes, dictionary};
use crate::rejection::Reason;

/// A signature and what it says about itself, before anybody has vouched for it.
pub(super) struct Signed {
    list: InnerList,
    pub(super) signature: Vec<u8>,
}

/// A piece of the request that a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component<'a> {
    pub(super) name: &'a str,
    /// The parameter's name of a `@query-param`.
    pub(super) parameter: Option<&'a str>,
}

impl Signed {
    /// Every signature of the request that has both halves.
    pub(super) fn all(headers: &HeaderMap) -> Result<Vec<Self>, Reason> {
        let (_, inputs) = dictionary(headers, "signature-input")?;
        let (text, mut signatures) = dictionary(headers, "signature")?;
        if inputs.len() > MAX_SIGNATURES || signatures.len() > MAX_SIGNATURES {
            return Err(Reason::TooManySignatures);
        }
        let mut found = Vec::with_capacity(inputs.len());
        for (label, entry) in inputs {
            let signature = signatures.swap_remove(label.as_str());
            let signature = bytes(text, signature.ok_or(Reason::MalformedHeader)?)?;
            match entry {
                ListEntry::InnerList(list) if list.items.len() <= MAX_COMPONENTS => {
                    found.push(Self { list, signature });
                }
                _ => return Err(Reason::MalformedHeader),
            }
        }
        Ok(found)
    }

    /// What is covered, in order.
    pub(super) fn components(&self) -> Result<Vec<Component<'_>>, Reason> {
        let mut components = Vec::with_capacity(self.list.items.len());
        for item in &self.list.items {
            let component = component(item).ok_or(Reason::MalformedHeader)?;
            if components.contains(&component) {
                return Err(Reason::MalformedHeader);
            }
            components.push(component);
        }
        Ok(components)
    }

    /// A text among the signature's parameters.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.list.params.get(name)? {
            BareItem::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.list.params.contains_key(name)
    }

    /// A time among the signature's parameters, in seconds since 1970.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<u64>, Reason> {
        match self.list.params.get(name) {
            None => Ok(None),
            Some(BareItem::Integer(seconds)) => i64::from(*seconds)
                .try_into()
                .map(Some)
                .map_err(|_| Reason::MalformedTimestamp),
            Some(_) => Err(Reason::MalformedTimestamp),
        }
    }

    /// What is covered and the parameters, as they stand in the last line of what is signed.
    pub(super) fn parameters(&self) -> String {
        let mut line = ListSerializer::new();
        line.members([&ListEntry::InnerList(self.list.clone())]);
        line.finish().unwrap_or_default()
    }
}

/// A component whose value this crate can tell. Those of another message (`req`), of a trailer (`tr`) or of a part of a field
/// (`sf`, `key`, `bs`) are not.
fn component(item: &Item) -> Option<Component<'_>> {
    let BareItem::String(name) = &item.bare_item else {
        return None;
    };
    let (name, count) = (name.as_str(), item.params.len());
    let parameter = match item.params.get("name") {
        Some(BareItem::String(text)) if name == "@query-param" && count == 1 => Some(text.as_str()),
        None if name != "@query-param" && count == 0 => None,
        _ => return None,
    };
    Some(Component { name, parameter })
}

/// As for every other sender.
const MAX_SIGNATURES: usize = 16;
/// No sender covers more of a request.
const MAX_COMPONENTS: usize = 32;
