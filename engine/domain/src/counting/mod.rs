//! Counting methods: from a tally to an outcome, exactly and without ever picking among ties.
//!
//! The rules are those of `docs/spec/counting.md`. What holds for all of them:
//! - integers and fractions only; a value that would not fit is a [`CountError`], never a rounding;
//! - the outcome is a set: `winners` is what it is before any tie-break, and each tie is listed;
//! - the order of options and of ballots, and the grouping of equal ballots, change nothing;
//! - every threshold names its denominator and says whether it is strict.
//!
//! [`MethodSpec`] is what a vote freezes when it opens, [`marks`] how one ballot is written down,
//! [`Tally`] what the ballots add up to, [`count`] the one way from a tally to an [`Outcome`].

pub mod approval;
pub mod budget;
pub mod committee;
pub mod consent;
mod counter;
mod error;
pub mod fraction;
pub mod judgment;
pub mod majority_judgment;
pub mod marks;
pub mod method;
pub mod outcome;
pub mod points;
pub mod ranked;
mod ranking;
pub mod spec;
#[cfg(test)]
mod tests;
mod ways;
pub mod yes_no;

pub use counter::TallyCounter;
pub use error::CountError;
pub use fraction::Fraction;
pub use judgment::JudgmentRule;
pub use method::{Method, Paper};
pub use outcome::Outcome;
pub use ranked::RankedRule;
pub use spec::{MethodSpec, SpecError, Ungraded};
pub use ways::WAYS_MAX;

use bincode::{Decode, Encode};
use outcome::{BallotCounts, Seats, TieRule};
use points::PointsSum;
use ways::Breaking;
use yes_no::YesNoCounts;

/// What the ballots of one vote add up to: all that a method needs to know of them.
///
/// Options come in the order in which the vote lists them. Units are ballots (or their weights).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Tally {
    /// For [`MethodSpec::YesNo`] and [`MethodSpec::Consent`].
    YesNo(YesNoCounts),
    /// For [`MethodSpec::Approval`].
    Approval {
        /// Per option, the ballots that approve of it.
        approvals: Vec<u64>,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
    /// For [`MethodSpec::MajorityJudgment`] and [`MethodSpec::Judgment`].
    MajorityJudgment {
        /// The merit profile: per option, the ballots that give it each grade, worst grade first.
        profiles: Vec<Vec<u64>>,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
    /// For [`MethodSpec::Ranked`].
    Ranked {
        /// The distinct valid ballots, and how often each was cast.
        profile: ranked::Profile,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
    /// For [`MethodSpec::Points`].
    Points {
        /// Per option, what the ballots give it.
        sums: Vec<PointsSum>,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
    /// For [`MethodSpec::Committee`] and [`MethodSpec::Budget`].
    Profile {
        /// The distinct valid ballots, and how often each was cast.
        profile: ranked::Profile,
        /// The ballots received, of which some are blank or invalid.
        received: Received,
    },
    /// What follows from ballots that are too many, and too different, for an entry of the log.
    Brief(outcome::Brief),
}

/// Most bytes that distinct ballots may take in an entry of the log.
const PROFILE_BYTES_MAX: usize = 16_384;

impl Tally {
    /// What an entry of the log keeps of it, for the outcome that it has.
    #[must_use]
    pub fn kept(self, outcome: &Outcome) -> Self {
        match &self {
            Self::Ranked { profile, .. } | Self::Profile { profile, .. } => {
                let bytes = |(row, _): (&Vec<u8>, &u64)| row.len().saturating_add(16);
                let total: usize = profile.iter().map(bytes).sum();
                match outcome.brief().filter(|_| total > PROFILE_BYTES_MAX) {
                    Some(brief) => Self::Brief(brief),
                    None => self,
                }
            }
            _ => self,
        }
    }

    /// What such a tally is of.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::YesNo(_) => "yes-no",
            Self::Approval { .. } => "approval",
            Self::MajorityJudgment { .. } => "majority-judgment",
            Self::Ranked { .. } => "rankings",
            Self::Points { .. } => "points",
            Self::Profile { .. } => "distinct ballots",
            Self::Brief(_) => "an outcome",
        }
    }
}

/// The ballots received, whatever they say: `cast - blank - invalid` of them are valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Received {
    /// All ballots received.
    pub cast: u64,
    /// Those that choose nothing. They are counted here and enter no score.
    pub blank: u64,
    /// Those that the method does not admit. They are counted here and enter no score.
    pub invalid: u64,
}

impl Received {
    /// All four numbers.
    ///
    /// # Errors
    /// [`CountError::BallotsDoNotAddUp`] when more are blank or invalid than were cast.
    pub fn counts(self) -> Result<BallotCounts, CountError> {
        let Self { cast, blank, invalid } = self;
        let valid = cast
            .checked_sub(blank)
            .and_then(|rest| rest.checked_sub(invalid))
            .ok_or(CountError::BallotsDoNotAddUp)?;
        Ok(BallotCounts { cast, valid, blank, invalid })
    }
}

/// Checks that distinct ballots have `width` bytes each, and are as many as the valid ones.
fn check_profile(
    profile: &ranked::Profile,
    width: usize,
    ballots: BallotCounts,
) -> Result<(), CountError> {
    let mut total = 0_u64;
    for (row, times) in profile {
        if row.len() != width {
            let (expected, found) = (width, row.len());
            return Err(CountError::TallyOfAnotherShape { expected, found });
        }
        total = total.checked_add(*times).ok_or(CountError::TooLarge)?;
    }
    if total == ballots.valid { Ok(()) } else { Err(CountError::BallotsDoNotAddUp) }
}

/// Counts a tally by the method that the vote froze at its opening. Nobody picks among ties.
///
/// # Errors
/// [`CountError`] when the method, the options or the tally are not well formed, or do not belong
/// together. Few ballots, or none at all, are not an error.
pub fn count(spec: &MethodSpec, options: &[String], tally: &Tally) -> Result<Outcome, CountError> {
    count_by(spec, options, tally, Breaking::AllWays)
}

/// The outcome of a vote: as [`count`] has it or, where too many ties would have to be followed,
/// with all who could win as tied. What is done about the tie then decides, and the steps shown are
/// those of the order in which the vote lists its options.
///
/// # Errors
/// As [`count`], but [`CountError::TooManyTies`].
pub fn outcome(
    spec: &MethodSpec,
    options: &[String],
    tally: &Tally,
) -> Result<Outcome, CountError> {
    match count(spec, options, tally) {
        Err(CountError::TooManyTies) => {
            let places: Vec<usize> = (0..options.len()).collect();
            decide(spec, options, tally, &places).map(Outcome::open)
        }
        counted => counted,
    }
}

/// Who wins by a declared order of the options: among equals the first is elected, the last goes
/// out. `places` are the places of the options in it, the first being 0.
///
/// # Errors
/// As [`count`].
pub fn decide(
    spec: &MethodSpec,
    options: &[String],
    tally: &Tally,
    places: &[usize],
) -> Result<Outcome, CountError> {
    let mut outcome = count_by(spec, options, tally, Breaking::Order(places))?;
    let place = |name: &String| {
        let column = options.iter().position(|option| option == name);
        column.and_then(|column| places.get(column))
    };
    let sets = outcome.evidence.committees().map(<[_]>::to_vec).unwrap_or_default();
    let Some(seats) = outcome.evidence.seats_mut() else { return Ok(outcome) };
    let Seats { elected, contested, tied, .. } = seats;
    if tied.is_empty() {
        return Ok(outcome);
    }
    // Of tied sets the one whose members come first; of tied options those who do.
    let sorted = |mut set: Vec<String>| {
        set.sort_by_key(place);
        set
    };
    let first_set =
        sets.into_iter().map(sorted).min_by(|a, b| a.iter().map(place).cmp(b.iter().map(place)));
    let open = usize::try_from(*contested).unwrap_or(usize::MAX);
    let preferred: Vec<String> = match first_set {
        Some(set) => set.into_iter().filter(|name| tied.contains(name)).collect(),
        None => sorted(tied.clone()).into_iter().take(open).collect(),
    };
    elected.extend(preferred);
    (*contested, *tied) = (0, Vec::new());
    outcome.winners.clone_from(elected);
    for tie in &mut outcome.ties {
        tie.rule = TieRule::DeclaredOrder;
    }
    Ok(outcome)
}

fn count_by(
    spec: &MethodSpec,
    options: &[String],
    tally: &Tally,
    breaking: Breaking<'_>,
) -> Result<Outcome, CountError> {
    use MethodSpec as S;
    spec.validate(options).map_err(CountError::Spec)?;
    match (spec, tally) {
        (S::YesNo { rule }, Tally::YesNo(counts)) => yes_no::count(rule, options, counts),
        (S::Consent { rule }, Tally::YesNo(counts)) => consent::count(rule, options, counts),
        (S::Approval { seats, .. }, Tally::Approval { approvals, received }) => {
            approval::count(*seats, options, approvals, *received)
        }
        (
            S::MajorityJudgment { grades, seats, ungraded },
            Tally::MajorityJudgment { profiles, received },
        ) => {
            let (seats, ungraded) = (*seats, *ungraded);
            let rule = majority_judgment::Rule { order: None, grades, seats, ungraded };
            majority_judgment::count(&rule, options, profiles, *received)
        }
        (
            S::Judgment { rule, grades, seats, ungraded },
            Tally::MajorityJudgment { profiles, received },
        ) => {
            let (order, seats, ungraded) = (Some(*rule), *seats, *ungraded);
            let rule = majority_judgment::Rule { order, grades, seats, ungraded };
            majority_judgment::count(&rule, options, profiles, *received)
        }
        (S::Ranked { rule, seats }, Tally::Ranked { profile, received }) => {
            ranked::count(*rule, *seats, options, profile, *received, breaking)
        }
        (S::Points { rule, seats }, Tally::Points { sums, received }) => {
            points::count(rule, spec.method(), *seats, options, sums, *received)
        }
        (S::Committee { rule, seats, completion, .. }, Tally::Profile { profile, received }) => {
            let (rule, seats, completion) = (*rule, *seats, *completion);
            let rule = committee::Rule { rule, seats, completion };
            committee::count(&rule, options, profile, *received, breaking)
        }
        (
            S::Budget { rule, completion, budget, costs, unit, paper },
            Tally::Profile { profile, received },
        ) => {
            let (rule, completion, paper) = (*rule, *completion, *paper);
            let (budget, unit) = (*budget, *unit);
            let rule = budget::Rule { rule, completion, budget, costs, unit, paper };
            budget::count(&rule, options, profile, *received, breaking)
        }
        _ => {
            let (expected, found) = (spec.method().name(), tally.name());
            Err(CountError::TallyOfAnotherMethod { expected, found })
        }
    }
}
