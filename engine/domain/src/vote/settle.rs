//! From an outcome to a decision: who wins once ties are dealt with as the vote's rules say, and
//! the status quo is beaten.

use super::procedure::{Procedure, procedure};
use super::rules::TiePolicy;
use super::{Vote, tally};
use crate::counting::MethodSpec;
use crate::counting::outcome::{Evidence, Outcome, Score};
use crate::counting::yes_no::{
    self, MajorityBase, MajorityEvidence, QuorumEvidence, YesNoEvidence,
};
use crate::counting::{self, Tally};
use crate::world::World;

/// Who wins, and what is left open. Options by their place in the vote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Those who win whatever is still to be done about a tie, in the order of the outcome. In a
    /// yes/no vote, its one option if it is adopted.
    pub elected: Vec<u32>,
    /// Those who are tied, by place, as long as the tie is not dealt with.
    pub tied: Vec<u32>,
    /// Seats that the tie leaves open. In a yes/no vote 1 if it is tied.
    pub contested: u32,
    /// The quorum that the vote's rules set beside the method, with what it was met or missed by.
    pub quorum: Option<QuorumEvidence>,
}

/// The settlement of a vote whose outcome is declared.
#[must_use]
pub fn of(world: &World, index: u32) -> Option<Settlement> {
    let vote = world.tables.votes.get(index)?;
    let outcome = &vote.declared.as_ref()?.outcome;
    let procedure = procedure(world, index);
    let counts = || tally(world, index, vote, vote.method.as_ref()?).ok();
    Some(settle(vote, procedure, outcome, counts))
}

/// Who wins; `tally` is only asked for if a tie is dealt with by an order of options.
pub(super) fn settle(
    vote: &Vote,
    procedure: &Procedure,
    outcome: &Outcome,
    tally: impl FnOnce() -> Option<Tally>,
) -> Settlement {
    let quorum = quorum(vote, procedure, outcome);
    // Silence decides nothing, and neither do blank ballots.
    let nobody = outcome.ballots.valid == 0;
    if nobody || quorum.as_ref().is_some_and(|quorum| !quorum.met) {
        return Settlement { quorum, ..Settlement::default() };
    }
    let settled = settle_counted(vote, procedure, outcome, tally);
    Settlement { quorum: quorum.or(settled.quorum.clone()), ..settled }
}

/// The participation that the rules ask for, beside what there was.
fn quorum(vote: &Vote, procedure: &Procedure, outcome: &Outcome) -> Option<QuorumEvidence> {
    let quorum = procedure.rules.as_ref()?.quorum?;
    let (cast, valid) = (outcome.ballots.cast, outcome.ballots.valid);
    // The ratio is a share and as many may vote as there are members, so that it fits.
    yes_no::quorum_evidence(quorum, cast, valid, vote.electorate.eligible).ok()
}

fn settle_counted(
    vote: &Vote,
    procedure: &Procedure,
    outcome: &Outcome,
    tally: impl FnOnce() -> Option<Tally>,
) -> Settlement {
    let open = open(vote, outcome);
    let policy = procedure.rules.as_ref().and_then(|rules| rules.tie.as_ref());
    let order = procedure.tie_break.as_ref().map(|broken| broken.order.as_slice());
    if vote.is_on_one_text() {
        return match (order, policy) {
            (Some(order), _) => Settlement { elected: order.to_vec(), ..Settlement::default() },
            (None, Some(TiePolicy::Chair | TiePolicy::Lot { .. } | TiePolicy::SecondBallot)) => {
                open
            }
            _ => Settlement { tied: Vec::new(), contested: 0, ..open },
        };
    }
    let status_quo = procedure.rules.as_ref().and_then(|rules| rules.status_quo);
    let places = match (order, policy) {
        _ if open.tied.is_empty() => None,
        (Some(order), _) => Some(places(vote, order)),
        (None, Some(TiePolicy::DeclaredOrder)) => Some((0..vote.options.len()).collect()),
        _ => None,
    };
    let decided = places.as_ref().and_then(|places| {
        let (method, tally) = (vote.method.as_ref()?, tally()?);
        counting::decide(method, &vote.labels(), &tally, places).ok()
    });
    let mut settled = match &decided {
        Some(decided) => self::open(vote, decided),
        None => open,
    };
    if let (None, Some(TiePolicy::StatusQuo)) = (&decided, policy) {
        // The seats in question stay empty, or with whoever stands for no change.
        let stays = status_quo.filter(|column| settled.tied.contains(column));
        settled.elected.extend(stays);
        (settled.tied, settled.contested) = (Vec::new(), 0);
    }
    settled.elected.retain(|column| is_backed(vote, outcome, *column));
    if let Some(status_quo) = status_quo {
        let beats = |column: &u32| beats(vote, outcome, *column, status_quo, places.as_deref());
        settled.elected.retain(|column| *column == status_quo || beats(column));
    }
    settled
}

/// Whether somebody backs the option, where ballots back options: nobody's project is not funded
/// because there is money left, nor elected because there is a seat.
fn is_backed(vote: &Vote, outcome: &Outcome, column: u32) -> bool {
    let backs = matches!(
        vote.method,
        Some(
            MethodSpec::Approval { .. } | MethodSpec::Committee { .. } | MethodSpec::Budget { .. }
        )
    );
    let score = vote.option(column).and_then(|option| outcome.scores.get(option.label.as_str()));
    !backs || score != Some(&Score::Integer(0))
}

/// Whether an option ranks before the status quo, or is level with it and preferred by `places`.
fn beats(vote: &Vote, outcome: &Outcome, one: u32, other: u32, places: Option<&[usize]>) -> bool {
    let rank = |column: u32| {
        let label = vote.option(column)?.label.as_str();
        outcome.ranking.iter().position(|group| group.iter().any(|name| name == label))
    };
    let place = |column: u32| places?.get(usize::try_from(column).ok()?);
    match (rank(one), rank(other)) {
        (Some(one_rank), Some(other_rank)) if one_rank == other_rank => {
            place(one).zip(place(other)).is_some_and(|(one, other)| one < other)
        }
        (one, other) => one.is_some_and(|one| other.is_none_or(|other| one < other)),
    }
}

/// What an outcome leaves open, before anything is done about it.
pub(super) fn open(vote: &Vote, outcome: &Outcome) -> Settlement {
    let column = |label: &String| {
        let place = vote.options.iter().position(|option| option.label.as_str() == label);
        place.and_then(|place| u32::try_from(place).ok())
    };
    let columns = |labels: &[String]| labels.iter().filter_map(column).collect::<Vec<u32>>();
    if let Evidence::YesNo(evidence) = &outcome.evidence {
        let met = evidence.quorum.as_ref().is_none_or(|quorum| quorum.met);
        let tied = met && hangs_by_one(evidence);
        let elected = columns(&outcome.winners);
        return Settlement {
            elected,
            tied: if tied { vec![0] } else { Vec::new() },
            contested: u32::from(tied),
            quorum: evidence.quorum.clone(),
        };
    }
    if let Evidence::Consent(evidence) = &outcome.evidence {
        let (elected, quorum) = (columns(&outcome.winners), evidence.quorum.clone());
        return Settlement { elected, quorum, ..Settlement::default() };
    }
    let seats = outcome.evidence.seats();
    let mut tied = seats.map(|seats| columns(&seats.tied)).unwrap_or_default();
    tied.sort_unstable();
    Settlement {
        elected: seats.map(|seats| columns(&seats.elected)).unwrap_or_default(),
        tied,
        contested: seats.map_or(0, |seats| seats.contested),
        quorum: None,
    }
}

/// Whether as many are for as against, and one more for would be the majority: then, and only
/// then, a casting vote or a lot can make it.
fn hangs_by_one(evidence: &YesNoEvidence) -> bool {
    let MajorityEvidence { ratio, base, strict, base_count, tied, .. } = evidence.majority;
    let base_count = match base {
        MajorityBase::Eligible => base_count,
        MajorityBase::Expressed | MajorityBase::Cast => base_count.saturating_add(1),
    };
    tied && ratio.is_reached(evidence.in_favour.saturating_add(1), base_count, strict)
}

/// The place of each option: those of `order` first, then the others as the vote lists them.
fn places(vote: &Vote, order: &[u32]) -> Vec<usize> {
    let columns = 0..u32::try_from(vote.options.len()).unwrap_or(u32::MAX);
    let place = |column: u32| {
        let named = order.iter().position(|one| *one == column);
        named.unwrap_or_else(|| order.len().saturating_add(column_of(column)))
    };
    columns.map(place).collect()
}

fn column_of(column: u32) -> usize {
    usize::try_from(column).unwrap_or(usize::MAX)
}
