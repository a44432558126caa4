//! What the handlers share.

use archipel_engine::clock::{Clock, SystemClock};
use archipel_engine::engine::Engine;
use archipel_engine::publish::{Entries, PublicLog};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// Limits of the surface. The defaults suit one small server.
#[derive(Clone)]
pub struct Options {
    /// Most bytes in the body of a bulk submission.
    pub bulk_bytes_max: usize,
    /// Most statements in a bulk submission.
    pub bulk_lines_max: usize,
    /// Most requests being answered at once; beyond that, callers are told to come back.
    pub requests_max: usize,
    /// Most bulk submissions at once.
    pub bulks_max: usize,
    /// Most reads at once on the machine's threads; others wait their turn.
    pub reads_max: usize,
    /// Most reads of past states at once: each folds a state of its own in memory.
    pub past_reads_max: usize,
    /// Most followers of the event stream.
    pub followers_max: usize,
    /// Longest time for a request, its body included.
    pub request_time: Duration,
    /// How often the registrar looks whether something is due.
    pub tick_every: Duration,
    /// Longest time that open requests are given when the server stops.
    pub grace: Duration,
    /// The clock by which the registrar looks; the same as the engine's.
    pub clock: Arc<dyn Clock>,
    /// What is published of the log; nothing for an instance that publishes nothing.
    pub public: Option<Arc<PublicLog>>,
    /// Who may read its entries.
    pub entries: Entries,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bulk_bytes_max: 16 << 20,
            bulk_lines_max: 32_768,
            requests_max: 1_024,
            bulks_max: 4,
            reads_max: 32,
            past_reads_max: 2,
            followers_max: 512,
            request_time: Duration::from_secs(60),
            tick_every: Duration::from_secs(1),
            grace: Duration::from_secs(10),
            clock: Arc::new(SystemClock),
            public: None,
            entries: Entries::default(),
        }
    }
}

/// Shared by all handlers.
pub(crate) struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) options: Options,
    /// Size of the log that readers see; raised by the engine's writer after each commit.
    pub(crate) size: watch::Receiver<u64>,
    /// Size of the checkpoint that is shown; raised by the publisher.
    pub(crate) covered: watch::Receiver<u64>,
    /// Set once, when the server stops: streams end.
    pub(crate) closing: watch::Sender<bool>,
    pub(crate) bulks: Arc<Semaphore>,
    pub(crate) reads: Semaphore,
    pub(crate) past_reads: Semaphore,
    pub(crate) followers: Arc<Semaphore>,
}

/// State of the router.
pub(crate) type App = Arc<Shared>;

impl Shared {
    pub(crate) fn new(engine: Arc<Engine>, options: Options) -> App {
        let (raise, size) = rising();
        engine.views().observe(Box::new(raise.clone()));
        raise(engine.views().latest().world.position);
        let (raise, covered) = rising();
        if let Some(public) = &options.public {
            public.observe(Box::new(raise.clone()));
            raise(public.latest().map_or(0, |shown| shown.checkpoint.size));
        }
        Arc::new(Self {
            size,
            covered,
            closing: watch::Sender::new(false),
            bulks: Arc::new(Semaphore::new(options.bulks_max)),
            reads: Semaphore::new(options.reads_max),
            past_reads: Semaphore::new(options.past_reads_max),
            followers: Arc::new(Semaphore::new(options.followers_max)),
            engine,
            options,
        })
    }
}

/// A size that only rises, and who raises it.
fn rising() -> (impl Fn(u64) + Clone + Send + Sync + 'static, watch::Receiver<u64>) {
    let (sender, size) = watch::channel(0);
    let sender = Arc::new(sender);
    let raise = move |size: u64| {
        // Never back: a commit may be told before what was there at the start.
        sender.send_if_modified(|shown| {
            let grown = size > *shown;
            *shown = size.max(*shown);
            grown
        });
    };
    (raise, size)
}
