//! A large signed log for measurements: members, ballots with re-votes, and moves of which a
//! quarter touch one hot account.

use super::{Numbers, Person, ScriptError, Stage, line, sign_all};
use archipel_domain::act::Act;
use archipel_domain::counting::MethodSpec;
use archipel_domain::counting::yes_no::{Majority, Rule};
use archipel_domain::id::{Hash, Slug, StatementId};
use archipel_domain::ledger::{
    DefineUnit, OpenAccount, Owner, PostLeg, PostMove, UnitCode, UnitKind,
};
use archipel_domain::role::FOUNDING_ROLE;
use archipel_domain::time::Timestamp;
use archipel_domain::vote::{
    BallotOption, BallotPaper, CastBallot, Choice, ElectorateRule, OpenVote,
};
use archipel_engine::crypto::Domain;
use archipel_engine::log::statement::{Draft, Signed, Statement};
use archipel_engine::sequencer::SubmitError;
use archipel_engine::store::StoreOptions;
use ed25519_dalek::VerifyingKey;
use rayon::prelude::*;
use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

/// Statements signed ahead of each timed ingest.
const CHUNK: usize = 131_072;
/// Statements in one submission.
const SUBMISSION: usize = 2_048;
/// Submissions under way at once.
const UNDER_WAY: usize = 6;
/// Ballots per vote: re-votes included.
const BALLOTS_PER_VOTE: usize = 10_000;
/// Signatures checked to measure the limit, for each chunk.
const LIMIT_SAMPLE: usize = 32_768;

/// How much to make.
pub(crate) struct Amounts {
    pub(crate) members: usize,
    pub(crate) ballots: usize,
    pub(crate) moves: usize,
    pub(crate) seed: u64,
    /// Whether to measure the limit of strict verification beside each chunk.
    pub(crate) limit: bool,
}

/// What was made, and how fast. Rates are for reading, never for a test.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Generated {
    pub(crate) members: usize,
    pub(crate) votes: usize,
    pub(crate) ballots: usize,
    pub(crate) moves: usize,
    pub(crate) events: u64,
    pub(crate) root: String,
    pub(crate) state_hashes: std::collections::BTreeMap<String, Hash>,
    pub(crate) sign_seconds: f64,
    pub(crate) ingest_seconds: f64,
    pub(crate) ingested: u64,
    pub(crate) ingest_per_second: f64,
    /// Strict verification alone, one by one, on all cores: the median over the chunks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verify_limit_per_second: Option<f64>,
    /// Median over the chunks of ingest rate / limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share_of_limit: Option<f64>,
    pub(crate) leaf_bytes: u64,
    pub(crate) peak_rss_bytes: u64,
}

/// Makes the log in a new directory; `progress` is told how many statements are in.
pub(crate) fn generate(
    dir: &Path,
    amounts: &Amounts,
    store: StoreOptions,
    progress: &dyn Fn(u64),
) -> Result<Generated, ScriptError> {
    let origin = "mesure.archipel.example/bulk";
    let mut stage = Stage::found(dir, origin, "Mesure", amounts.seed, store)?;
    let people = stage.admit(amounts.members, &[])?;
    let votes = open_votes(&mut stage, amounts.ballots.div_ceil(BALLOTS_PER_VOTE))?;
    let accounts = if amounts.moves > 0 { open_accounts(&mut stage, &people)? } else { vec![] };
    let mut report = Generated {
        members: people.len(),
        votes: votes.len(),
        ballots: amounts.ballots,
        moves: amounts.moves,
        ..Generated::default()
    };
    let mut left = (amounts.ballots, amounts.moves);
    let (mut limits, mut shares) = (Vec::new(), Vec::new());
    while left.0 + left.1 > 0 {
        let started = Instant::now();
        let signed = next_chunk(&mut stage, &people, &votes, &accounts, &mut left)?;
        report.sign_seconds += started.elapsed().as_secs_f64();
        let limit = amounts.limit.then(|| verify_limit(&signed));
        report.leaf_bytes += signed.iter().map(|s| s.payload.len() as u64 + 114).sum::<u64>();
        let count = signed.len();
        let seconds = ingest(&stage, signed)?;
        report.ingest_seconds += seconds;
        report.ingested += count as u64;
        if let Some(limit) = limit {
            limits.push(limit);
            // A short last chunk measures the filling of the pipeline, not its rate.
            if count == CHUNK {
                shares.push(rate(count, seconds) / limit);
            }
        }
        progress(report.ingested);
    }
    report.ingest_per_second = rate(amounts.ballots + amounts.moves, report.ingest_seconds);
    report.verify_limit_per_second = median(limits);
    report.share_of_limit = median(shares);
    report.peak_rss_bytes = peak_rss_bytes();
    let shown = stage.engine.views().latest();
    report.events = shown.world.position;
    report.root = shown.root.to_string();
    for view in archipel_domain::world::View::ALL {
        report.state_hashes.insert(view.name().to_owned(), shown.world.state_hash(view));
    }
    Ok(report)
}

#[expect(clippy::cast_precision_loss, reason = "rates are for reading")]
fn rate(count: usize, seconds: f64) -> f64 {
    count as f64 / seconds.max(1e-9)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn slug(text: &str) -> Result<Slug, ScriptError> {
    text.parse().map_err(|_| ScriptError::Write(format!("{text} is no slug")))
}

fn open_votes(stage: &mut Stage, count: usize) -> Result<Vec<(StatementId, Hash)>, ScriptError> {
    let closes_at = super::BEGIN.plus_ms(360 * Timestamp::DAY_MS);
    let mut drafts = Vec::with_capacity(count);
    let author = stage.founder.member;
    for number in 0..count {
        let act = OpenVote {
            title: line(&format!("Vote {number}")),
            question: None,
            options: vec![BallotOption {
                id: slug("texte")?,
                label: line(&format!("Texte {number}")),
                proposal: None,
                version: None,
            }],
            method: MethodSpec::YesNo { rule: Rule { quorum: None, majority: Majority::Simple } },
            electorate: ElectorateRule::Members,
            opens_at: None,
            closes_at,
        };
        drafts.push(stage.draft(&author, Some(stage.mandate), act.into()));
    }
    let signed = sign_all(&stage.origin, drafts.iter().map(|draft| (&stage.founder, draft)))?;
    let terms = signed.iter().map(|signed| Hash::of(&signed.payload));
    let votes = drafts.iter().map(|draft| draft.id).zip(terms).collect();
    stage.play(signed)?;
    Ok(votes)
}

/// A time account for every member, and one of a common pot that a quarter of the moves touch.
fn open_accounts(stage: &mut Stage, people: &[Person]) -> Result<Vec<Slug>, ScriptError> {
    let unit: UnitCode =
        "MIN".parse().map_err(|_| ScriptError::Write("MIN is no unit".to_owned()))?;
    let define =
        DefineUnit { unit: unit.clone(), name: line("Minutes"), scale: 0, kind: UnitKind::Time };
    stage.as_founder(define)?;
    let author = stage.founder.member;
    let mut drafts = Vec::with_capacity(people.len() + 1);
    let mut accounts = Vec::with_capacity(people.len() + 1);
    let owners = people.iter().map(|person| Some(person.member));
    for (number, owner) in owners.chain([None]).enumerate() {
        let account = slug(&owner.map_or("pot".to_owned(), |_| format!("temps:{number}")))?;
        let act = OpenAccount {
            account: account.clone(),
            unit: unit.clone(),
            owner: owner.map_or(Owner::Fund, Owner::Member),
            steward: owner.is_none().then(|| slug(FOUNDING_ROLE)).transpose()?,
            floor: Some(-1_000_000_000_000),
            ceiling: None,
        };
        accounts.push(account);
        drafts.push(stage.draft(&author, Some(stage.mandate), act.into()));
    }
    stage.play(sign_all(&stage.origin, drafts.iter().map(|draft| (&stage.founder, draft)))?)?;
    Ok(accounts)
}

/// The next statements: ballots and moves in turn, as long as there are any.
fn next_chunk(
    stage: &mut Stage,
    people: &[Person],
    votes: &[(StatementId, Hash)],
    accounts: &[Slug],
    left: &mut (usize, usize),
) -> Result<Vec<Signed>, ScriptError> {
    let unit: UnitCode =
        "MIN".parse().map_err(|_| ScriptError::Write("MIN is no unit".to_owned()))?;
    let total = CHUNK.min(left.0 + left.1);
    let mut drafts: Vec<(usize, Draft)> = Vec::with_capacity(total);
    while drafts.len() < total {
        if drafts.len().is_multiple_of(64) {
            stage.clock.advance_ms(1);
        }
        let who = stage.numbers.below(people.len());
        let Some(person) = people.get(who) else { break };
        let ballot = left.1 == 0 || (left.0 > 0 && drafts.len().is_multiple_of(2));
        let act = if ballot {
            left.0 -= 1;
            ballot_act(&mut stage.numbers, votes)
        } else {
            left.1 -= 1;
            move_act(&mut stage.numbers, accounts, who, &unit)
        };
        let Some(act) = act else { break };
        drafts.push((who, stage.draft(&person.member, None, act)));
    }
    let pairs = drafts.iter().filter_map(|(who, draft)| Some((people.get(*who)?, draft)));
    sign_all(&stage.origin, pairs)
}

fn ballot_act(numbers: &mut Numbers, votes: &[(StatementId, Hash)]) -> Option<Act> {
    let (vote, terms) = *votes.get(numbers.below(votes.len()))?;
    let choice = match numbers.below(10) {
        0..=4 => Choice::For,
        5..=8 => Choice::Against,
        _ => Choice::Abstain,
    };
    Some(CastBallot { vote, terms, paper: BallotPaper::Choice(choice) }.into())
}

fn move_act(numbers: &mut Numbers, accounts: &[Slug], from: usize, unit: &UnitCode) -> Option<Act> {
    let pot = accounts.len().checked_sub(1)?;
    let mut to = if numbers.below(4) == 0 { pot } else { numbers.below(pot) };
    if to == from {
        to = pot;
    }
    let amount = i64::try_from(numbers.below(240)).ok()?.saturating_add(1);
    let leg = |account: usize, amount: i64| {
        Some(PostLeg { account: accounts.get(account)?.clone(), amount, unit: unit.clone() })
    };
    let legs = vec![leg(from, -amount)?, leg(to, amount)?];
    Some(PostMove { label: line("Coup de main"), legs }.into())
}

/// Submits everything with a few submissions under way; answers with the seconds until the last
/// one was durable.
fn ingest(stage: &Stage, signed: Vec<Signed>) -> Result<f64, ScriptError> {
    let (sender, receiver) = mpsc::channel();
    let started = Instant::now();
    let mut under_way = 0;
    let mut rest = signed.into_iter().peekable();
    let check = |answers: Vec<Result<_, SubmitError>>| {
        let refused = answers.into_iter().find_map(Result::err);
        refused.map_or(Ok(()), |error| Err(ScriptError::Refused { id: StatementId(0), error }))
    };
    while rest.peek().is_some() || under_way > 0 {
        if rest.peek().is_some() && under_way < UNDER_WAY {
            let part: Vec<Signed> = rest.by_ref().take(SUBMISSION).collect();
            let sender = sender.clone();
            let reply = move |answers| {
                // The receiver lives until every answer is in.
                let _ = sender.send(answers);
            };
            stage.engine.submit(part, Box::new(reply));
            under_way += 1;
        } else if let Ok(answers) = receiver.recv() {
            under_way -= 1;
            check(answers)?;
        }
    }
    Ok(started.elapsed().as_secs_f64())
}

/// Strict verifications a second, one by one on all cores, keys held decompressed: the library's
/// own function, whatever ours saves.
pub(crate) fn verify_limit(signed: &[Signed]) -> f64 {
    let sample: Vec<(VerifyingKey, &Signed)> = signed
        .par_iter()
        .take(LIMIT_SAMPLE)
        .filter_map(|signed| {
            let key = Statement::parse(&signed.payload).ok()?.authored.key;
            Some((VerifyingKey::from_bytes(&key.0).ok()?, signed))
        })
        .collect();
    let started = Instant::now();
    let verified = sample
        .par_iter()
        .with_min_len(8)
        .map_init(Vec::new, |buffer, (key, signed)| {
            let signature = ed25519_dalek::Signature::from_bytes(&signed.signature);
            Domain::Statement.message_into(&signed.payload, buffer);
            key.verify_strict(buffer, &signature).is_ok()
        })
        .filter(|verified| *verified)
        .count();
    rate(verified, started.elapsed().as_secs_f64())
}

/// The most memory that this process has held, in bytes; 0 where the system does not tell.
pub(crate) fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0).saturating_mul(1024)
}
