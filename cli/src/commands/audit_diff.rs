//! `archipel audit diff`: what happened between two checkpoints.

use crate::app::App;
use crate::failure::Failure;
use crate::fetch::{Place, TrustArgs};
use crate::labels;
use crate::output::progress;
use crate::when;
use archipel_domain::id::Hash;
use archipel_engine::audit::tiles::{PublishedLeaves, checkpoint};
use archipel_engine::audit::{AuditError, Source as _};
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::merkle::{Frontier, leaf_hash};
use archipel_engine::log::statement::Statement;
use archipel_engine::tlog::checkpoint::{Checkpoint, Opened, Policy};
use archipel_engine::tlog::note::NOTE_BYTES_MAX;
use archipel_engine::tlog::proof;
use archipel_engine::tlog::tile::TileNodes;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Entries read at once.
const CHUNK: u64 = 2_048;
/// Acts of which there are many: they are counted, and not told one by one.
const COUNTED: [&str; 3] = ["ballot.cast/1", "move.posted/1", "call.signed/1"];
/// Most acts that are told one by one.
const TOLD_MAX: usize = 1_000;
/// Members of bodies that say, in words, what an act is about; the first that is there is shown.
const WORDS: [&str; 14] = [
    "title", "name", "label", "reason", "purpose", "group", "circle", "role", "call", "account",
    "unit", "log", "member", "vote",
];

/// Say what happened between two checkpoints.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The earlier one: a checkpoint file, or a published log (directory or address)
    old: String,
    /// The later one
    new: String,
    /// The published log from which the entries are read, if neither is one
    #[arg(long, value_name = "DIR|URL")]
    tiles: Option<String>,
    #[command(flatten)]
    trust: TrustArgs,
}

/// A checkpoint file, or a published log.
enum Side {
    File(Vec<u8>),
    Log(Place),
}

fn side(text: &str) -> Result<Side, Failure> {
    let place = Place::parse(text)?;
    match &place {
        Place::Dir(path) if !path.is_dir() => {
            let text = crate::input::read_file(Path::new(text), NOTE_BYTES_MAX as u64)?;
            Ok(Side::File(text.into_bytes()))
        }
        _ => Ok(Side::Log(place)),
    }
}

fn open(side: &Side, policy: &Policy) -> Result<Opened, Failure> {
    Ok(match side {
        Side::File(note) => policy.open(note).map_err(AuditError::from)?,
        Side::Log(place) => checkpoint(place.fetch().as_ref(), policy)?,
    })
}

/// One act that is told.
struct Told {
    position: u64,
    recorded_at: i64,
    act: String,
    words: String,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &DiffArgs) -> Result<(), Failure> {
    let (old, new) = (side(&args.old)?, side(&args.new)?);
    let place = match (&args.tiles, &new, &old) {
        (Some(tiles), _, _) => Place::parse(tiles)?,
        (None, Side::Log(place), _) | (None, Side::File(_), Side::Log(place)) => place.clone(),
        (None, Side::File(_), Side::File(_)) => {
            return Err(Failure::with("usage.value", "--tiles"));
        }
    };
    let policy = args.trust.policy(Some(&place))?;
    let (old, new) = (open(&old, &policy)?.checkpoint, open(&new, &policy)?.checkpoint);
    if old.size > new.size {
        let (size, audited) = (new.size, old.size);
        return Err(AuditError::Behind { size, audited }.into());
    }
    let fetch = place.fetch();
    let source = PublishedLeaves::new(fetch.as_ref(), new.size);
    let nodes = TileNodes(&source);
    let peaks = proof::peaks(&nodes, old.size)?;
    let frontier = Frontier::from_peaks(old.size, peaks).unwrap_or_default();
    if frontier.root() != old.root {
        return Err(AuditError::Behind { size: new.size, audited: old.size }.into());
    }
    let (counts, told) = read(app, &source, frontier, &old, &new)?;
    show(app, &old, &new, &counts, &told)
}

type Counts = BTreeMap<String, u64>;

/// Reads what lies between, and checks that it leads from the one root to the other.
fn read(
    app: &App,
    source: &PublishedLeaves<'_>,
    mut frontier: Frontier,
    old: &Checkpoint,
    new: &Checkpoint,
) -> Result<(Counts, Vec<Told>), Failure> {
    let (mut counts, mut told) = (Counts::new(), Vec::new());
    let bar = progress(app.output, new.size - old.size, app.lang().pick("actes", "acts"));
    let mut next = old.size;
    while next < new.size {
        let end = next.saturating_add(CHUNK).min(new.size);
        for (position, bytes) in (next..).zip(source.leaves(next..end).whole()?) {
            frontier.push(leaf_hash(&bytes));
            let inadmissible = |what: String| Failure::with("audit.leaf", what).at(position);
            let leaf = Leaf::decode(&bytes).map_err(|error| inadmissible(error.to_string()))?;
            let statement = Statement::parse(&leaf.payload)
                .map_err(|error| inadmissible(error.code().to_owned()))?;
            let act = statement.authored.act.type_name().to_owned();
            let count = counts.entry(act.clone()).or_default();
            *count += 1;
            if !COUNTED.contains(&act.as_str()) && told.len() < TOLD_MAX {
                let body = json!(statement.authored.act);
                let words = WORDS.iter().find_map(|name| body.get(name)?.as_str());
                let words = words.unwrap_or_default().to_owned();
                told.push(Told { position, recorded_at: leaf.recorded_at.0, act, words });
            }
        }
        next = end;
        bar.set_position(next - old.size);
    }
    bar.finish_and_clear();
    if frontier.root() != new.root {
        return Err(AuditError::Root { size: new.size }.into());
    }
    Ok((counts, told))
}

fn show(
    app: &App,
    old: &Checkpoint,
    new: &Checkpoint,
    counts: &Counts,
    told: &[Told],
) -> Result<(), Failure> {
    let lang = app.lang();
    if app.output.json {
        let told: Vec<Value> = told
            .iter()
            .map(|one| {
                json!({
                    "position": one.position, "recorded_at": one.recorded_at,
                    "type": one.act, "about": one.words,
                })
            })
            .collect();
        return app.output.json(&json!({
            "origin": new.origin,
            "old": {"size": old.size, "root": Hash(old.root)},
            "new": {"size": new.size, "root": Hash(new.root)},
            "acts": counts,
            "told": told,
        }));
    }
    let added = new.size - old.size;
    app.output.say(match added {
        0 => lang.pick("Rien de nouveau.", "Nothing new.").to_owned(),
        _ => format!(
            "{} {} : {added} {}",
            new.origin,
            lang.pick("continue ce qui a été signé", "continues what was signed"),
            lang.pick("actes de plus", "more acts"),
        ),
    })?;
    if added == 0 {
        return Ok(());
    }
    let rows = counts.iter().map(|(act, count)| vec![labels::act(lang, act), count.to_string()]);
    let header = [lang.pick("acte", "act"), lang.pick("combien", "how many")];
    app.output.table(&header, rows.collect())?;
    let rows = told.iter().map(|one| {
        vec![
            one.position.to_string(),
            when::show(one.recorded_at),
            labels::act(lang, &one.act),
            one.words.clone(),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    let header = ["", lang.pick("le", "on"), lang.pick("acte", "act"), lang.pick("objet", "about")];
    app.output.table(&header, rows)
}
