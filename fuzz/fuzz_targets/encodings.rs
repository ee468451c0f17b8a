//! Any spelling of a signature and of a secret: the one text that stands for the signature passes, and a secret is the key that its
//! text stands for, or none. What stands for what is said a second time, by rules that are not the crate's.
#![no_main]

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::{HeaderValue, Request};
use libfuzzer_sys::{Corpus, fuzz_target};

use tower_webhook::provider::{Scheme, header};
use tower_webhook::testing::Delivery;
use tower_webhook::{Secret, Secrets, VerifyLayer};
use tower_webhook_fuzz::{Change, Encoding, Endpoint, Frames, base64_key, hex_key, peak_of, secrets};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Signature {
        hash: Hash,
        asked: Encoding,
        written: Encoding,
        length: Length,
        changes: Vec<Change<'a>>,
        body: &'a [u8],
    },
    Secret {
        hexadecimal: bool,
        prefixed: bool,
        written: Encoding,
        key: &'a [u8],
        changes: Vec<Change<'a>>,
    },
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

/// How many of the signature's bytes are written.
#[derive(Debug, Arbitrary)]
enum Length {
    Whole,
    Cut(u8),
    Longer(u8),
}

fuzz_target!(|input: Input<'_>| -> Corpus {
    let kept = match input {
        Input::Signature {
            hash,
            asked,
            written,
            length,
            changes,
            body,
        } => signature(hash, asked, body, |signature| {
            let mut text = written.write(&length.of(signature)).into_bytes();
            changes.iter().for_each(|change| change.make(&mut text));
            text
        }),
        Input::Secret {
            hexadecimal,
            prefixed,
            written,
            key,
            changes,
        } => {
            let mut text = written.write(key).into_bytes();
            changes.iter().for_each(|change| change.make(&mut text));
            let prefix = if prefixed { PREFIX } else { "" };
            String::from_utf8(text)
                .ok()
                .map(|text| secret(&format!("{prefix}{text}"), hexadecimal))
        }
    };
    kept.map_or(Corpus::Reject, |()| Corpus::Keep)
});

/// Delivers the body with this text as its signature; `None` for a text that no header can hold.
fn signature(hash: Hash, asked: Encoding, body: &[u8], spell: impl Fn(&[u8]) -> Vec<u8>) -> Option<()> {
    let sign = |encoding| {
        Delivery::new(scheme(hash, encoding), body.to_vec())
            .sign(&secrets())
            .expect("any body can be signed")
    };
    let shown = sign(Encoding::Hex).headers()[HEADER].clone();
    let bytes = hex_key(shown.to_str().expect("ASCII")).expect("it is hexadecimal");
    let right = asked.write(&bytes);
    let mut request = sign(asked);
    assert_eq!(request.headers()[HEADER], right, "the signer spells it otherwise");

    let text = spell(&bytes);
    let value = HeaderValue::from_bytes(&text).ok()?;
    request.headers_mut().insert(HEADER, value);
    let endpoint = Endpoint::new(scheme(hash, asked));
    expect(&endpoint, request, text == right.as_bytes());
    Some(())
}

/// Gives an endpoint this text as its secret, and has it check what is signed with the key that the text stands for.
fn secret(text: &str, hexadecimal: bool) {
    let given = Secret::new(text);
    assert_eq!(given.is_ok(), is_bare(text), "{text:?}");
    let Ok(given) = given else { return };
    let key = match hexadecimal {
        true => hex_key(text),
        false => base64_key(text.strip_prefix(PREFIX).unwrap_or(text)).filter(|key| !key.is_empty()),
    };
    let scheme = match hexadecimal {
        true => scheme(Hash::Sha256, Encoding::Hex).hex_key(),
        false => scheme(Hash::Sha256, Encoding::Hex).base64_key(PREFIX),
    };
    let (layer, peak) = peak_of(|| VerifyLayer::new(scheme.with(given.clone())).map(drop));
    assert_eq!(layer.is_ok(), key.is_some(), "{text:?}");
    // The text in small letters, the key beside it, and a MAC's two halves.
    let allowed = 2 * text.len() + 4 * 1024;
    assert!(peak <= allowed, "a secret of {} bytes cost {peak}", text.len());
    if let Some(key) = key {
        let signer = Secrets::from(Secret::from_bytes(key).expect("there are bytes"));
        let request = Delivery::new(scheme, Bytes::from_static(b"{}")).sign(&signer);
        let endpoint = Endpoint::of(scheme.with(given));
        expect(&endpoint, request.expect("any key signs"), true);
    }
}

fn expect(endpoint: &Endpoint, request: Request<Bytes>, is_right: bool) {
    let shown = request.headers()[HEADER].clone();
    let answer = endpoint.deliver(request.map(Frames::from));
    assert_eq!(answer.is_unproven(), !is_right, "{shown:?} got {answer:?}");
    if !is_right {
        endpoint.assert_untouched();
    }
}

/// Whether nothing surrounds the text that was never part of a secret.
fn is_bare(text: &str) -> bool {
    let ends = (text.chars().next(), text.chars().next_back());
    let is_space = |end: Option<char>| end.is_none_or(|end| end.is_whitespace());
    let is_quoted = text.len() > 1 && ends.0 == ends.1 && ends.0.is_some_and(|quote| "\"'`".contains(quote));
    let is_marked = ends.0 == Some('\u{feff}');
    !(is_space(ends.0) || is_space(ends.1) || is_quoted || is_marked)
}

/// A sender of anything that signs the body alone.
fn scheme(hash: Hash, encoding: Encoding) -> Scheme {
    let scheme = match hash {
        Hash::Sha1 => Scheme::hmac_sha1("encoded"),
        Hash::Sha256 => Scheme::hmac_sha256("encoded"),
        Hash::Sha512 => Scheme::hmac_sha512("encoded"),
    };
    let at = header(HEADER).hex();
    let at = match encoding {
        Encoding::Hex => at,
        Encoding::Base64 => at.base64(),
        Encoding::Base64Url => at.base64url(),
    };
    scheme.signature(at).empty_body()
}

impl Length {
    fn of(&self, signature: &[u8]) -> Vec<u8> {
        match self {
            Self::Whole => signature.to_vec(),
            Self::Cut(length) => signature[..usize::from(*length) % signature.len()].to_vec(),
            Self::Longer(byte) => [signature, &[*byte]].concat(),
        }
    }
}

const HEADER: &str = "x-encoded-signature";
const PREFIX: &str = "whsec_";
