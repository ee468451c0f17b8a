//! Reading signatures that stand in several headers: one for each key, while keys are exchanged.

use http::HeaderMap;

use super::encoding::Encoding;
use super::header::{MAX_HEADER, MAX_SIGNATURES, Signatures, single};
use crate::rejection::Reason;

/// Where a sender that uses several headers puts its signatures.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scatter {
    /// `name-1`, `name-2`, … each once and with one signature.
    Indexed,
    /// The same header on several lines, or on one with commas, each signature behind this prefix.
    Repeated { prefix: &'static str },
}

/// The decoded signatures, at least one; those that can't be one are passed over.
pub(crate) fn scattered(
    headers: &HeaderMap,
    name: &str,
    scatter: Scatter,
    encoding: Encoding,
    len: usize,
) -> Result<Signatures, Reason> {
    let texts = match scatter {
        Scatter::Indexed => indexed(headers, name)?,
        Scatter::Repeated { prefix } => repeated(headers, name, prefix)?,
    };
    if texts.is_empty() {
        return Err(Reason::MissingHeader);
    }
    let decoded = texts
        .iter()
        .filter_map(|text| encoding.decode(text.as_bytes(), len));
    let decoded: Signatures = decoded.collect();
    match decoded.is_empty() {
        true => Err(Reason::MalformedHeader),
        false => Ok(decoded),
    }
}

fn indexed<'a>(headers: &'a HeaderMap, name: &str) -> Result<Vec<&'a str>, Reason> {
    let mut found = Vec::new();
    for index in 1..=MAX_INDEX {
        match single(headers, &format!("{name}-{index}")) {
            Err(Reason::MissingHeader) => {}
            text => found.push(text?),
        }
    }
    Ok(found)
}

fn repeated<'a>(headers: &'a HeaderMap, name: &str, prefix: &str) -> Result<Vec<&'a str>, Reason> {
    let mut found = Vec::new();
    for line in headers.get_all(name) {
        let line = line.to_str().map_err(|_| Reason::MalformedHeader)?;
        if line.len() > MAX_HEADER {
            return Err(Reason::MalformedHeader);
        }
        for item in line.split(',') {
            let item = item.strip_prefix(' ').unwrap_or(item);
            found.push(item.strip_prefix(prefix).ok_or(Reason::MalformedHeader)?);
            if found.len() > MAX_SIGNATURES {
                return Err(Reason::TooManySignatures);
            }
        }
    }
    Ok(found)
}

/// DocuSign has room for a hundred keys; each costs a comparison with every secret's MAC, and no MAC.
const MAX_INDEX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "sha256=0000000000000000000000000000000000000000000000000000000000000000";

    fn read(lines: &[(&'static str, String)], scatter: Scatter) -> Result<usize, Reason> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        scattered(&headers, "x-sig", scatter, Encoding::Hex, 32).map(|found| found.len())
    }

    #[test]
    fn a_repeated_header_is_bounded_and_each_item_is_whole() {
        let repeated = Scatter::Repeated { prefix: "sha256=" };
        let lines = |count: usize| vec![("x-sig", GOOD.to_owned()); count];
        assert_eq!(read(&lines(0), repeated), Err(Reason::MissingHeader));
        assert_eq!(read(&lines(2), repeated), Ok(2));
        assert_eq!(read(&lines(16), repeated), Ok(16));
        assert_eq!(read(&lines(17), repeated), Err(Reason::TooManySignatures));
        let joined = [GOOD; 3].join(", ");
        assert_eq!(read(&[("x-sig", joined)], repeated), Ok(3));
        for bad in ["sha1=00", "", "sha256=00", &GOOD[7..], &format!("{GOOD},")] {
            assert_eq!(
                read(&[("x-sig", bad.to_owned())], repeated),
                Err(Reason::MalformedHeader),
                "{bad}"
            );
        }
        let filled = |len: usize| format!("sha256={},{GOOD}", "0".repeat(len - GOOD.len() - 8));
        assert_eq!(filled(MAX_HEADER).len(), MAX_HEADER);
        assert_eq!(read(&[("x-sig", filled(MAX_HEADER))], repeated), Ok(1));
        let long = filled(MAX_HEADER + 1);
        assert_eq!(read(&[("x-sig", long)], repeated), Err(Reason::MalformedHeader));
    }

    #[test]
    fn an_indexed_header_may_have_gaps_but_no_twin() {
        let value = GOOD[7..].to_owned();
        let two = [("x-sig-2", value.clone()), ("x-sig-100", value.clone())];
        assert_eq!(read(&two, Scatter::Indexed), Ok(2));
        for elsewhere in ["x-sig", "x-sig-0", "x-sig-01", "x-sig-101"] {
            let line = [(elsewhere, value.clone())];
            assert_eq!(
                read(&line, Scatter::Indexed),
                Err(Reason::MissingHeader),
                "{elsewhere}"
            );
        }
        let twins = [("x-sig-1", value.clone()), ("x-sig-1", value)];
        assert_eq!(read(&twins, Scatter::Indexed), Err(Reason::DuplicateHeader));
    }
}
