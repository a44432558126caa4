//! What can be read of an instance, as JSON: the same over HTTP and for a local directory.
//!
//! Every answer names the state that it was read from:
//!
//! ```text
//! {"position":N,"root":"…64 hex…","recorded_at":ms,"data":…}
//! ```
//!
//! `position` is the number of statements folded in, `root` the RFC 6962 root of their tree,
//! `recorded_at` when the last of them was recorded: the clock by which a mandate is shown as
//! active or a vote as open. Lists are `{"items":[…],"total":N,"next":N|null}`, `next` being the
//! `from` of the next page. Things are called by their names in statements. `null` stands for
//! what is not (yet) so. Times are milliseconds since 1970, amounts whole minor units.
//!
//! Before a vote closes nobody sees a count: its tally, the number of its ballots, who cast them
//! and what they say are [`WITHHELD`]. That some ballot was recorded at a position can be seen, for
//! the log is one sequence; in which vote, and by whom, can not. So where a single vote is open,
//! its turnout can be told from the log: only sealed ballots would hide that.

mod decisions;
mod draws;
mod elections;
mod ledger;
mod log;
mod mandates;
mod names;
mod proposals;
mod query;
mod roles;
mod roster;
mod rotations;
mod safeguards;
mod summary;
mod votes;

pub use log::{Event, any_withheld, events};
pub use query::{PAGE_DEFAULT, PAGE_MAX, Page, Query, Span};

use crate::engine::Engine;
use crate::projection::FoldError;
use crate::sequencer::Shown;
use crate::store::{EventStore, ReadError};
use archipel_domain::id::Hash;
use archipel_domain::world::World;
use serde_json::{Value, json};

/// Stands in answers for what is shown only once the vote is closed.
pub const WITHHELD: &str = "withheld until closing";

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The path names no view.
    #[error("there is no such view")]
    NoSuchView,
    /// A parameter is not one of the view's, or its value can not be read.
    #[error("the parameter {0} is not one of this view's, or its value can not be read")]
    Parameter(String),
    /// There is nothing of that name in that state.
    #[error("there is nothing of that name")]
    NotFound,
    /// More than one name begins like this.
    #[error("more than one name begins like this: give more of it")]
    Ambiguous,
    /// The state asked for is later than the log's head.
    #[error("position {asked} is beyond the log, which holds {available} statements")]
    Beyond {
        /// The position asked for.
        asked: u64,
        /// How many statements there are.
        available: u64,
    },
    /// The store can not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A stored fact or leaf does not decode.
    #[error("the entry at position {position} does not decode; rebuild the derived data")]
    Entry {
        /// Where.
        position: u64,
    },
}

impl QueryError {
    /// The codes that are not those of reading the store.
    pub const OWN_CODES: [&'static str; 6] = [
        "query.no-such-view",
        "query.parameter",
        "query.not-found",
        "query.ambiguous",
        "query.beyond",
        "query.entry",
    ];

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchView => "query.no-such-view",
            Self::Parameter(_) => "query.parameter",
            Self::NotFound => "query.not-found",
            Self::Ambiguous => "query.ambiguous",
            Self::Beyond { .. } => "query.beyond",
            Self::Read(error) => error.code(),
            Self::Entry { .. } => "query.entry",
        }
    }
}

impl From<FoldError> for QueryError {
    fn from(error: FoldError) -> Self {
        match error {
            FoldError::Read(ReadError::Beyond { asked, available, .. }) => {
                Self::Beyond { asked, available }
            }
            FoldError::Read(error) => Self::Read(error),
            FoldError::Fact { position, .. } => Self::Entry { position },
            FoldError::Threads { .. } => Self::Entry { position: 0 },
        }
    }
}

/// A state, and where it was folded from.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The state.
    pub world: &'a World,
    /// RFC 6962 root of the tree of its statements.
    pub root: Hash,
    /// The log, which holds at least those statements.
    pub store: &'a dyn EventStore,
    /// The log's name.
    pub origin: &'a str,
}

/// Answers a question about the latest state, or the one after the first `at` statements.
///
/// # Errors
/// [`QueryError`].
pub fn ask(engine: &Engine, query: &Query, at: Option<u64>) -> Result<Value, QueryError> {
    ask_from(engine, &engine.views().latest(), query, at)
}

/// Answers a question about a state that was shown, or an earlier one.
///
/// # Errors
/// [`QueryError`].
pub fn ask_from(
    engine: &Engine,
    shown: &Shown,
    query: &Query,
    at: Option<u64>,
) -> Result<Value, QueryError> {
    let (store, origin) = (engine.store().as_ref(), engine.origin());
    let available = shown.world.position;
    match at {
        Some(at) if at > available => Err(QueryError::Beyond { asked: at, available }),
        Some(at) if at < available => {
            let world = engine.world_at(at)?;
            let root = Hash(store.frontier_at(at)?.root());
            answer(&Context { world: &world, root, store, origin }, query)
        }
        _ => answer(&Context { world: &shown.world, root: shown.root, store, origin }, query),
    }
}

/// Answers a question about a state.
///
/// # Errors
/// [`QueryError`].
pub fn answer(context: &Context<'_>, query: &Query) -> Result<Value, QueryError> {
    let data = data(context, query)?;
    Ok(json!({
        "position": context.world.position,
        "root": context.root,
        "recorded_at": context.world.recorded_at,
        "data": data,
    }))
}

fn data(cx: &Context<'_>, query: &Query) -> Result<Value, QueryError> {
    let world = cx.world;
    match query {
        Query::Status => Ok(summary::status(cx)),
        Query::Instance => summary::instance(cx),
        Query::Members(page) => Ok(roster::members(world, *page)),
        Query::Member(id) => roster::member(world, id),
        Query::Groups(page) => Ok(roster::groups(world, *page)),
        Query::Group(slug, page) => roster::group(world, slug, *page),
        Query::Calls(page) => Ok(roster::calls(world, *page)),
        Query::Call(slug, page) => roster::call(world, slug, *page),
        Query::Circles(page) => Ok(roles::circles(world, *page)),
        Query::Roles(page) => Ok(roles::roles(world, *page)),
        Query::Role(slug, page) => roles::role(world, slug, *page),
        Query::Holders(on, page) => Ok(mandates::held(world, *on, *page)),
        Query::Assignment(id) => roles::assignment(world, id),
        Query::Proposals(page) => Ok(proposals::proposals(world, *page)),
        Query::Proposal(id) => proposals::proposal(world, id),
        Query::Version(id, hash) => proposals::version(world, id, hash),
        Query::Amendment(id) => proposals::amendment(world, id),
        Query::Votes(page) => Ok(votes::votes(world, *page)),
        Query::Vote(id) => votes::vote(world, id),
        Query::Picture(id) => votes::drawn(world, id),
        Query::Ballots(id, group, page) => votes::ballots(world, id, group.as_deref(), *page),
        Query::Decisions(page) => Ok(decisions::decisions(world, *page)),
        Query::Delegations(member, page) => decisions::delegations(world, member.as_deref(), *page),
        Query::Draws(page) => Ok(draws::draws(world, *page)),
        Query::Draw(id) => draws::draw(world, id),
        Query::DrawFile(id) => draws::file(world, id),
        Query::Safeguards(page) => Ok(safeguards::safeguards(world, *page)),
        Query::Requests(page) => Ok(safeguards::requests(world, *page)),
        Query::Request(id) => safeguards::request(world, id),
        Query::Elections(page) => Ok(elections::elections(world, *page)),
        Query::Election(id) => elections::election(world, id),
        Query::Rotations(page) => Ok(rotations::rotations(world, *page)),
        Query::Rotation(id) => rotations::rotation(world, id),
        Query::Availability => Ok(rotations::availability(world)),
        Query::Calendar(span) => Ok(rotations::calendar(world, *span)),
        Query::Load(top, page) => Ok(rotations::load(world, *top, *page)),
        Query::Units(page) => Ok(ledger::units(world, *page)),
        Query::Logs(page) => Ok(summary::logs(world, *page)),
        Query::Accounts(page) => Ok(ledger::accounts(world, *page)),
        Query::Account(slug) => ledger::account(world, slug),
        Query::AccountStatement(slug, page) => ledger::statement(cx, slug, *page),
        Query::Move(id) => ledger::one_move(cx, id),
        Query::Statement(id) => log::statement(cx, id),
        Query::Views => Ok(summary::views(world)),
        Query::View(view) => Ok(summary::view(world, *view)),
        Query::Timeline(page) => Ok(summary::timeline(world, *page)),
        Query::Stream(kind, name, page) => log::stream(cx, kind, name, *page),
        Query::Log(page, payload) => log::log(cx, *page, *payload),
        Query::Rejections => Ok(summary::rejections()),
    }
}
