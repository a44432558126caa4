//! `archipel audit verify`: a whole log, again.

use crate::app::App;
use crate::failure::Failure;
use crate::fetch::{Place, TrustArgs};
use crate::output::progress;
use crate::scenario::bulk;
use crate::show;
use archipel_engine::audit::saved::Saved;
use archipel_engine::audit::tiles::{PublishedLeaves, check_folder, checkpoint};
use archipel_engine::audit::{
    AuditError, AuditReport, Auditor, Held, Source as _, Stored, Two, finish_stored, run_stored,
};
use archipel_engine::engine::{Engine, Options};
use archipel_engine::instance::Instance;
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::statement::Signed;
use archipel_engine::rebuild::RebuildError;
use archipel_engine::store::{EventStore, SledStore, StoreOptions};
use archipel_engine::tlog::checkpoint::{Opened, Policy};
use archipel_engine::tlog::fork::Fork;
use archipel_engine::tlog::proof;
use archipel_engine::tlog::tile::TileNodes;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A long audit is saved this often.
const SAVE_EVERY: Duration = Duration::from_secs(60);
/// Statements whose signatures are verified alone to measure the limit.
const SAMPLE: u64 = 32_768;

/// Verify a whole log again.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// A published log: a directory of tiles, or an address such as http://host/log
    #[arg(long, value_name = "DIR|URL", conflicts_with_all = ["data", "server"])]
    pub(crate) tiles: Option<String>,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
    /// File in which the audit is saved, to go on from there the next time
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Also measure the verification of signatures alone, and give the share of it reached
    #[arg(long)]
    pub(crate) limit: bool,
}

/// What is said of an audit that succeeded.
struct Told {
    report: AuditReport,
    seconds: f64,
    checkpoint: Option<Opened>,
    /// Files of a directory of tiles.
    files: Option<u64>,
    limit: Option<f64>,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &VerifyArgs) -> Result<(), Failure> {
    let told = match &args.tiles {
        Some(tiles) => published(app, args, &Place::parse(tiles)?)?,
        None => stored(app, args)?,
    };
    if app.output.json {
        return app.output.json(&as_json(&told));
    }
    print(app, &told)
}

fn stored(app: &App, args: &VerifyArgs) -> Result<Told, Failure> {
    let dir = app.data()?;
    let origin = Instance::find(dir)?.origin().to_owned();
    let mut store = SledStore::open(dir, StoreOptions::default())?;
    if store.derived_size() < store.head().size {
        // Facts are missing, not wrong: derive them as any start does, then check them.
        drop(store);
        drop(Engine::open(dir, Options::default()).map_err(in_audit)?);
        store = SledStore::open(dir, StoreOptions::default())?;
    }
    let store: &dyn EventStore = &store;
    let size = store.head().size;
    let began = Instant::now();
    let report = match &args.state {
        None => {
            let mut auditor = Auditor::new(&origin, Stored::new(store));
            let (bar, mut told) = counting(app, size);
            run_stored(store, &mut auditor, &mut told)?;
            bar.finish_and_clear();
            finish_stored(store, &auditor)?
        }
        Some(file) => {
            let root_at = |at: u64| Ok(store.frontier_at(at)?.root());
            let keeper = |held| Two(Stored::new(store), held);
            let saved = begin(file, &origin, size, &root_at, None)?;
            let mut auditor = match saved {
                Some(saved) => saved.resume(keeper),
                None => Auditor::new(&origin, keeper(Held::default())),
            };
            let (bar, mut told) = counting(app, size);
            run_stored(store, &mut auditor, &mut told)?;
            bar.finish_and_clear();
            let report = finish_stored(store, &auditor)?;
            save(&auditor.saved(&auditor.keeper().1, None), file)?;
            report
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    let limit = args.limit.then(|| {
        let first = size.saturating_sub(SAMPLE);
        let mut leaves = Vec::new();
        let read = store.scan_leaves(first..size, &mut |_, bytes| {
            leaves.push(bytes.to_vec());
            std::ops::ControlFlow::Continue(())
        });
        read.map(|()| limit_of(&leaves))
    });
    let limit = limit.transpose()?;
    Ok(Told { report, seconds, checkpoint: None, files: None, limit })
}

fn published(app: &App, args: &VerifyArgs, place: &Place) -> Result<Told, Failure> {
    let policy = args.trust.policy(Some(place))?;
    if args.trust.is_circular() && !app.output.json {
        app.output.warn(app.lang().pick(
            "la clé vient du même endroit que le journal : elle ne prouve pas qui l'a signé \
             (--vkey)",
            "the key comes from where the log comes from: it does not prove who signed (--vkey)",
        ));
    }
    let fetch = place.fetch();
    let opened = checkpoint(fetch.as_ref(), &policy)?;
    let (size, origin) = (opened.checkpoint.size, opened.checkpoint.origin.clone());
    let source = PublishedLeaves::new(fetch.as_ref(), size);
    let began = Instant::now();
    let mut auditor = Auditor::new(&origin, Held::default());
    if let Some(file) = &args.state {
        let root_at = |at: u64| proof::root(&TileNodes(&source), at);
        let seen = Some(Seen { opened: &opened, policy: &policy, source: &source });
        if let Some(saved) = begin(file, &origin, size, &root_at, seen)? {
            auditor = saved.resume(|held| held);
        }
    }
    let (bar, mut told) = counting(app, size);
    // In parts, between which a long audit is saved.
    let mut last_saved = Instant::now();
    while auditor.position() < size {
        let upto = auditor.position().saturating_add(1 << 16).min(size);
        auditor.run(&source, upto, &mut told)?;
        if let Some(file) = &args.state
            && last_saved.elapsed() >= SAVE_EVERY
        {
            save(&auditor.saved(auditor.keeper(), None), file)?;
            last_saved = Instant::now();
        }
    }
    bar.finish_and_clear();
    auditor.check_key(&policy.log.key())?;
    let report = auditor.finish(&source, &opened.checkpoint.root)?;
    let files = match place {
        Place::Dir(dir) => Some(check_folder(dir, size)?),
        Place::Url(_) => None,
    };
    let seconds = began.elapsed().as_secs_f64();
    if let Some(file) = &args.state {
        let note = opened.note.to_string();
        save(&auditor.saved(auditor.keeper(), Some(note.as_bytes())), file)?;
    }
    let limit = args.limit.then(|| source.leaves(size.saturating_sub(SAMPLE)..size).whole());
    let limit = limit.transpose()?.map(|leaves| limit_of(&leaves));
    Ok(Told { report, seconds, checkpoint: Some(opened), files, limit })
}

/// A bar, and what moves it.
fn counting(app: &App, size: u64) -> (indicatif::ProgressBar, impl FnMut(u64) + use<>) {
    let bar = progress(app.output, size, app.lang().pick("audit", "audit"));
    let moved = bar.clone();
    (bar, move |done| moved.set_position(done))
}

/// What is shown now, for a log that is no longer what was audited.
struct Seen<'a> {
    opened: &'a Opened,
    policy: &'a Policy,
    source: &'a PublishedLeaves<'a>,
}

/// The saved audit of this log, if there is one.
fn begin(
    file: &Path,
    origin: &str,
    size: u64,
    root_at: &dyn Fn(u64) -> Result<[u8; 32], AuditError>,
    seen: Option<Seen<'_>>,
) -> Result<Option<Saved>, Failure> {
    let saved = Saved::load(file).map_err(|error| Failure::with("cli.state", error))?;
    let Some(saved) = saved else { return Ok(None) };
    if saved.origin() != origin {
        let both = format!("{}: {} / {origin}", file.display(), saved.origin());
        return Err(Failure::with("audit.origin", both));
    }
    let audited = saved.position();
    if audited <= size && root_at(audited)? == saved.root() {
        return Ok(Some(saved));
    }
    let failure = Failure::from(AuditError::Behind { size, audited });
    let (Some(seen), Some(note)) = (seen, saved.checkpoint()) else { return Err(failure) };
    let fork = prove_fork(&seen, note, file);
    Err(fork
        .map_or_else(|| failure.clone(), |path| failure.clone().and(path.display().to_string())))
}

/// Writes the proof that the log has signed two histories, if it has.
fn prove_fork(seen: &Seen<'_>, earlier: &[u8], file: &Path) -> Option<PathBuf> {
    let log = Policy::of_log(seen.policy.log.clone());
    let earlier = log.open(earlier).ok()?;
    let fork = Fork::of(&earlier, seen.opened, &log.log, &TileNodes(seen.source)).ok()?.ok()?;
    let mut path = file.as_os_str().to_owned();
    path.push(".fork.json");
    let path = PathBuf::from(path);
    std::fs::write(&path, fork.to_text()).ok()?;
    Some(path)
}

fn save(saved: &Saved, file: &Path) -> Result<(), Failure> {
    saved.save(file).map_err(|error| Failure::file(file, error))
}

fn limit_of(leaves: &[Vec<u8>]) -> f64 {
    let decoded = leaves.iter().filter_map(|leaf| Leaf::decode(leaf).ok());
    let signed: Vec<Signed> = decoded.map(Leaf::into_signed).collect();
    bulk::verify_limit(&signed)
}

/// A log that does not even open for its leaves fails the audit.
fn in_audit(error: archipel_engine::engine::EngineError) -> Failure {
    match error {
        archipel_engine::engine::EngineError::Rebuild(RebuildError::Inadmissible {
            position,
            code,
        }) => Failure::with("audit.leaf", code).at(position),
        other => other.into(),
    }
}

fn rate(told: &Told) -> f64 {
    let events = told.report.size.saturating_sub(told.report.from);
    events as f64 / told.seconds.max(1e-9)
}

fn as_json(told: &Told) -> Value {
    let mut value = json!(told.report);
    if let Value::Object(members) = &mut value {
        let rate = rate(told);
        let events = told.report.size.saturating_sub(told.report.from);
        members.insert("events".to_owned(), json!(events));
        members.insert("seconds".to_owned(), json!(told.seconds));
        members.insert("events_per_second".to_owned(), json!(rate));
        members.insert("peak_rss_bytes".to_owned(), json!(bulk::peak_rss_bytes()));
        if let Some(limit) = told.limit {
            members.insert("verify_limit_per_second".to_owned(), json!(limit));
            members.insert("share_of_limit".to_owned(), json!(rate / limit));
        }
        if let Some(opened) = &told.checkpoint {
            let cosigned = opened.cosigned.iter();
            let cosigned: Vec<Value> =
                cosigned.map(|(witness, time)| json!({"witness": witness, "time": time})).collect();
            members.insert("cosigned".to_owned(), json!(cosigned));
            members.insert("files".to_owned(), json!(told.files));
        }
    }
    value
}

fn print(app: &App, told: &Told) -> Result<(), Failure> {
    let (lang, report) = (app.lang(), &told.report);
    app.output.say(lang.pick("Audit réussi : tout se vérifie.", "Audit passed: all verifies."))?;
    let name = |name: &str| show::label(lang, name);
    let mut rows = vec![
        (name("origin"), report.origin.clone()),
        (
            lang.pick("actes au journal", "statements in the log").to_owned(),
            report.size.to_string(),
        ),
        (lang.pick("vérifiés à partir de", "verified from").to_owned(), report.from.to_string()),
        (name("root"), report.root.to_string()),
        (
            lang.pick("issues recomptées", "outcomes recounted").to_owned(),
            report.outcomes.to_string(),
        ),
        (
            lang.pick("actes par seconde", "statements a second").to_owned(),
            format!("{:.0}", rate(told)),
        ),
    ];
    if let Some(opened) = &told.checkpoint {
        let names: Vec<&str> = opened.cosigned.iter().map(|(name, _)| name.as_str()).collect();
        let names = if names.is_empty() { "-".to_owned() } else { names.join(", ") };
        rows.push((lang.pick("témoins", "witnesses").to_owned(), names));
    }
    if let Some(limit) = told.limit {
        let share = format!("{:.1} %", rate(told) / limit * 100.0);
        let words = lang.pick("part de la vérification seule", "share of verification alone");
        rows.push((words.to_owned(), share));
    }
    rows.extend(report.state_hashes.iter().map(|(view, hash)| (view.clone(), hash.to_string())));
    app.output.pairs(rows)
}
