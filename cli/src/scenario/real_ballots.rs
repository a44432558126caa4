//! A real ballot file as an instance: one member with one key casts each ballot as a signed act.

use super::convention::{Held, slug};
use super::{Person, ScriptError, Stage, line, sign_all};
use archipel_domain::counting::{MethodSpec, Outcome, Paper, marks, points};
use archipel_domain::entity::Kind;
use archipel_domain::id::Slug;
use archipel_domain::time::Timestamp;
use archipel_domain::vote::{
    BallotOption, BallotPaper, CastBallot, Choice, ElectorateRule, OpenVote, tally_hash,
};
use archipel_engine::audit::{AuditReport, audit};
use archipel_engine::ballot_file::{BallotFile, Ballots};
use archipel_engine::clock::Clock as _;
use archipel_engine::store::StoreOptions;
use std::collections::BTreeMap;
use std::path::Path;

/// Most ballots that are cast one by one.
pub(crate) const BALLOTS_MAX: u64 = 200_000;

/// What came of it.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Recast {
    pub(crate) voters: usize,
    pub(crate) held: Held,
    /// Whether the outcome declared in the log is the one counted straight from the file.
    pub(crate) equals_file: bool,
    pub(crate) audit: AuditReport,
}

/// Plays the file: members, one vote, their ballots, the closing, the audit.
pub(crate) fn play(
    dir: &Path,
    file: &BallotFile,
    ballots: &Ballots,
    method: &MethodSpec,
    from_file: &Outcome,
    seed: u64,
) -> Result<Recast, ScriptError> {
    let cast: u64 = ballots.iter().map(|(times, _)| *times).sum();
    if cast > BALLOTS_MAX || file.profiles.is_some() {
        let what = format!("a file of at most {BALLOTS_MAX} single ballots is needed");
        return Err(ScriptError::Write(what));
    }
    let rows = ballots.iter().flat_map(|(times, ballot)| {
        std::iter::repeat_n(ballot.0.as_slice(), usize::try_from(*times).unwrap_or(0))
    });
    let rows: Vec<&[u8]> = rows.collect();
    let origin = "bulletins.archipel.example/fichier";
    let mut stage = Stage::found(dir, origin, "Bulletins", seed, StoreOptions::default())?;
    let people = stage.admit(rows.len(), &[])?;
    let ids: Vec<Slug> = (1..=file.options.len())
        .map(|number| slug(&format!("o{number}")))
        .collect::<Result<_, _>>()?;
    let vote = OpenVote {
        title: line("Bulletins du fichier"),
        question: None,
        options: options(file, &ids),
        method: method.clone(),
        electorate: ElectorateRule::Members,
        opens_at: None,
        closes_at: stage.clock.now().plus_ms(Timestamp::DAY_MS),
    };
    let id = stage.as_founder(vote)?.id;
    cast_all(&mut stage, &people, &rows, method, &ids, id)?;
    stage.clock.advance_ms(Timestamp::DAY_MS);
    stage.engine.tick();
    let world = stage.engine.views().latest().world;
    let missing = || ScriptError::Write("the vote has no outcome".to_owned());
    let index = world.directory.by_uuid(Kind::Vote, id.0).ok_or_else(missing)?;
    let vote = world.tables.votes.get(index).ok_or_else(missing)?;
    let declared = vote.declared.as_ref().ok_or_else(missing)?;
    let held = Held {
        vote: id,
        title: vote.title.as_ref().map(ToString::to_string).unwrap_or_default(),
        eligible: vote.electorate.eligible,
        tally: declared.tally,
        outcome: declared.outcome.clone(),
    };
    let engine = &stage.engine;
    Ok(Recast {
        voters: people.len(),
        equals_file: tally_hash(from_file) == declared.tally,
        held,
        audit: audit(engine.store().as_ref(), engine.origin(), &mut |_, _| {})?,
    })
}

fn options(file: &BallotFile, ids: &[Slug]) -> Vec<BallotOption> {
    let named = file.options.iter().zip(ids);
    let option = |(label, id): (&String, &Slug)| BallotOption {
        id: id.clone(),
        label: line(label),
        proposal: None,
        version: None,
    };
    named.map(option).collect()
}

fn cast_all(
    stage: &mut Stage,
    people: &[Person],
    rows: &[&[u8]],
    method: &MethodSpec,
    ids: &[Slug],
    vote: archipel_domain::id::StatementId,
) -> Result<(), ScriptError> {
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Vote, vote.0).unwrap_or(u32::MAX);
    let frozen = world.tables.votes.get(index);
    let terms = frozen.map(|vote| vote.terms.0);
    let terms = terms.ok_or_else(|| ScriptError::Write("the vote is not open".to_owned()))?;
    let mut drafts = Vec::with_capacity(rows.len());
    for (person, row) in people.iter().zip(rows) {
        let act = CastBallot { vote, terms, paper: paper(method, ids, row) };
        drafts.push((person, stage.draft(&person.member, None, act.into())));
    }
    let signed = sign_all(&stage.origin, drafts.iter().map(|(person, draft)| (*person, draft)))?;
    stage.play(signed)
}

/// A row of marks, in the words of a ballot.
fn paper(method: &MethodSpec, ids: &[Slug], row: &[u8]) -> BallotPaper {
    if marks::is_blank(method, row) {
        return BallotPaper::Blank;
    }
    let marked = ids.iter().zip(row);
    match method.paper() {
        Paper::Grades => {
            let grades = method.grades().map(|(grades, _)| grades).unwrap_or_default();
            let grade = |mark: u8| grades.get(usize::from(mark.checked_sub(marks::WORST_GRADE)?));
            let given = marked.filter_map(|(id, mark)| Some((id.clone(), grade(*mark)?.clone())));
            BallotPaper::Grades(given.collect::<BTreeMap<_, _>>())
        }
        Paper::Ranks => {
            let mut ranks: BTreeMap<u8, Vec<Slug>> = BTreeMap::new();
            for (id, mark) in marked.filter(|(_, mark)| **mark != marks::UNRANKED) {
                ranks.entry(*mark).or_default().push(id.clone());
            }
            BallotPaper::Ranks(ranks.into_values().collect())
        }
        Paper::Points => {
            let points = ids.iter().zip(points::columns(row));
            let given = points.filter_map(|(id, points)| Some((id.clone(), points.ok()??)));
            BallotPaper::Points(given.collect())
        }
        Paper::Choice => BallotPaper::Choice(match row.first() {
            Some(&marks::FOR) => Choice::For,
            Some(&marks::AGAINST) => Choice::Against,
            _ => Choice::Abstain,
        }),
        Paper::Approvals => {
            let approved = marked.filter(|(_, mark)| **mark == marks::APPROVED);
            BallotPaper::Approve(approved.map(|(id, _)| id.clone()).collect())
        }
    }
}
