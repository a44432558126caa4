//! Roles with charters, and who holds them, in few words.

use archipel_domain::id::StatementId;
use archipel_domain::role::{
    AcceptAssignment, AmendRole, BasisTerms, CharterRole, CharterTerms, DeclineAssignment,
    DelegateAssignment, ExtendCircle, Extension, Fill, FillRole, FormCircleWithRemit, Grant,
    Limits, Power, RecallAssignment, ReclaimAssignment, RetireRole, Seats, Subject, Way,
};
use archipel_domain::time::Timestamp;
use archipel_domain::vote::rules::VoteRules;
use archipel_domain::vote::{BallotOption, OpenVote, OpenVoteUnderRules};

use super::acts::{self, reason, slug};
use super::{DAY_MS, Person, Stage};

/// Every way to fill a role.
pub const WAYS: [Way; 5] = [Way::Appointment, Way::Vote, Way::Election, Way::Draw, Way::Rotation];

/// Powers everywhere.
#[must_use]
pub fn everywhere(powers: &[Power]) -> Vec<Grant> {
    let grant = |power| Grant { power, circle: None, groups: Vec::new(), caps: Vec::new() };
    powers.iter().copied().map(grant).collect()
}

/// A charter with these powers everywhere, one seat, terms of thirty days, filled in every way but
/// by rotation and without limits; delegable, and with an interim of ten days.
#[must_use]
pub fn charter(powers: &[Power]) -> CharterTerms {
    CharterTerms {
        purpose: reason(),
        domains: Vec::new(),
        accountabilities: Vec::new(),
        powers: everywhere(powers),
        seats: Seats { least: 1, most: 1 },
        term_days: 30,
        filled_by: WAYS.to_vec(),
        electorate: None,
        limits: None,
        link: None,
        acceptance: false,
        interim_days: Some(10),
        delegable: true,
        review_at: None,
    }
}

/// A charter that is changed.
#[must_use]
pub fn charter_with(powers: &[Power], change: impl FnOnce(&mut CharterTerms)) -> CharterTerms {
    let mut terms = charter(powers);
    change(&mut terms);
    terms
}

/// A charter whose limits are changed.
#[must_use]
pub fn limited(change: impl FnOnce(&mut Limits)) -> CharterTerms {
    let mut limits = Limits::default();
    change(&mut limits);
    charter_with(&[], |terms| terms.limits = Some(limits))
}

/// A role is defined by a charter.
#[must_use]
pub fn define(role: &str, circle: &str, charter: CharterTerms) -> CharterRole {
    CharterRole { role: slug(role), circle: slug(circle), charter }
}

/// A role's charter is changed.
#[must_use]
pub fn amend(role: &str, charter: CharterTerms) -> AmendRole {
    AmendRole { role: slug(role), charter }
}

/// A role is retired.
#[must_use]
pub fn retire(role: &str) -> RetireRole {
    RetireRole { role: slug(role) }
}

/// A circle is formed, for so many days if it is ephemeral.
#[must_use]
pub fn circle(name: &str, parent: &str, ends_at: Option<Timestamp>) -> FormCircleWithRemit {
    FormCircleWithRemit {
        circle: slug(name),
        parent: slug(parent),
        purpose: reason(),
        domains: Vec::new(),
        ends_at,
        review_at: None,
    }
}

/// A circle is formed with domains.
#[must_use]
pub fn circle_with_domains(name: &str, parent: &str, domains: &[&str]) -> FormCircleWithRemit {
    let domains = domains.iter().map(|domain| slug(domain)).collect();
    FormCircleWithRemit { domains, ..circle(name, parent, None) }
}

/// A term from and until so many days from now.
#[must_use]
pub fn term(stage: &impl Stage, role: &str, from: i64, until: i64) -> Fill {
    let now = stage.now();
    Fill { role: slug(role), from: now.plus_ms(from * DAY_MS), until: now.plus_ms(until * DAY_MS) }
}

/// A role is filled.
#[must_use]
pub fn fill(term: Fill, who: Person, basis: BasisTerms) -> FillRole {
    let Fill { role, from, until } = term;
    FillRole { role, member: who.id, from, until, basis }
}

/// By appointment.
#[must_use]
pub fn appointed() -> BasisTerms {
    BasisTerms::Appointment(reason())
}

/// As an interim.
#[must_use]
pub fn interim() -> BasisTerms {
    BasisTerms::Interim(reason())
}

/// A mandate is accepted.
#[must_use]
pub fn accept(assignment: StatementId) -> AcceptAssignment {
    AcceptAssignment { assignment }
}

/// A mandate is declined.
#[must_use]
pub fn decline(assignment: StatementId) -> DeclineAssignment {
    DeclineAssignment { assignment }
}

/// A mandate is recalled by a vote.
#[must_use]
pub fn recall(assignment: StatementId, vote: StatementId) -> RecallAssignment {
    RecallAssignment { assignment, vote }
}

/// A mandate is delegated.
#[must_use]
pub fn delegate(
    assignment: StatementId,
    to: Person,
    until: Timestamp,
    powers: &[Power],
) -> DelegateAssignment {
    DelegateAssignment { assignment, to: to.id, until, powers: powers.to_vec() }
}

/// A delegation is taken back.
#[must_use]
pub fn reclaim(assignment: StatementId) -> ReclaimAssignment {
    ReclaimAssignment { assignment }
}

/// A circle goes on.
#[must_use]
pub fn extend(circle: &str, vote: StatementId) -> ExtendCircle {
    ExtendCircle { circle: slug(circle), vote }
}

/// An option that stands for somebody.
#[must_use]
pub fn candidate(who: Person) -> BallotOption {
    acts::option(&who.id.to_string())
}

/// A vote about something, for a day.
#[must_use]
pub fn about(vote: OpenVote, subject: Subject) -> OpenVoteUnderRules {
    acts::under(vote, VoteRules { subject: Some(subject), ..VoteRules::default() })
}

/// A vote by approval on who fills a role, for a day.
#[must_use]
pub fn vote_to_fill(stage: &impl Stage, term: Fill, who: &[Person]) -> OpenVoteUnderRules {
    let options = who.iter().copied().map(candidate).collect();
    let vote = acts::vote(acts::approval(None), options, stage.now().plus_ms(DAY_MS));
    about(vote, Subject::Fill(term))
}

/// A yes/no vote on a recall, for a day.
#[must_use]
pub fn vote_to_recall(stage: &impl Stage, assignment: StatementId) -> OpenVoteUnderRules {
    let options = vec![acts::option("recall")];
    let vote = acts::vote(acts::yes_no(), options, stage.now().plus_ms(DAY_MS));
    about(vote, Subject::Recall(assignment))
}

/// A consent round on letting a circle go on, for a day.
#[must_use]
pub fn vote_to_extend(stage: &impl Stage, circle: &str, ends_at: Timestamp) -> OpenVoteUnderRules {
    let options = vec![acts::option("goes-on")];
    let vote = acts::vote(acts::consent(0), options, stage.now().plus_ms(DAY_MS));
    about(vote, Subject::Extend(Extension { circle: slug(circle), ends_at }))
}
