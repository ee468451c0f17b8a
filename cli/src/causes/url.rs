//! URLs that are not, to the letter, the one that the sender was given.

use bytes::Bytes;
use http::header::HOST;
use http::{Request, Uri};

use crate::judge::Terms;
use crate::sender;

/// Names the usual variant of the URL that was signed.
pub(super) async fn that_was_signed(terms: &Terms, request: &Request<Bytes>) -> Option<String> {
    if !sender::signs_url(&terms.scheme) {
        return None;
    }
    let bases = match &terms.url {
        Some(url) => vec![url.clone()],
        None => said_by(request),
    };
    let bases = bases.iter().filter_map(|base| Url::of(base));
    for url in bases.flat_map(|url| url.variants(request.uri())) {
        if Some(&url) != terms.url.as_ref() && verifies(terms, request, &url).await {
            let name = terms.scheme.name();
            return Some(match &terms.url {
                Some(given) => format!("wrong URL: {name} signed `{url}`, and `{given}` was given"),
                None => format!("no URL was given, and {name} signs it: `--url {url}` verifies"),
            });
        }
    }
    None
}

/// What to do about the URL of a sender that signs it.
pub(super) fn advice(terms: &Terms) -> Option<String> {
    let name = terms.scheme.name();
    sender::signs_url(&terms.scheme).then(|| match &terms.url {
        Some(given) => format!(
            "{name} signs the URL too, and no usual variant of `{given}` verifies: compare it, to the letter, with the sender's settings"
        ),
        None => format!("no URL was given, and {name} signs it: say `--url` as the sender was given it"),
    })
}

async fn verifies(terms: &Terms, request: &Request<Bytes>, url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let mut request = request.clone();
    // Some senders' query is read from the request.
    if let Some(Ok(target)) = uri.path_and_query().map(|target| target.as_str().parse()) {
        *request.uri_mut() = target;
    }
    let terms = terms.clone().url(Some(url.to_owned()));
    terms.proves(request).await
}

/// The URLs that the request itself speaks of. Nothing is verified by them: whoever reads the report says whether one is right.
fn said_by(request: &Request<Bytes>) -> Vec<String> {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let hosts = ["x-forwarded-host", HOST.as_str()]
        .into_iter()
        .filter_map(|name| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(format!("https://{}{target}", value.trim()))
        });
    let absolute = uri.authority().map(|_| uri.to_string());
    absolute.into_iter().chain(hosts).collect()
}

/// A URL in the parts that get lost or are added.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Url {
    scheme: &'static str,
    host: String,
    port: String,
    path: String,
    query: String,
}

impl Url {
    fn of(text: &str) -> Option<Self> {
        let (scheme, rest) = match text.split_once("://")? {
            ("https", rest) => ("https", rest),
            ("http", rest) => ("http", rest),
            _ => return None,
        };
        let rest = rest.split('#').next()?;
        let authority_ends = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(authority_ends);
        let query_begins = target.find('?').unwrap_or(target.len());
        let (path, query) = target.split_at(query_begins);
        let port_begins = authority.rfind(':').unwrap_or(authority.len());
        let (host, port) = authority.split_at(port_begins);
        Some(Self {
            scheme,
            host: host.to_owned(),
            port: port.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
        })
    }

    /// The usual other spellings, those that differ least first.
    fn variants(&self, asked: &Uri) -> Vec<String> {
        let mut each: Vec<(usize, String)> = Vec::new();
        for (changes, url) in self.schemes() {
            for (more, url) in url.ports() {
                for (still_more, url) in url.targets(asked) {
                    let all = changes + more + still_more;
                    each.push((all, url.to_string()));
                }
            }
        }
        each.sort_by_key(|(changes, _)| *changes);
        each.into_iter().map(|(_, url)| url).collect()
    }

    fn schemes(&self) -> [(usize, Self); 2] {
        let other = if self.scheme == "https" { "http" } else { "https" };
        let other = Self {
            scheme: other,
            ..self.clone()
        };
        [(0, self.clone()), (1, other)]
    }

    fn ports(&self) -> Vec<(usize, Self)> {
        let standard = if self.scheme == "https" { ":443" } else { ":80" };
        let ports = ["", standard].map(|port| Self {
            port: port.to_owned(),
            ..self.clone()
        });
        let others = ports.into_iter().filter(|other| other != self);
        let others = others.map(|other| (1, other));
        [(0, self.clone())].into_iter().chain(others).collect()
    }

    /// With and without a slash at the path's end and a query, and with the target that the request names.
    fn targets(&self, asked: &Uri) -> Vec<(usize, Self)> {
        let query = asked.query().map_or(String::new(), |query| format!("?{query}"));
        let mut each: Vec<(usize, Self)> = Vec::new();
        for (moved, path) in [(0, self.path.as_str()), (2, asked.path())] {
            let slashed = match path.strip_suffix('/') {
                Some(bare) => bare.to_owned(),
                None => format!("{path}/"),
            };
            for (changed, path) in [(0, path.to_owned()), (1, slashed)] {
                for (cut, query) in [(0, &self.query), (1, &String::new()), (1, &query)] {
                    let url = Self {
                        path: path.clone(),
                        query: query.clone(),
                        ..self.clone()
                    };
                    if each.iter().all(|(_, known)| *known != url) {
                        each.push((moved + changed + cut, url));
                    }
                }
            }
        }
        each
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            scheme,
            host,
            port,
            path,
            query,
        } = self;
        write!(f, "{scheme}://{host}{port}{path}{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_variants_are_tried_those_that_differ_least_first() {
        let url = Url::of("https://a.example/x?q=1").expect("a URL");
        let variants = url.variants(&Uri::from_static("/y?z"));
        assert_eq!(variants[0], "https://a.example/x?q=1");
        for wanted in [
            "http://a.example/x?q=1",
            "https://a.example/x/?q=1",
            "https://a.example/x",
            "https://a.example/x?z",
            "https://a.example:443/x?q=1",
            "http://a.example:80/x/",
            "https://a.example/y?z",
        ] {
            assert!(variants.iter().any(|url| url == wanted), "{wanted}");
        }
        let ported = Url::of("http://a.example:8080").expect("a URL");
        let variants = ported.variants(&Uri::from_static("/"));
        assert!(variants.contains(&"https://a.example".to_owned()));
        assert!(variants.contains(&"http://a.example:8080/".to_owned()));
    }
}
