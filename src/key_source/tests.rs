//! Threats 143, 144 and 147 at the key source: a source that counts, and Tokio's own clock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::advance;

use super::shelf::{MAX_KEPT, MAX_TRIED};
use super::*;

/// Answers each URL with its path, as long as it is told to; counts how often it is asked.
struct Fake {
    asked: AtomicUsize,
    running: AtomicUsize,
    most_running: AtomicUsize,
    answer: Mutex<Answer>,
    /// Lets one fetch pass for each permit.
    gate: Semaphore,
}

#[derive(Clone, Copy)]
enum Answer {
    Path,
    Fail,
    Hang,
    Panic,
    Length(usize),
}

impl Fake {
    fn new(answer: Answer) -> Arc<Self> {
        Arc::new(Self {
            asked: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            most_running: AtomicUsize::new(0),
            answer: Mutex::new(answer),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }
}

impl KeySource for Fake {
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, BoxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_running.fetch_max(running, Ordering::SeqCst);
        self.gate.acquire().await?.forget();
        self.running.fetch_sub(1, Ordering::SeqCst);
        let answer = *self.answer.lock().unwrap();
        match answer {
            Answer::Path => Ok(Bytes::copy_from_slice(url.path().as_bytes())),
            Answer::Fail => Err("the host is down".into()),
            Answer::Hang => std::future::pending().await,
            Answer::Panic => panic!("a source that panics"),
            Answer::Length(length) => Ok(vec![b'x'; length].into()),
        }
    }

    fn knows(&self, url: &KeyUrl) -> bool {
        url.path() == "/kept.pem"
    }
}

fn cache(source: &Arc<Fake>) -> KeyCache<String> {
    KeyCache::new(Arc::clone(source), |document| {
        Ok(String::from_utf8(document.to_vec())?)
    })
}

fn url(path: &str) -> KeyUrl {
    let hosts = KeyHosts::new(["keys.example.com"]).unwrap();
    hosts.url(&format!("https://keys.example.com/{path}")).unwrap()
}

fn kind<T: std::fmt::Debug>(outcome: Result<T, KeyError>) -> KeyErrorKind {
    outcome.unwrap_err().kind()
}

#[test]
fn t143_a_url_that_is_not_the_senders_is_foreign() {
    let hosts = KeyHosts::new(["sns.eu-west-1.amazonaws.com"]).unwrap();
    let good = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem";
    let found = hosts.url(good).unwrap();
    assert_eq!(found.as_str(), good);
    assert_eq!(found.host(), "sns.eu-west-1.amazonaws.com");
    assert_eq!(found.path(), "/SimpleNotificationService-0a.pem");
    let foreign = [
        "",
        "https://",
        "https:///a.pem",
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "HTTPS://sns.eu-west-1.amazonaws.com/a.pem",
        "ftp://sns.eu-west-1.amazonaws.com/a.pem",
        "//sns.eu-west-1.amazonaws.com/a.pem",
        "sns.eu-west-1.amazonaws.com/a.pem",
        " https://sns.eu-west-1.amazonaws.com/a.pem",
        "https://evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com./a.pem",
        "https://evil-sns.eu-west-1.amazonaws.com/a.pem",
        "https://a.sns.eu-west-1.amazonaws.com/a.pem",
        "https://SNS.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://user@sns.eu-west-1.amazonaws.com/a.pem",
        "https://user:word@sns.eu-west-1.amazonaws.com/a.pem",
        "https://evil.example\\@sns.eu-west-1.amazonaws.com/a.pem",
        "https://evil.example#@sns.eu-west-1.amazonaws.com/a.pem",
        "https://evil.example?@sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com:443/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://192.0.2.1/a.pem",
        "https://3221225985/a.pem",
        "https://[::1]/a.pem",
        "https://localhost/a.pem",
        "https://sns.eu-west-1.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com/a.pem#b",
        "https://sns.eu-west-1.amazonaws.com/a.pem?b",
        "https://sns.eu-west-1.amazonaws.com/a.pem?",
        "https://sns.eu-west-1.amazonaws.com//a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem/",
        "https://sns.eu-west-1.amazonaws.com/./a.pem",
        "https://sns.eu-west-1.amazonaws.com/b/../a.pem",
        "https://sns.eu-west-1.amazonaws.com/%61.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem\r\n",
        "https://sns.eu-west-1.amazonaws.com/a\u{0}.pem",
        "https://sns.eu-west-1.amazonaws.com/\u{430}.pem",
        "https://sns.eu-west-1.\u{430}mazonaws.com/a.pem",
    ];
    for text in foreign {
        assert_eq!(kind(hosts.url(text)), KeyErrorKind::Foreign, "{text:?}");
    }
    let long = format!("https://sns.eu-west-1.amazonaws.com/{}.pem", "a".repeat(500));
    assert_eq!(kind(hosts.url(&long)), KeyErrorKind::Foreign);
}

#[test]
fn t144_hosts_are_names_and_never_patterns() {
    for bad in [
        "*.amazonaws.com",
        "amazonaws",
        "",
        "a.b:443",
        "192.0.2.1",
        "A.example",
        "a..b",
        "-a.example",
    ] {
        assert!(KeyHosts::new([bad]).is_err(), "{bad:?}");
    }
    assert!(KeyHosts::new([] as [&str; 0]).is_err());
}

#[test]
fn a_configured_url_is_held_to_the_same_but_for_its_host_and_query() {
    let good = KeyUrl::new("https://keys.example.com/certs?set=a_b&v=3").unwrap();
    assert_eq!(
        (good.host(), good.path()),
        ("keys.example.com", "/certs?set=a_b&v=3")
    );
    for bad in [
        "http://a.example/k",
        "https://a.example",
        "https://10.0.0.1/k",
        "https://a.example:8/k",
        "https://u@a.example/k",
        "https://a.example/k?a#b",
    ] {
        assert!(KeyUrl::new(bad).is_err(), "{bad:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn t147_a_key_is_fetched_once_and_kept_until_it_is_old() {
    let source = Fake::new(Answer::Path);
    let keys = cache(&source).keep(Duration::from_secs(3600));
    for _ in 0..100 {
        assert_eq!(*keys.get(&url("a.pem")).await.unwrap(), "/a.pem");
    }
    assert_eq!(source.asked(), 1);
    advance(Duration::from_secs(3599)).await;
    keys.get(&url("a.pem")).await.unwrap();
    assert_eq!(source.asked(), 1);
    advance(Duration::from_secs(1)).await;
    keys.get(&url("a.pem")).await.unwrap();
    assert_eq!(source.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn t147_however_many_wait_one_fetch_runs_for_one_url() {
    let source = Fake::new(Answer::Path);
    source.gate.forget_permits(Semaphore::MAX_PERMITS);
    let keys = cache(&source);
    let waiting: Vec<_> = (0..200)
        .map(|_| {
            let keys = keys.clone();
            tokio::spawn(async move { keys.get(&url("a.pem")).await })
        })
        .collect();
    tokio::task::yield_now().await;
    source.gate.add_permits(1);
    for one in waiting {
        assert_eq!(*one.await.unwrap().unwrap(), "/a.pem");
    }
    assert_eq!(
        (source.asked(), source.most_running.load(Ordering::SeqCst)),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn t147_who_hangs_up_does_not_end_the_fetch_and_does_not_start_another() {
    let source = Fake::new(Answer::Path);
    source.gate.forget_permits(Semaphore::MAX_PERMITS);
    let keys = cache(&source);
    for _ in 0..50 {
        let given_up = tokio::time::timeout(Duration::from_millis(1), keys.get(&url("a.pem"))).await;
        assert!(given_up.is_err());
    }
    source.gate.add_permits(1);
    keys.get(&url("a.pem")).await.unwrap();
    assert_eq!(source.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn t147_a_failure_counts_for_ten_seconds() {
    let source = Fake::new(Answer::Fail);
    let keys = cache(&source);
    for _ in 0..100 {
        assert_eq!(kind(keys.get(&url("a.pem")).await), KeyErrorKind::Unavailable);
    }
    assert_eq!(source.asked(), 1);
    source.set(Answer::Path);
    advance(Duration::from_secs(9)).await;
    assert!(keys.get(&url("a.pem")).await.is_err());
    advance(Duration::from_secs(1)).await;
    assert!(keys.get(&url("a.pem")).await.is_ok());
    assert_eq!(source.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_kept_for_as_long_as_it_counts() {
    let source = Fake::new(Answer::Fail);
    let keys = cache(&source);
    assert!(keys.get(&url("a.pem")).await.is_err());
    advance(Duration::from_secs(4)).await;
    assert!(keys.get(&url("b.pem")).await.is_err());
    assert_eq!(keys.kept(), 2);
    advance(Duration::from_secs(6)).await;
    assert!(keys.get(&url("c.pem")).await.is_err());
    assert_eq!(keys.kept(), 2, "the first is over");
}

#[tokio::test(start_paused = true)]
async fn t147_what_is_slow_or_huge_or_no_key_or_panics_is_unavailable() {
    for (answer, text) in [
        (Answer::Hang, "does not answer"),
        (Answer::Length(MAX_DOCUMENT + 1), "longer than 64 KiB"),
        (Answer::Panic, "broken off"),
    ] {
        let keys = cache(&Fake::new(answer));
        let error = keys.get(&url("a.pem")).await.unwrap_err();
        assert_eq!(error.kind(), KeyErrorKind::Unavailable);
        assert!(error.to_string().contains(text), "{error}");
    }
    let longest = cache(&Fake::new(Answer::Length(MAX_DOCUMENT)));
    assert_eq!(longest.get(&url("a.pem")).await.unwrap().len(), MAX_DOCUMENT);
    let unreadable = KeyCache::<()>::new(Fake::new(Answer::Path), |_| Err("no key".into()));
    let error = unreadable.get(&url("a.pem")).await.unwrap_err();
    assert_eq!(error.kind(), KeyErrorKind::Unavailable);
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no key");
}

#[tokio::test(start_paused = true)]
async fn t147_a_slow_source_is_given_up_after_the_timeout() {
    let source = Fake::new(Answer::Hang);
    let keys = cache(&source).timeout(Duration::from_secs(2));
    let asked = tokio::time::Instant::now();
    assert_eq!(kind(keys.get(&url("a.pem")).await), KeyErrorKind::Unavailable);
    assert_eq!(asked.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn t147_many_urls_cause_few_fetches_and_displace_no_key() {
    let source = Fake::new(Answer::Path);
    let keys = cache(&source);
    keys.get(&url("good.pem")).await.unwrap();
    source.set(Answer::Fail);
    for number in 0..10_000 {
        assert_eq!(
            kind(keys.get(&url(&format!("{number}.pem"))).await),
            KeyErrorKind::Unavailable
        );
    }
    assert_eq!(source.asked(), MAX_TRIED);
    assert_eq!(*keys.get(&url("good.pem")).await.unwrap(), "/good.pem");
    assert_eq!(source.asked(), MAX_TRIED);
    // The next minute has tries of its own.
    advance(Duration::from_secs(60)).await;
    source.set(Answer::Path);
    assert!(keys.get(&url("new.pem")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn t147_an_old_key_and_a_configured_one_are_fetched_when_no_new_one_is() {
    let source = Fake::new(Answer::Path);
    let keys = cache(&source).keep(Duration::from_secs(3600));
    keys.get(&url("good.pem")).await.unwrap();
    advance(Duration::from_secs(3600)).await;
    source.set(Answer::Fail);
    for number in 0..MAX_TRIED {
        assert!(keys.get(&url(&format!("{number}.pem"))).await.is_err());
    }
    source.set(Answer::Path);
    assert_eq!(kind(keys.get(&url("new.pem")).await), KeyErrorKind::Unavailable);
    assert_eq!(*keys.get(&url("good.pem")).await.unwrap(), "/good.pem");
    let own = KeyUrl::new("https://keys.example.com/own.pem").unwrap();
    assert_eq!(*keys.get(&own).await.unwrap(), "/own.pem");
    assert_eq!(source.asked(), MAX_TRIED + 3);
}

#[tokio::test(start_paused = true)]
async fn t147_a_key_that_the_source_knows_waits_for_nobody() {
    let source = Fake::new(Answer::Fail);
    let keys = cache(&source);
    for number in 0..MAX_TRIED {
        assert!(keys.get(&url(&format!("{number}.pem"))).await.is_err());
    }
    source.set(Answer::Path);
    assert_eq!(kind(keys.get(&url("new.pem")).await), KeyErrorKind::Unavailable);
    assert_eq!(*keys.get(&url("kept.pem")).await.unwrap(), "/kept.pem");
    assert_eq!(source.asked(), MAX_TRIED + 1);
}

#[tokio::test(start_paused = true)]
async fn t147_what_is_kept_is_bounded() {
    let source = Fake::new(Answer::Path);
    let keys = cache(&source);
    for number in 0..MAX_KEPT + 50 {
        let own = KeyUrl::new(format!("https://keys.example.com/{number}.pem")).unwrap();
        keys.get(&own).await.unwrap();
        advance(Duration::from_millis(1)).await;
    }
    assert_eq!(keys.kept(), MAX_KEPT);
    let fetched = source.asked();
    keys.get(&url(&format!("{}.pem", MAX_KEPT + 49))).await.unwrap();
    assert_eq!(source.asked(), fetched, "the newest is kept");
}

#[tokio::test(start_paused = true)]
async fn a_newer_key_is_fetched_once_a_minute_and_a_failure_keeps_the_old_one() {
    let source = Fake::new(Answer::Path);
    let keys = cache(&source);
    for _ in 0..100 {
        keys.newer(&url("a.pem")).await.unwrap();
    }
    assert_eq!(source.asked(), 1);
    advance(Duration::from_secs(60)).await;
    source.set(Answer::Fail);
    for _ in 0..100 {
        assert_eq!(*keys.newer(&url("a.pem")).await.unwrap(), "/a.pem");
    }
    assert_eq!(source.asked(), 2);
    assert_eq!(*keys.get(&url("a.pem")).await.unwrap(), "/a.pem");
    source.set(Answer::Path);
    advance(Duration::from_secs(10)).await;
    keys.newer(&url("a.pem")).await.unwrap();
    assert_eq!(source.asked(), 3);
}
