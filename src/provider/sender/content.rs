//! What is signed: a description's parts, turned into the bytes of one request.

use http::request::Parts;
use smallvec::SmallVec;

use crate::provider::place::Part;
use crate::rejection::Reason;
use crate::signature::header::{Form, element, position, single};

/// Where the parts of the signed content are found in one request.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) head: &'a Parts,
    /// The text of the signature's header, and its form.
    pub(super) signature: (&'a str, Form),
    /// The endpoint's public URL.
    pub(super) url: &'a str,
}

impl<'a> Source<'a> {
    /// The bytes of these signed parts, in order.
    pub(super) fn values(self, parts: &[Part]) -> Result<SmallVec<[&'a [u8]; 4]>, Reason> {
        let each = parts.iter().enumerate();
        each.map(|(index, part)| self.value(*part, parts.get(index + 1)))
            .collect()
    }

    /// The bytes of one signed part. A value must not hold the text that separates it from the next: `a.b` + `.` + `c` and
    /// `a` + `.` + `b.c` would have one signature.
    fn value(self, part: Part, next: Option<&Part>) -> Result<&'a [u8], Reason> {
        let (text, form) = self.signature;
        let value = match part {
            Part::Text(text) => return Ok(text.as_bytes()),
            Part::Url => return Ok(self.url.as_bytes()),
            Part::Method => self.head.method.as_str(),
            Part::Header(name) => single(&self.head.headers, name)?,
            Part::Element(key) => element(text, form, key)?,
            // The body is put in between, and the start-up check lets no other of these stand here.
            Part::Body | Part::Json(_) | Part::Form(_) | Part::Checksum => "",
        };
        match next {
            Some(Part::Text(separator)) if position(value, separator).is_some() => {
                Err(Reason::MalformedHeader)
            }
            _ if value.len() > MAX_VALUE => Err(Reason::MalformedHeader),
            _ => Ok(value.as_bytes()),
        }
    }
}

/// What stands before the body, and what stands from there on.
pub(crate) fn split(content: &[Part]) -> (&[Part], &[Part]) {
    let body = content.iter().position(|part| *part == Part::Body);
    content.split_at(body.unwrap_or(content.len()))
}

/// The longest id that Standard Webhooks and common sense allow.
const MAX_VALUE: usize = 255;
