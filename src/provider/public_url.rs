//! The endpoint's public URL: what the sender was given, kept letter for letter, with the query that a request brings.

use http::header::HOST;
use http::request::Parts;

use crate::error::{ConfigError, ConfigErrorKind};
use crate::rejection::Reason;

/// A public URL as an application gave it. Nothing of it is ever read from a request's `Host` or `X-Forwarded-*`.
#[derive(Debug, Clone)]
pub(crate) struct PublicUrl {
    text: Box<str>,
    layout: Result<Layout, &'static str>,
}

/// Where the parts of the text stand.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Where the colon of the port stands, or would stand.
    port: usize,
    /// Where the path begins; at the text's end where it has none.
    path: usize,
}

/// The URL that one request was sent to.
pub(crate) struct Called<'a> {
    /// Up to the host.
    origin: &'a str,
    /// The port with its colon, or nothing.
    port: &'a str,
    path_and_query: String,
}

impl PublicUrl {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into().into_boxed_str();
        let layout = Layout::of(&text);
        Self { text, layout }
    }

    /// # Errors
    ///
    /// What is wrong with the URL, as advice.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |advice: &str| ConfigError::new(ConfigErrorKind::PublicUrl, advice);
        self.layout.map(drop).map_err(wrong)
    }

    /// The URL that the sender called: this one with the request's query. A URL without a path has the request's path too.
    ///
    /// # Errors
    ///
    /// When two `Host` headers stand in the request: a proxy may have sent it elsewhere than it was meant to go.
    pub(crate) fn called(&self, head: &Parts) -> Result<Called<'_>, Reason> {
        if head.headers.get_all(HOST).iter().count() > 1 {
            return Err(Reason::DuplicateHeader);
        }
        // The start-up check lets no other URL pass.
        let layout = self.layout.map_err(|_| Reason::BadSignature)?;
        let path = match &self.text[layout.path..] {
            "" => head.uri.path(),
            path => path,
        };
        let query = head.uri.query().map(|query| format!("?{query}"));
        Ok(Called {
            origin: &self.text[..layout.port],
            port: &self.text[layout.port..layout.path],
            path_and_query: format!("{path}{}", query.unwrap_or_default()),
        })
    }
}

impl Called<'_> {
    /// The URL as it was configured.
    pub(crate) fn text(&self) -> String {
        format!("{}{}{}", self.origin, self.port, self.path_and_query)
    }

    /// The same without the port where there is one, and with the standard one where there is none.
    pub(crate) fn other_port(&self) -> String {
        let port = match (self.port, self.origin.starts_with("https:")) {
            ("", true) => ":443",
            ("", false) => ":80",
            _ => "",
        };
        format!("{}{port}{}", self.origin, self.path_and_query)
    }

    pub(crate) fn path_and_query(&self) -> &str {
        &self.path_and_query
    }
}

impl Layout {
    fn of(text: &str) -> Result<Self, &'static str> {
        let scheme = ["https://", "http://"]
            .into_iter()
            .find(|scheme| text.starts_with(scheme));
        let start = scheme
            .map(str::len)
            .ok_or("the public URL must begin with `https://` or `http://`, in lower case")?;
        if text.len() > MAX_URL || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                "the public URL must be plain ASCII of at most 2,048 bytes; write another host name in its `xn--` form",
            );
        }
        if text.contains(['?', '#']) {
            return Err(
                "leave query and fragment out of the public URL: the query is read from each request, the fragment is never sent",
            );
        }
        let path = text[start..].find('/').map_or(text.len(), |at| start + at);
        let host = text[start..path].rfind('@').map_or(start, |at| start + at + 1);
        let port = text[host..path].find(':').map_or(path, |at| host + at);
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if host == port || !text[host..port].bytes().all(is_host) {
            return Err("the public URL must name its host; an IPv6 address is no host that a sender signs");
        }
        match text[port..path].strip_prefix(':').map(port_number) {
            None | Some(Some(1..)) => Ok(Self { port, path }),
            Some(_) => Err("the public URL's port must be a number from 1 to 65535"),
        }
    }
}

/// `+1` is a number to the standard library, and no port.
fn port_number(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// Longer than any sender's settings page takes.
const MAX_URL: usize = 2_048;

#[cfg(test)]
mod tests {
    use super::*;

    fn head(target: &str) -> Parts {
        let request = http::Request::get(target).header(HOST, "elsewhere.example");
        request.body(()).unwrap().into_parts().0
    }

    fn called(url: &str, target: &str) -> (String, String) {
        let url = PublicUrl::new(url);
        url.check().unwrap();
        let head = head(target);
        let called = url.called(&head).unwrap();
        (called.text(), called.other_port())
    }

    #[test]
    fn t137_t139_t141_the_url_is_the_configured_one_with_the_requests_query() {
        let same = |url: &str, target: &str, text: &str, other: &str| {
            assert_eq!(called(url, target), (text.to_owned(), other.to_owned()));
        };
        same(
            "https://a.example/x/",
            "http://b.example:9/y?b=%2f&a='",
            "https://a.example/x/?b=%2f&a='",
            "https://a.example:443/x/?b=%2f&a='",
        );
        same(
            "http://u:p@a.example:8080/x",
            "/nested",
            "http://u:p@a.example:8080/x",
            "http://u:p@a.example/x",
        );
        same(
            "https://a.example",
            "/any/path?q",
            "https://a.example/any/path?q",
            "https://a.example:443/any/path?q",
        );
    }

    #[test]
    fn t142_what_no_sender_was_given_is_refused() {
        let bad = [
            "",
            "a.example/x",
            "HTTPS://a.example/",
            "ftp://a.example/",
            "https://",
            "https:///x",
            "https://user@/x",
            "https://\u{fc}ber.example/",
            "https://[::1]/",
            "https://a.example:/",
            "https://a.example:0/",
            "https://a.example:65536/",
            "https://a.example:+1/",
            "https://a.example:1:2/",
            "https://a.example/?q",
            "https://a.example/#f",
            "https://a.example/ x",
            "https://a b.example/",
        ];
        for url in bad {
            let error = PublicUrl::new(url).check().unwrap_err();
            assert_eq!(error.kind(), ConfigErrorKind::PublicUrl, "{url}");
        }
        let long = |bytes| PublicUrl::new(format!("{:x<bytes$}", "https://a.example/")).check();
        assert!(long(MAX_URL).is_ok() && long(MAX_URL + 1).is_err());
    }

    #[test]
    fn t138_two_hosts_are_refused() {
        let mut head = head("/");
        head.headers
            .append(HOST, http::HeaderValue::from_static("elsewhere.example"));
        let refused = PublicUrl::new("https://a.example/x")
            .called(&head)
            .map(|called| called.text());
        assert_eq!(refused, Err(Reason::DuplicateHeader));
    }
}
