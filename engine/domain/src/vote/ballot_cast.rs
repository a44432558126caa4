//! `ballot.cast/1`

use super::{Vote, Votes, check_voter, find, procedure};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::counting::marks::{self, MarkError};
use crate::counting::{MethodSpec, Paper, points};
use crate::entity::{EntityRef, Kind};
use crate::fact::{Recorded, Short};
use crate::id::{Hash, Slug, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A choice in a yes/no vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// For the text.
    For,
    /// Against it.
    Against,
    /// Neither, on purpose.
    Abstain,
}

/// What a ballot says, in the words of the vote's method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BallotPaper {
    /// Nothing: a blank ballot, in any method.
    Blank,
    /// In a yes/no vote.
    Choice(Choice),
    /// In a vote by approvals: ids of the options approved.
    Approve(Vec<Slug>),
    /// In a judgment: the name of a grade for each option id.
    Grades(BTreeMap<Slug, String>),
    /// In a count of rankings: ids of options, best first; those of one list share a rank.
    Ranks(Vec<Vec<Slug>>),
    /// In a vote by points: the points of each option id.
    Points(BTreeMap<Slug, i32>),
}

/// Casts a ballot; the author's last valid one before the closing counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CastBallot {
    /// Which vote.
    pub vote: StatementId,
    /// The terms that the voter read: SHA-256 of the vote's opening statement.
    pub terms: Hash,
    /// What the ballot says.
    pub paper: BallotPaper,
}

/// A ballot was cast.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BallotCast {
    /// Number of the vote.
    pub vote: u32,
    /// Number of the voter.
    pub voter: u32,
    /// Marks in the encoding of `counting::marks`.
    pub row: Short<u8, 16>,
}

impl Command for CastBallot {
    type Event = BallotCast;

    fn decide(self, cx: &Cx<'_>) -> Result<BallotCast, Rejection> {
        let voter = cx.member()?;
        let (index, vote) = find(cx, self.vote)?;
        let method = vote.method.as_ref().ok_or(Votes::VoteUnknown)?;
        vote.check_open(cx.at)?;
        check_voter(cx, index, vote, voter)?;
        if self.terms != vote.terms.0 {
            return Err(Votes::OtherTerms.into());
        }
        let row = mark(vote, method, &self.paper)?;
        marks::check(method, vote.options.len(), &row).map_err(|error| match error {
            MarkError::TooManyChoices { .. } => Votes::TooManyChoices,
            MarkError::Ungraded { .. } => Votes::Ungraded,
            MarkError::EqualRanks => Votes::EqualRanks,
            MarkError::PointsOutOfRange { .. } => Votes::PointsOutOfRange,
            MarkError::TooManyPoints { .. } => Votes::TooManyPoints,
            MarkError::Width | MarkError::UnknownMark { .. } => Votes::OtherMethod,
        })?;
        if let MethodSpec::Consent { .. } = method {
            if row.first() == Some(&marks::AGAINST) {
                return Err(Votes::ReasonNeeded.into());
            }
            let all = &procedure(cx.world, index).objections;
            if all.iter().any(|one| one.author == voter && one.state.stands()) {
                return Err(Votes::ObjectionStands.into());
            }
        }
        Ok(BallotCast { vote: index, voter, row })
    }
}

/// Writes the paper down as a row of marks.
fn mark(vote: &Vote, method: &MethodSpec, paper: &BallotPaper) -> Result<Short<u8, 16>, Votes> {
    let width = marks::width(method, vote.options.len());
    let unmarked = match method.paper() {
        Paper::Choice => marks::BLANK,
        Paper::Approvals => marks::NOT_APPROVED,
        Paper::Grades => marks::UNGRADED,
        Paper::Ranks => marks::UNRANKED,
        Paper::Points => return mark_points(vote, method, paper),
    };
    let mut row: Short<u8, 16> = std::iter::repeat_n(unmarked, width).collect();
    let mut put = |id: &Slug, mark: u8| {
        let place = column(vote, id).and_then(|column| row.0.get_mut(column));
        place.map(|place| *place = mark).ok_or(Votes::OptionUnknown)
    };
    match (method.paper(), paper) {
        (_, BallotPaper::Blank) => {}
        (Paper::Choice, BallotPaper::Choice(choice)) => {
            let mark = match choice {
                Choice::For => marks::FOR,
                Choice::Against => marks::AGAINST,
                Choice::Abstain => marks::ABSTAIN,
            };
            row.0.fill(mark);
        }
        (Paper::Approvals, BallotPaper::Approve(options)) => {
            options.iter().try_for_each(|id| put(id, marks::APPROVED))?;
        }
        (Paper::Grades, BallotPaper::Grades(given)) => {
            let (grades, _) = method.grades().ok_or(Votes::OtherMethod)?;
            // Every option is looked up before any grade.
            given.keys().try_for_each(|id| put(id, unmarked))?;
            for (id, name) in given {
                let grade = grades.iter().position(|grade| grade == name);
                let grade = grade.and_then(|grade| u8::try_from(grade).ok());
                let mark = grade.and_then(marks::grade_mark).ok_or(Votes::GradeUnknown)?;
                put(id, mark)?;
            }
        }
        (Paper::Ranks, BallotPaper::Ranks(ranks)) => {
            let mut ranked = std::collections::BTreeSet::new();
            for (rank, ids) in ranks.iter().filter(|ids| !ids.is_empty()).enumerate() {
                let mark = marks::rank_mark(rank).ok_or(Votes::OptionUnknown)?;
                for id in ids {
                    put(id, mark)?;
                    if !ranked.insert(id) {
                        return Err(Votes::RankedTwice);
                    }
                }
            }
        }
        _ => return Err(Votes::OtherMethod),
    }
    Ok(row)
}

fn column(vote: &Vote, id: &Slug) -> Option<usize> {
    vote.options.iter().position(|option| option.id == *id)
}

/// Writes points down: no points for 0, where that is the same.
fn mark_points(
    vote: &Vote,
    method: &MethodSpec,
    paper: &BallotPaper,
) -> Result<Short<u8, 16>, Votes> {
    let limits = method.points().ok_or(Votes::OtherMethod)?;
    let mut points = vec![None; vote.options.len()];
    match paper {
        BallotPaper::Blank => {}
        BallotPaper::Points(given) => {
            for (id, given) in given {
                let place = column(vote, id).and_then(|column| points.get_mut(column));
                let place = place.ok_or(Votes::OptionUnknown)?;
                *place = Some(*given).filter(|given| *given != 0 || !limits.zero_is_none);
            }
        }
        _ => return Err(Votes::OtherMethod),
    }
    let mut row = Short::default();
    for points in points {
        row.0.extend(points::mark(points).ok_or(Votes::PointsOutOfRange)?);
    }
    Ok(row)
}

impl Event for BallotCast {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    /// Ballots are kept apart from the vote's own state (`Ballots`).
    fn entities(&self, _: &mut dyn FnMut(EntityRef)) {}

    fn evolve(&self, _: u32, _: EntityMut<'_>, _: &Recorded<'_>) {}
}
