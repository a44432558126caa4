//! `archipel replay`: any view at any moment, folded from the log.

use crate::app::{App, parse_at};
use crate::backend::{At, position_at};
use crate::failure::Failure;
use crate::show;
use archipel_domain::id::Hash;
use archipel_domain::world::{View, World};
use archipel_engine::engine::{Engine, Options};
use archipel_engine::instance::Instance;
use archipel_engine::projection::{Folded, Snapshots, fold_view, fold_world};
use archipel_engine::store::{EventStore, SledStore, StoreOptions};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// Which view: roster, roles, proposals, votes, tallies, balances or timeline
    #[arg(long, value_parser = parse_view)]
    view: View,
    /// As things stood: after so many statements, or at a moment [default: the latest]
    #[arg(long, value_name = "POSITION|DATE", allow_hyphen_values = true)]
    at: Option<String>,
    /// How many threads fold [default: one a core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Start from the nearest snapshot instead of from the first statement
    #[arg(long)]
    snapshot: bool,
    /// Also print what the view holds
    #[arg(long)]
    show: bool,
}

fn parse_view(text: &str) -> Result<View, String> {
    View::from_name(text).ok_or_else(|| View::ALL.map(View::name).join(", "))
}

/// A state, however it was folded.
enum State {
    Folded(Box<Folded>),
    World(Box<World>),
}

impl State {
    fn hash(&self, view: View) -> Hash {
        match self {
            Self::Folded(folded) => folded.state_hash(view),
            Self::World(world) => world.state_hash(view),
        }
    }
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &ReplayArgs) -> Result<(), Failure> {
    let dir = app.data()?;
    let origin = Instance::find(dir)?.origin().to_owned();
    // Opening is part of what somebody waits for, so it is part of the time.
    let mut start = Instant::now();
    let mut store = open(dir)?;
    if store.derived_size() < store.head().size {
        drop(store);
        drop(Engine::open(dir, Options::default())?);
        start = Instant::now();
        store = open(dir)?;
    }
    let position = position(&store, args.at.as_deref())?;
    let threads = threads(args);
    let (state, source) = fold(&store, dir, args, position, threads)?;
    let hash = state.hash(args.view);
    let seconds = start.elapsed().as_secs_f64();
    let mut report = json!({
        "view": args.view.name(),
        "position": position,
        "events": position,
        "seconds": seconds,
        "events_per_second": per_second(position, seconds),
        "threads": threads,
        "state_hash": hash,
        "source": source,
    });
    if let (true, Some(members)) = (args.show, report.as_object_mut()) {
        members.insert("data".to_owned(), data(&store, &origin, args, position)?);
    }
    if app.output.json {
        return app.output.json(&report);
    }
    let held = report.as_object_mut().and_then(|members| members.remove("data"));
    show::object(app, &report)?;
    let Some(held) = held else { return Ok(()) };
    app.output.say("")?;
    show::object(app, &held)
}

fn open(dir: &Path) -> Result<SledStore, Failure> {
    Ok(SledStore::open(dir, StoreOptions::default())?)
}

fn threads(args: &ReplayArgs) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    args.threads.map_or_else(cores, usize::from)
}

fn position(store: &dyn EventStore, at: Option<&str>) -> Result<u64, Failure> {
    let head = store.head().size;
    match at.map_or(Ok(At::Latest), parse_at)? {
        At::Latest => Ok(head),
        At::Position(position) if position > head => Err(Failure::new("query.beyond").at(head)),
        At::Position(position) => Ok(position),
        At::Moment(ms) => position_at(store, ms),
    }
}

fn fold(
    store: &dyn EventStore,
    dir: &Path,
    args: &ReplayArgs,
    position: u64,
    threads: usize,
) -> Result<(State, String), Failure> {
    let snapshot = if args.snapshot { Snapshots::of(dir).load(store, position) } else { None };
    if let Some(world) = snapshot {
        let source = format!("snapshot at {}", world.position);
        let world = fold_world(store, world, position)?;
        return Ok((State::World(Box::new(world)), source));
    }
    let folded = fold_view(store, args.view, position, threads)?;
    Ok((State::Folded(Box::new(folded)), "log".to_owned()))
}

/// The one rate that this program prints: a measurement, not a count.
#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn per_second(events: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { (events as f64 / seconds).round() } else { 0.0 }
}

/// What the view holds, as the other commands show it.
fn data(
    store: &dyn EventStore,
    origin: &str,
    args: &ReplayArgs,
    position: u64,
) -> Result<Value, Failure> {
    use archipel_engine::view::{self, Context, Query};
    let world = fold_world(store, World::default(), position)?;
    let root = Hash(store.frontier_at(position)?.root());
    let context = Context { world: &world, root, store, origin };
    // Terms run out between acts: who held what at a date is asked of that date.
    let holders = match args.at.as_deref().map_or(Ok(At::Latest), parse_at)? {
        At::Moment(ms) => format!("holders?on={ms}&limit=1000"),
        At::Latest | At::Position(_) => "holders?limit=1000".to_owned(),
    };
    let paths: &[&str] = match args.view {
        View::Roster => &["members?limit=1000", "groups?limit=1000", "calls?limit=1000"],
        View::Roles | View::Charters => &["circles?limit=1000", "roles?limit=1000", &holders],
        View::Proposals => &["proposals?limit=1000"],
        View::Votes | View::Tallies => &["votes?limit=1000"],
        View::Procedures => &["decisions?limit=1000"],
        View::Delegations => &["delegations?limit=1000"],
        View::Draws => &["draws?limit=1000"],
        View::Safeguards => &["safeguards?limit=1000", "requests?limit=1000"],
        View::Elections => &["elections?limit=1000"],
        View::Balances => &["accounts?limit=1000"],
        View::Timeline => &["timeline?limit=1000"],
        View::Federation => &["logs?limit=1000"],
        View::Rotations => &["rotations?limit=1000"],
    };
    let mut data = serde_json::Map::new();
    for path in paths {
        let answer = view::answer(&context, &Query::parse(path)?)?;
        let name = path.split('?').next().unwrap_or_default();
        data.insert(name.to_owned(), answer.get("data").cloned().unwrap_or_default());
    }
    Ok(Value::Object(data))
}
