//! The signature base: the text that is signed, a line for each component (RFC 9421, section 2.5).

use http::HeaderMap;
use http::request::Parts;

use super::input::{Component, Signed};
use super::target::Target;
use crate::rejection::Reason;

/// The text that this signature is over.
pub(super) fn signature_base(signed: &Signed, head: &Parts, target: &Target) -> Result<String, Reason> {
    let mut base = String::new();
    for component in signed.components()? {
        let (name, value) = (component.name, value(component, head, target)?);
        base.push('"');
        base.push_str(name);
        base.push('"');
        if let Some(parameter) = component.parameter {
            base.push_str(";name=\"");
            base.push_str(parameter);
            base.push('"');
        }
        base.push_str(": ");
        base.push_str(&value);
        base.push('\n');
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(&signed.parameters());
    Ok(base)
}

fn value(component: Component<'_>, head: &Parts, target: &Target) -> Result<String, Reason> {
    let found = match (component.name, component.parameter) {
        ("@method", _) => Some(head.method.as_str().to_owned()),
        (_, Some(parameter)) => target.parameter(parameter),
        (name, None) if name.starts_with('@') => target.component(name),
        (name, None) => return field(&head.headers, name),
    };
    found.ok_or(Reason::MalformedHeader)
}

/// A header's lines, each without the blanks around it, joined as section 2.1 has it.
fn field(headers: &HeaderMap, name: &str) -> Result<String, Reason> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Reason::MalformedHeader);
    }
    let lines = headers
        .get_all(name)
        .iter()
        .map(|line| line.to_str().map(str::trim).map_err(|_| Reason::MalformedHeader));
    let lines: Vec<_> = lines.collect::<Result<_, _>>()?;
    match lines.as_slice() {
        [] => Err(Reason::MissingHeader),
        lines => Ok(lines.join(", ")),
    }
}
