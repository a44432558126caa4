//! Votes: what is opened, the ballots, the closing, and the outcome.

mod ballot_cast;
mod ballots;
mod consent_amended;
mod decision_reviewed;
mod dissent;
mod follow_up;
mod lot_drawn;
mod objection;
mod opened_under_rules;
mod opinion;
mod outcome_declared;
mod outcome_under_rules;
mod procedure;
mod questions_opened;
pub mod rules;
pub mod settle;
mod tie_broken;
mod vote_closed;
mod vote_opened;

pub use ballot_cast::{BallotCast, BallotPaper, CastBallot, Choice};
pub use ballots::{BallotBox, Ballots};
pub use consent_amended::{AmendConsent, ConsentAmended};
pub use decision_reviewed::{DecisionReviewed, ReviewDecision};
pub use dissent::{AttachDissent, DissentJoined, JoinDissent};
pub use lot_drawn::{DrawLot, seed};
pub use objection::{
    Answer, AnswerObjection, MaintainObjection, ObjectionChanged, ObjectionRaised, Position,
    RaiseObjection, WithdrawObjection,
};
pub use opened_under_rules::{OpenVoteUnderRules, VoteOpenedUnderRules};
pub use opinion::{AttachReasons, OpinionAttached};
pub use outcome_declared::{DeclareOutcome, OutcomeDeclared};
pub use outcome_under_rules::{DeclareUnderRules, DeclaredUnderRules};
pub use procedure::{
    Objection, ObjectionState, Opinion, Procedure, Review, Sheet, TieBreak, TieBreaker, Verdict,
    procedure,
};
pub use questions_opened::{OpenQuestions, Question, QuestionsOpened, question_id};
pub use tie_broken::{BreakTie, TieBroken};
pub use vote_closed::{CloseVote, VoteClosed};
pub use vote_opened::{BallotOption, ElectorateRule, OpenVote, VoteOpened};

use crate::authority::Cx;
use crate::counting::{self, CountError, MethodSpec, Outcome, Tally};
use crate::delegation::{self, Represented};
use crate::entity::Kind;
use crate::id::{Hash, Line, Prose, Slug, StatementId};
use crate::membership::Member;
use crate::rejection::rejections;
use crate::role::FrozenSubject;
use crate::time::Timestamp;
use crate::world::World;
use bincode::{Decode, Encode};
use std::collections::BTreeSet;

rejections! {
    /// Refusals of the votes context, in order of precedence.
    Votes {
        /// There is no such vote.
        VoteUnknown => "vote.unknown",
        /// The vote closes before it opens, in the past, or after more than [`VOTE_DAYS_MAX`].
        Calendar => "vote.calendar",
        /// Fewer than two questions, or more than [`QUESTIONS_MAX`].
        QuestionCount => "vote.question-count",
        /// More options than [`OPTIONS_MAX`].
        TooManyOptions => "vote.too-many-options",
        /// The method's parameters or the options do not go together.
        Method => "vote.method",
        /// Two options share an id.
        OptionTwice => "vote.option-twice",
        /// An option names a proposal without its version, or a version without its proposal.
        VersionMissing => "vote.version-missing",
        /// There is no such proposal.
        ProposalUnknown => "vote.proposal-unknown",
        /// The proposal is withdrawn, adopted, or in another open vote.
        ProposalNotOpen => "vote.proposal-not-open",
        /// The version named is not the proposal's current one.
        VersionStale => "vote.version-stale",
        /// There is no such group.
        GroupUnknown => "vote.group-unknown",
        /// Nobody could vote.
        NobodyEligible => "vote.nobody-eligible",
        /// The rules do not go with the method or the options, or exceed a limit.
        Rules => "vote.rules",
        /// The vote to be followed is not declared, its outcome does not call for it, or another
        /// vote followed it already.
        NotFollowable => "vote.not-followable",
        /// The options are not those that the vote to be followed leaves open.
        FollowOptions => "vote.follow-options",
        /// The vote has not begun.
        NotYetOpen => "ballot.not-yet-open",
        /// The vote is closed: its deadline is past.
        Closed => "ballot.vote-closed",
        /// The member is not in the frozen electorate.
        NotEligible => "ballot.not-eligible",
        /// It is the member's own recall.
        OwnRecall => "ballot.own-recall",
        /// The ballot was made for other terms (text, rules, electorate) than the vote's.
        OtherTerms => "ballot.other-terms",
        /// The paper is not one of the vote's method.
        OtherMethod => "ballot.other-method",
        /// There is no such option.
        OptionUnknown => "ballot.option-unknown",
        /// There is no such grade.
        GradeUnknown => "ballot.grade-unknown",
        /// An option is ranked twice.
        RankedTwice => "ballot.ranked-twice",
        /// Two options have one rank, and the method admits no equal ranks.
        EqualRanks => "ballot.equal-ranks",
        /// An option is given fewer or more points than allowed.
        PointsOutOfRange => "ballot.points-out-of-range",
        /// The points are more, all together, than allowed.
        TooManyPoints => "ballot.too-many-points",
        /// More options are approved than allowed.
        TooManyChoices => "ballot.too-many-choices",
        /// An option is not graded, in a vote that asks for all.
        Ungraded => "ballot.ungraded",
        /// The deadline is not reached.
        NotDue => "vote.not-due",
        /// The vote is closed already.
        AlreadyClosed => "vote.already-closed",
        /// The vote is still open.
        StillOpen => "outcome.still-open",
        /// The outcome is declared already.
        AlreadyDeclared => "outcome.already-declared",
        /// The declared tally is not that of the ballots in the log.
        TallyMismatch => "outcome.tally-mismatch",
        /// A vote with rules of its own is declared by `outcome.declared/2`, others by `/1`.
        OtherForm => "outcome.other-form",
        /// The outcome is not declared yet.
        NotDeclared => "outcome.not-declared",
        /// The text of the round was amended: it has no outcome, the next round has.
        Amended => "outcome.amended",
        /// The vote's rules deal with ties in another way.
        TieOtherPolicy => "tie.other-policy",
        /// The tie is broken already, or another vote followed.
        TieBroken => "tie.already-broken",
        /// There is no tie.
        NotTied => "tie.none",
        /// Not every tied option is named, or one of them twice, or one that does not exist.
        TieOptions => "tie.options",
        /// The secrets are not those that were committed to.
        LotSecrets => "lot.secrets",
        /// The vote is not a consent round.
        NotConsent => "consent.other-method",
        /// The round is on no proposal: there is no text to amend.
        NoText => "consent.no-text",
        /// An objection needs a reason: it is raised by an act of its own.
        ReasonNeeded => "objection.reason-needed",
        /// The member's objection stands: it is withdrawn first.
        ObjectionStands => "objection.stands",
        /// No objection of that member stands.
        ObjectionUnknown => "objection.unknown",
        /// The time for dissent and reasons is over.
        DissentLate => "dissent.too-late",
        /// There is no dissent by that member.
        DissentUnknown => "dissent.unknown",
        /// The member has attached, or joined, this dissent already.
        DissentTwice => "dissent.already-attached",
        /// The member has attached their reasons already.
        ReasonsTwice => "reasons.already-attached",
        /// The vote made no decision.
        DecisionNone => "decision.none",
        /// A review has ended the decision.
        DecisionEnded => "decision.ended",
        /// The next review is not in the future, or the decision ends.
        ReviewDate => "decision.review-date",
    }
}

/// Most options of a vote.
pub const OPTIONS_MAX: usize = 100;
/// Most questions that one statement opens.
pub const QUESTIONS_MAX: usize = 20;
/// Longest vote, in days.
pub const VOTE_DAYS_MAX: i64 = 366;

/// An option, as frozen at the opening.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FrozenOption {
    /// Its id on ballots.
    pub id: Slug,
    /// Its name for people, and in the outcome.
    pub label: Line,
    /// Number of the proposal and name of the version that it stands for.
    pub proposal: Option<(u32, Hash)>,
}

/// The electorate, as frozen at the opening.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Electorate {
    /// Numbers of the groups whose members may vote; every member when absent.
    pub groups: Option<Vec<u32>>,
    /// How many may vote.
    pub eligible: u64,
    /// SHA-256 over the sorted pseudonyms of all who may vote, 16 bytes each, big-endian.
    pub root: Hash32,
}

/// A hash whose default is all zeros, for states that start empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hash32(pub Hash);

impl Default for Hash32 {
    fn default() -> Self {
        Self(Hash([0; 32]))
    }
}

impl Electorate {
    fn includes(&self, member: &Member) -> bool {
        self.groups
            .as_ref()
            .is_none_or(|groups| groups.iter().any(|group| member.groups.contains(group)))
    }
}

/// The declared outcome of a vote.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Declared {
    /// SHA-256 of the outcome's canonical JSON.
    pub tally: Hash,
    /// The outcome.
    pub outcome: Outcome,
    /// Position of the declaration.
    pub position: u64,
}

/// A vote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Vote {
    /// Title for people.
    pub title: Option<Line>,
    /// The question.
    pub question: Option<Prose>,
    /// The options, in order.
    pub options: Vec<FrozenOption>,
    /// The method with its parameters.
    pub method: Option<MethodSpec>,
    /// Who may vote.
    pub electorate: Electorate,
    /// Position of the opening.
    pub opened: u64,
    /// First moment at which ballots count.
    pub opens_at: Timestamp,
    /// First moment at which ballots no longer count.
    pub closes_at: Timestamp,
    /// SHA-256 of the opening statement: text versions, method, electorate and calendar.
    pub terms: Hash32,
    /// Position of the closing.
    pub closed: Option<u64>,
    /// The outcome.
    pub declared: Option<Declared>,
}

impl Vote {
    /// Names of the options, as they are counted.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.options.iter().map(|option| option.label.to_string()).collect()
    }

    /// Whether a member was frozen into the electorate.
    #[must_use]
    pub fn includes(&self, member: &Member) -> bool {
        member.belonged_at(self.opened) && self.electorate.includes(member)
    }

    /// The option at a place.
    #[must_use]
    pub fn option(&self, column: u32) -> Option<&FrozenOption> {
        self.options.get(usize::try_from(column).ok()?)
    }

    /// Whether one text is adopted or not.
    fn is_on_one_text(&self) -> bool {
        matches!(self.method, Some(MethodSpec::YesNo { .. } | MethodSpec::Consent { .. }))
    }

    /// Whether it is answered by for or against, and counted so.
    pub(crate) fn is_yes_no(&self) -> bool {
        matches!(self.method, Some(MethodSpec::YesNo { .. }))
    }

    pub(crate) fn is_by_consent(&self) -> bool {
        matches!(self.method, Some(MethodSpec::Consent { .. }))
    }

    /// Whether positions are taken at that moment.
    fn check_open(&self, at: Timestamp) -> Result<(), Votes> {
        if at < self.opens_at {
            return Err(Votes::NotYetOpen);
        }
        if self.closed.is_some() || at >= self.closes_at { Err(Votes::Closed) } else { Ok(()) }
    }

    /// Whether the method has one winner.
    fn elects_one(&self) -> bool {
        let budget = matches!(self.method, Some(MethodSpec::Budget { .. }));
        !budget && self.method.as_ref().is_some_and(|method| method.seats() <= 1)
    }

    /// Whether two options are versions of one proposal.
    fn competing(&self) -> bool {
        let named: Vec<u32> =
            self.options.iter().filter_map(|option| Some(option.proposal?.0)).collect();
        let distinct: BTreeSet<&u32> = named.iter().collect();
        distinct.len() < named.len()
    }

    /// Whether an outcome is missing: not of a round whose text was amended.
    fn is_to_declare(&self, procedure: &Procedure) -> bool {
        self.closed.is_some() && self.declared.is_none() && procedure.amended_by.is_none()
    }

    fn declare(&mut self, tally: Hash, counts: &Tally, position: u64) {
        // The method and the counts are those that the decision has counted.
        let outcome = self.method.as_ref().and_then(|method| match counts {
            Tally::Brief(brief) => Some(brief.outcome(method.method(), &self.labels())),
            counts => counting::outcome(method, &self.labels(), counts).ok(),
        });
        self.declared = outcome.map(|outcome| Declared { tally, outcome, position });
    }
}

/// Checks that a member was frozen into the electorate of the vote with that number, and does not
/// stand aside because it is about their own recall.
fn check_voter(cx: &Cx<'_>, index: u32, vote: &Vote, voter: u32) -> Result<(), Votes> {
    let member = cx.world.tables.members.get(voter);
    if !member.is_some_and(|member| vote.includes(member)) {
        return Err(Votes::NotEligible);
    }
    if excluded(cx.world, index) == Some(voter) { Err(Votes::OwnRecall) } else { Ok(()) }
}

/// Number of the member who does not vote, because it is about their recall.
#[must_use]
pub fn excluded(world: &World, index: u32) -> Option<u32> {
    procedure(world, index).subject().and_then(FrozenSubject::excluded)
}

/// What the ballots and delegations of a vote add up to under its own method, or another.
///
/// # Errors
/// [`CountError`] when the method does not fit the options or the ballots.
pub fn tally(
    world: &World,
    index: u32,
    vote: &Vote,
    method: &MethodSpec,
) -> Result<Tally, CountError> {
    let ballots = world.ballots.of(index);
    let mut counter = counting::TallyCounter::new(method, vote.options.len());
    let represented = delegations(world, index, vote).unwrap_or_default();
    for (voter, row) in ballots.rows() {
        counter.add_times(row, represented.held_by(voter).saturating_add(1))?;
    }
    Ok(counter.tally(vote.electorate.eligible))
}

/// Who is represented in a vote, if its rules admit delegation.
#[must_use]
pub fn delegations(world: &World, index: u32, vote: &Vote) -> Option<Represented> {
    let rule = procedure(world, index).rules.as_ref()?.delegation.as_ref()?;
    Some(delegation::represented(world, index, vote, rule, world.ballots.of(index)))
}

/// Counts a vote under its own method, or another.
///
/// # Errors
/// [`CountError`] when the method does not fit the options or the ballots.
pub fn count(
    world: &World,
    index: u32,
    vote: &Vote,
    method: &MethodSpec,
) -> Result<Outcome, CountError> {
    counting::outcome(method, &vote.labels(), &tally(world, index, vote, method)?)
}

/// The proposals for which options stand that win, each once, with the version that is adopted.
fn adopted(world: &World, vote: &Vote, elected: &[u32]) -> Vec<(u32, Hash)> {
    let mut adopted: Vec<(u32, Hash)> = Vec::new();
    for (proposal, version) in elected.iter().filter_map(|column| vote.option(*column)?.proposal) {
        let state = world.tables.proposals.get(proposal);
        let free = state.is_some_and(|one| one.adopted_by.is_none() && one.withdrawn.is_none());
        if free && !adopted.iter().any(|(known, _)| *known == proposal) {
            adopted.push((proposal, version));
        }
    }
    adopted
}

/// The tally hash: SHA-256 of the outcome's JSON with sorted members and no white space.
#[must_use]
pub fn tally_hash(outcome: &Outcome) -> Hash {
    // A value's maps are sorted, and an outcome holds neither floats nor maps with other keys
    // than text, so neither step can fail.
    let value = serde_json::to_value(outcome).unwrap_or_default();
    Hash::of(value.to_string().as_bytes())
}

/// A vote by its statement's id.
fn find<'a>(cx: &Cx<'a>, id: StatementId) -> Result<(u32, &'a Vote), Votes> {
    let index = cx.find_uuid(Kind::Vote, id.0).ok_or(Votes::VoteUnknown)?;
    let vote = cx.world.tables.votes.get(index).ok_or(Votes::VoteUnknown)?;
    Ok((index, vote))
}

/// Whether a closing or an outcome may be due at a moment, without counting anything.
#[must_use]
pub fn is_due(world: &World, at: Timestamp) -> bool {
    world.tables.votes.iter().any(|(index, vote)| {
        let to_close = vote.closed.is_none() && at >= vote.closes_at;
        to_close || vote.is_to_declare(procedure(world, index))
    })
}

/// What the instance itself has to state at a moment: closings that are due, then outcomes.
/// (One closing or outcome a vote at a time: call again once it is recorded.) Votes whose ballots
/// can not be counted are noted in `uncountable`, by number, and not counted again.
#[must_use]
pub fn due(
    world: &World,
    at: Timestamp,
    uncountable: &mut BTreeSet<u32>,
) -> Vec<(u32, crate::act::Act)> {
    let id = |index| match world.directory.name(crate::entity::EntityRef::new(Kind::Vote, index)) {
        Some(crate::entity::Name::Uuid(id)) => Some(StatementId(*id)),
        _ => None,
    };
    let mut acts = Vec::new();
    for (index, vote) in world.tables.votes.iter() {
        let Some(id) = id(index) else { continue };
        if vote.closed.is_none() && at >= vote.closes_at {
            acts.push((index, CloseVote { vote: id }.into()));
        } else if vote.is_to_declare(procedure(world, index)) && !uncountable.contains(&index) {
            let counted = vote.method.as_ref().map(|method| count(world, index, vote, method));
            let Some(Ok(outcome)) = counted else {
                uncountable.insert(index);
                continue;
            };
            let tally = tally_hash(&outcome);
            let act = match procedure(world, index).rules {
                Some(_) => DeclareUnderRules { vote: id, tally }.into(),
                None => DeclareOutcome { vote: id, tally }.into(),
            };
            acts.push((index, act));
        }
    }
    acts
}
