//! Everything the crate writes to its log, at every level, thread by thread.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use tracing_subscriber::fmt::MakeWriter;

thread_local! {
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The log of what this thread does until [`Capture::text`] is asked.
pub(crate) struct Capture(());

impl Capture {
    /// Begins. One subscriber serves the whole program: one of its own for each test would have `tracing` remember, for
    /// the callsites that other threads reach first, that nobody listens.
    pub(crate) fn begin() -> Self {
        static LISTEN: Once = Once::new();
        LISTEN.call_once(|| {
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(ToThread)
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
            tracing::callsite::rebuild_interest_cache();
        });
        LINES.set(Some(Vec::new()));
        Self(())
    }

    pub(crate) fn text(self) -> String {
        String::from_utf8(LINES.take().unwrap()).unwrap()
    }
}

struct ToThread;

impl<'a> MakeWriter<'a> for ToThread {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl io::Write for ToThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.iter_mut().for_each(|line| line.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
