//! `archipel audit receipt` and `audit fork`: proofs in files, checked without any server.

use crate::app::App;
use crate::failure::Failure;
use crate::fetch::TrustArgs;
use crate::labels;
use crate::when;
use archipel_domain::id::{Hash, KeyId};
use archipel_engine::crypto::VerifierCache;
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::merkle::leaf_hash;
use archipel_engine::log::statement::Statement;
use archipel_engine::tlog::TlogError;
use archipel_engine::tlog::checkpoint::{Opened, Policy};
use archipel_engine::tlog::fork::{FORK_BYTES_MAX, Fork};
use archipel_engine::tlog::note::VerifierKey;
use archipel_engine::tlog::receipt::{RECEIPT_BYTES_MAX, Receipt};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Check a receipt.
#[derive(Debug, clap::Args)]
pub(crate) struct ReceiptArgs {
    /// The receipt, a .tlog-proof
    file: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
    /// The entry, for a receipt that does not carry it
    #[arg(long, value_name = "FILE")]
    entry: Option<PathBuf>,
}

/// Check a proof that a log has shown two histories.
#[derive(Debug, clap::Args)]
pub(crate) struct ForkArgs {
    /// A proof of a fork, or two checkpoints
    #[arg(required = true, num_args = 1..=2)]
    files: Vec<PathBuf>,
    /// The log's verifier key, or a file that holds it
    #[arg(long, value_name = "KEY|FILE")]
    vkey: String,
}

fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > bytes_max {
        return Err(Failure::file(path, format!("> {bytes_max}")));
    }
    Ok(bytes)
}

/// What is wrong with a proof is an audit that failed.
fn in_audit(path: &Path) -> impl Fn(TlogError) -> Failure + '_ {
    move |error| Failure::with("audit.proof", format!("{}: {}", path.display(), error.code()))
}

/// Runs `audit receipt`.
pub(crate) fn receipt(app: &App, args: &ReceiptArgs) -> Result<(), Failure> {
    let policy = args.trust.policy(None)?;
    let failed = in_audit(&args.file);
    let receipt = Receipt::parse(&read(&args.file, RECEIPT_BYTES_MAX)?).map_err(&failed)?;
    let entry = args.entry.as_deref().map(|path| read(path, 65_535)).transpose()?;
    let opened = receipt.verify(&policy, entry.as_deref()).map_err(&failed)?;
    let bytes = entry.or_else(|| receipt.leaf.clone()).unwrap_or_default();
    let act = act_in(&bytes, &opened).map_err(|code| {
        Failure::with("audit.statement", format!("{}: {code}", args.file.display()))
            .at(receipt.index)
    })?;
    tell(app, &receipt, &bytes, &opened, &act)
}

/// What the entry says, its author's signature checked.
fn act_in(bytes: &[u8], opened: &Opened) -> Result<Value, String> {
    let leaf = Leaf::borrow(bytes).map_err(|error| error.to_string())?;
    let statement = Statement::parse(leaf.payload).map_err(|error| error.code().to_owned())?;
    if statement.authored.key != leaf.key {
        return Err("leaf.other-key".to_owned());
    }
    let verifiers = VerifierCache::with_limit(1);
    let origin = &opened.checkpoint.origin;
    statement
        .verify(leaf.payload, leaf.signature, origin, &verifiers)
        .map_err(|error| error.code().to_owned())?;
    let authored = &statement.authored;
    Ok(json!({
        "type": authored.act.type_name(),
        "id": authored.id,
        "author": authored.author,
        "key": KeyId(authored.key.0),
        "recorded_at": leaf.recorded_at,
        "body": authored.act,
    }))
}

fn tell(
    app: &App,
    receipt: &Receipt,
    entry: &[u8],
    opened: &Opened,
    act: &Value,
) -> Result<(), Failure> {
    let cosigned = opened.cosigned.iter();
    if app.output.json {
        let cosigned: Vec<Value> =
            cosigned.map(|(witness, time)| json!({"witness": witness, "time": time})).collect();
        return app.output.json(&json!({
            "position": receipt.index,
            "leaf": Hash(leaf_hash(entry)),
            "act": act,
            "origin": opened.checkpoint.origin,
            "size": opened.checkpoint.size,
            "root": Hash(opened.checkpoint.root),
            "cosigned": cosigned,
        }));
    }
    let lang = app.lang();
    let text = |name: &str| act.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    app.output.say(lang.pick(
        "Reçu valable : cet acte est au journal.",
        "The receipt holds: this act is in the log.",
    ))?;
    let witnesses: Vec<String> = cosigned
        .map(|(name, time)| {
            let ms = i64::try_from(time.saturating_mul(1_000)).unwrap_or(i64::MAX);
            format!("{name} ({})", when::show(ms))
        })
        .collect();
    let witnesses = if witnesses.is_empty() { "-".to_owned() } else { witnesses.join(", ") };
    let recorded_at = act.get("recorded_at").and_then(Value::as_i64).map(when::show);
    let body = act.get("body").map(Value::to_string).unwrap_or_default();
    let rows = [
        (lang.pick("acte", "act"), labels::act(lang, &text("type"))),
        (lang.pick("contenu", "content"), body),
        (lang.pick("auteur·rice", "author"), text("author")),
        (lang.pick("clé", "key"), text("key")),
        (lang.pick("position", "position"), receipt.index.to_string()),
        (lang.pick("enregistré le", "recorded"), recorded_at.unwrap_or_default()),
        (lang.pick("journal", "log"), opened.checkpoint.origin.clone()),
        (lang.pick("signé à la taille", "signed at size"), opened.checkpoint.size.to_string()),
        (lang.pick("témoins", "witnesses"), witnesses),
    ];
    app.output.pairs(rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Runs `audit fork`.
pub(crate) fn fork(app: &App, args: &ForkArgs) -> Result<(), Failure> {
    let trust = TrustArgs { vkey: Some(args.vkey.clone()), witnesses: Vec::new(), quorum: None };
    let log = trust.policy(None)?.log;
    let shown = match args.files.as_slice() {
        [one] => {
            let fork = Fork::parse(&read(one, FORK_BYTES_MAX)?).map_err(in_audit(one))?;
            fork.verify(&log).map_err(in_audit(one))?
        }
        [a, b] => {
            let (earlier, later) = (checkpoint(a, &log)?, checkpoint(b, &log)?);
            // Of two sizes, the checkpoints alone say nothing: the proof takes the tree.
            Fork::of_same_size(&earlier, &later, &log)
                .and_then(|fork| fork.verify(&log))
                .map_err(in_audit(b))?
        }
        _ => return Err(Failure::new("usage.arguments")),
    };
    let hash = |root| Hash(root).to_string();
    if app.output.json {
        return app.output.json(&json!({
            "fork": true,
            "origin": shown.smaller.origin,
            "smaller": {"size": shown.smaller.size, "root": hash(shown.smaller.root)},
            "larger": {"size": shown.larger.size, "root": hash(shown.larger.root)},
        }));
    }
    let lang = app.lang();
    app.output.say(lang.pick(
        "Bifurcation prouvée : ce journal a signé deux histoires qui se contredisent.",
        "Fork proven: this log has signed two histories that contradict each other.",
    ))?;
    app.output.pairs(vec![
        (lang.pick("journal", "log").to_owned(), shown.smaller.origin.clone()),
        (shown.smaller.size.to_string(), hash(shown.smaller.root)),
        (shown.larger.size.to_string(), hash(shown.larger.root)),
    ])
}

fn checkpoint(path: &Path, log: &VerifierKey) -> Result<String, Failure> {
    let bytes = read(path, FORK_BYTES_MAX)?;
    let opened = Policy::of_log(log.clone()).open(&bytes).map_err(in_audit(path))?;
    Ok(opened.note.to_string())
}
