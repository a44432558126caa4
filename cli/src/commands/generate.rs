//! `archipel generate`: a large signed log, made through the real `submit`, for measurements.

use crate::failure::Failure;
use crate::output::{Output, progress};
use crate::scenario::bulk::{self, Amounts, Generated};
use archipel_engine::store::{Durability, StoreOptions};
use std::path::PathBuf;

/// Make a large signed log in a new directory, for measurements.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArgs {
    /// The new directory.
    pub(crate) dir: PathBuf,
    /// Members admitted, each with a key.
    #[arg(long, default_value_t = 1_000)]
    members: usize,
    /// Ballots cast, re-votes included; one vote for each 10,000.
    #[arg(long, default_value_t = 10_000)]
    ballots: usize,
    /// Moves posted; a quarter of them touch one account.
    #[arg(long, default_value_t = 10_000)]
    moves: usize,
    /// The same seed makes the same log, byte for byte.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Also measure strict verification alone beside each part, and give the share of it reached.
    #[arg(long)]
    limit: bool,
    /// Skip the real fsync, to measure what it costs. Such a log does not survive a power cut.
    #[arg(long)]
    no_fsync: bool,
}

/// Runs the command.
pub(crate) fn run(output: Output, args: &GenerateArgs) -> Result<(), Failure> {
    if args.members < 2 {
        return Err(Failure::with("usage.value", "--members 2"));
    }
    let amounts = Amounts {
        members: args.members,
        ballots: args.ballots,
        moves: args.moves,
        seed: args.seed,
        limit: args.limit,
    };
    let durability = if args.no_fsync { Durability::FlushOnly } else { Durability::Full };
    let store = StoreOptions { durability, ..StoreOptions::default() };
    let total = args.ballots.saturating_add(args.moves) as u64;
    let bar = progress(output, total, output.lang.pick("actes", "acts"));
    let report = bulk::generate(&args.dir, &amounts, store, &|done| bar.set_position(done))?;
    bar.finish_and_clear();
    if output.json {
        return output.json(&serde_json::to_value(&report).unwrap_or_default());
    }
    show(output, &report)
}

fn show(output: Output, report: &Generated) -> Result<(), Failure> {
    let lang = output.lang;
    let mut rows = vec![
        (lang.pick("membres", "members"), report.members.to_string()),
        (lang.pick("votes", "votes"), report.votes.to_string()),
        (lang.pick("bulletins", "ballots"), report.ballots.to_string()),
        (lang.pick("mouvements", "moves"), report.moves.to_string()),
        (lang.pick("actes au journal", "acts in the log"), report.events.to_string()),
        (lang.pick("racine", "root"), report.root.clone()),
        (lang.pick("signature (s)", "signing (s)"), format!("{:.1}", report.sign_seconds)),
        (lang.pick("ingestion (s)", "ingest (s)"), format!("{:.1}", report.ingest_seconds)),
        (
            lang.pick("actes par seconde", "acts a second"),
            format!("{:.0}", report.ingest_per_second),
        ),
    ];
    if let Some(share) = report.share_of_limit {
        let name = lang.pick("part de la vérification seule", "share of verification alone");
        rows.push((name, format!("{:.0} %", share * 100.0)));
    }
    output.pairs(rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
