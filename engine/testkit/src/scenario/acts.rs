//! Acts in few words, with texts that do not matter filled in.

use archipel_domain::counting::consent;
use archipel_domain::counting::fraction::Fraction;
use archipel_domain::counting::points::PointsRule;
use archipel_domain::counting::yes_no::{Majority, Rule};
use archipel_domain::counting::{MethodSpec, RankedRule, Ungraded};
use archipel_domain::delegation::{DelegateVote, RevokeDelegation, Scope};
use archipel_domain::federation::WitnessCheckpoint;
use archipel_domain::id::{Hash, Line, Prose, SignatureBytes, Slug, StatementId};
use archipel_domain::ledger::{
    CloseAccount, DefineUnit, OpenAccount, Owner, PostLeg, PostMove, ReverseMove, UnitKind,
};
use archipel_domain::membership::{
    AdmitMember, EnrolKey, FoundInstance, Founder, GroupKind, LeaveMembership, PublishCall,
    RegisterGroup, RevokeKey, RotateKey, SignCall, WithdrawFromCall,
};
use archipel_domain::proposal::text::{self, Change};
use archipel_domain::proposal::{
    DeclineAmendment, IntegrateAmendment, ProposeAmendment, PublishVersion, SubmitProposal,
    SupportProposal, WithdrawProposal,
};
use archipel_domain::role::{
    AssignRole, DefineRole, DissolveCircle, EndAssignment, EndReason, FormCircle, Power,
};
use archipel_domain::time::Timestamp;
use archipel_domain::vote::rules::VoteRules;
use archipel_domain::vote::{
    AttachDissent, AttachReasons, BallotOption, BallotPaper, BreakTie, CastBallot, Choice,
    CloseVote, DeclareOutcome, ElectorateRule, JoinDissent, OpenQuestions, OpenVote,
    OpenVoteUnderRules, Question, RaiseObjection, ReviewDecision, Verdict,
};

use super::{Person, mandate, person, registrar};
use crate::keys::{proof, public, secret};
use archipel_engine::tlog::checkpoint::Checkpoint;

/// A slug.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

/// A line.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn line(text: &str) -> Line {
    Line::new(text).unwrap()
}

fn prose(text: &str) -> Prose {
    Prose::new(text).unwrap()
}

/// Key number `key` says that its log has so many entries; `root` stands for their root.
///
/// # Panics
/// If the origin is no name of a key.
#[must_use]
pub fn witness(log: &str, origin: &str, key: u64, size: u64, root: u64) -> WitnessCheckpoint {
    let root = Hash::of(&root.to_be_bytes());
    let checkpoint = Checkpoint { origin: origin.to_owned(), size, root: root.0 };
    let signature = secret(key).sign_note(checkpoint.to_string().as_bytes()).unwrap();
    WitnessCheckpoint {
        log: slug(log),
        origin: line(origin),
        key: public(key),
        size,
        root,
        signature: SignatureBytes(*signature.as_bytes()),
    }
}

/// The founding by persons 1 to `founders`.
#[must_use]
pub fn found(founders: u64, term_days: u32) -> FoundInstance {
    let founder = |number: u64| {
        let who = person(number);
        let proof = proof(who.key, who.id);
        Founder { member: who.id, key: who.public(), proof, assignment: mandate(number) }
    };
    let own = registrar();
    FoundInstance {
        instance: own.id,
        name: line("Archipel"),
        charter: Hash::of(b"charter"),
        registrar: own.public(),
        registrar_proof: proof(own.key, own.id),
        founders: (1..=founders).map(founder).collect(),
        term_days,
    }
}

/// A group.
#[must_use]
pub fn group(name: &str) -> RegisterGroup {
    RegisterGroup { group: slug(name), name: line(name), kind: GroupKind::Collective }
}

/// An admission.
#[must_use]
pub fn admit(who: Person, groups: &[&str]) -> AdmitMember {
    AdmitMember {
        member: who.id,
        key: who.public(),
        proof: proof(who.key, who.id),
        groups: groups.iter().map(|name| slug(name)).collect(),
        profile: None,
    }
}

/// A departure.
#[must_use]
pub fn leave(who: Person) -> LeaveMembership {
    LeaveMembership { member: who.id }
}

/// A further key.
#[must_use]
pub fn enrol(who: Person, key: u64) -> EnrolKey {
    EnrolKey { member: who.id, key: public(key), proof: proof(key, who.id) }
}

/// A new key for the one that signs.
#[must_use]
pub fn rotate(who: Person, key: u64) -> RotateKey {
    RotateKey { member: who.id, key: public(key), proof: proof(key, who.id) }
}

/// A revocation.
#[must_use]
pub fn revoke(who: Person, key: u64) -> RevokeKey {
    RevokeKey { member: who.id, key: public(key) }
}

/// A call to sign.
#[must_use]
pub fn call(name: &str) -> PublishCall {
    PublishCall { call: slug(name), title: line(name), text: prose("We call.") }
}

/// A signature under a call.
#[must_use]
pub fn sign_call(name: &str) -> SignCall {
    SignCall { call: slug(name) }
}

/// Its withdrawal.
#[must_use]
pub fn withdraw_from_call(name: &str) -> WithdrawFromCall {
    WithdrawFromCall { call: slug(name) }
}

/// A circle.
#[must_use]
pub fn circle(name: &str, parent: &str) -> FormCircle {
    FormCircle { circle: slug(name), parent: slug(parent), purpose: prose("purpose") }
}

/// Its end.
#[must_use]
pub fn dissolve(name: &str) -> DissolveCircle {
    DissolveCircle { circle: slug(name) }
}

/// A role.
#[must_use]
pub fn role(name: &str, circle: &str, powers: &[Power], seats: u32, term_days: u32) -> DefineRole {
    DefineRole {
        role: slug(name),
        circle: slug(circle),
        purpose: prose("purpose"),
        powers: powers.to_vec(),
        seats,
        term_days,
    }
}

/// An assignment.
#[must_use]
pub fn assign(role: &str, who: Person, from: Timestamp, until: Timestamp) -> AssignRole {
    AssignRole { role: slug(role), member: who.id, from, until, basis: prose("chosen") }
}

/// A mandate given back.
#[must_use]
pub fn resign(assignment: StatementId) -> EndAssignment {
    EndAssignment { assignment, reason: EndReason::Resigned }
}

/// A mandate taken back.
#[must_use]
pub fn recall(assignment: StatementId) -> EndAssignment {
    EndAssignment { assignment, reason: EndReason::Recalled }
}

/// A proposal.
///
/// # Panics
/// If the text is empty or too long.
#[must_use]
pub fn submit(text: &str) -> SubmitProposal {
    let text = archipel_domain::id::Document::new(text).unwrap();
    SubmitProposal { title: line("An axis"), text }
}

/// The name of a version with that text.
#[must_use]
pub fn version(text: &str) -> Hash {
    text::version_of(&text::lines(text))
}

/// Support of the version with that text.
#[must_use]
pub fn support(proposal: StatementId, text: &str) -> SupportProposal {
    SupportProposal { proposal, version: version(text) }
}

/// A withdrawal.
#[must_use]
pub fn withdraw(proposal: StatementId) -> WithdrawProposal {
    WithdrawProposal { proposal, reason: prose("reason") }
}

/// A change: at line `at`, these lines (one a word) give way to those.
#[must_use]
pub fn change(at: u32, remove: &str, insert: &str) -> Change {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    Change { at, remove: words(remove), insert: words(insert) }
}

/// A version made from the one with text `base`.
#[must_use]
pub fn publish(proposal: StatementId, base: &str, changes: &[Change]) -> PublishVersion {
    PublishVersion { proposal, base: version(base), changes: changes.to_vec() }
}

/// An amendment to the version with text `base`.
#[must_use]
pub fn amend(proposal: StatementId, base: &str, changes: &[Change]) -> ProposeAmendment {
    let (base, changes) = (version(base), changes.to_vec());
    ProposeAmendment { proposal, base, changes, reason: prose("reason") }
}

/// An integration into the version with text `into`, making that with text `result`.
#[must_use]
pub fn integrate(amendment: StatementId, into: &str, result: &str) -> IntegrateAmendment {
    let (into, result) = (version(into), version(result));
    IntegrateAmendment { amendment, into, result, resolution: None }
}

/// An amendment declined.
#[must_use]
pub fn decline(amendment: StatementId) -> DeclineAmendment {
    DeclineAmendment { amendment, reason: prose("reason") }
}

/// Yes or no, by simple majority.
#[must_use]
pub fn yes_no() -> MethodSpec {
    MethodSpec::YesNo { rule: Rule { quorum: None, majority: Majority::Simple } }
}

/// Yes or no, with a share that may be none.
#[must_use]
pub fn yes_no_by(numerator: u32, denominator: u32) -> MethodSpec {
    use archipel_domain::counting::yes_no::MajorityBase::Expressed;
    let ratio = Fraction { numerator, denominator };
    let majority = Majority::Qualified { ratio, base: Expressed, strict: false };
    MethodSpec::YesNo { rule: Rule { quorum: None, majority } }
}

/// Rankings, one seat.
#[must_use]
pub fn ranked(rule: RankedRule) -> MethodSpec {
    MethodSpec::Ranked { rule, seats: 1 }
}

/// Dots for one seat.
#[must_use]
pub fn dots(points: u32, cap: Option<u16>) -> MethodSpec {
    MethodSpec::Points { rule: PointsRule::Dots { points, cap }, seats: 1 }
}

/// Approval for one seat.
#[must_use]
pub fn approval(max_choices: Option<u32>) -> MethodSpec {
    MethodSpec::Approval { seats: 1, max_choices }
}

/// Majority judgment for one seat, with the grades `no`, `fair` and `good`.
#[must_use]
pub fn judgment(ungraded: Ungraded) -> MethodSpec {
    let grades = ["no", "fair", "good"].map(str::to_owned).to_vec();
    MethodSpec::MajorityJudgment { grades, seats: 1, ungraded }
}

/// An option that is but a name.
#[must_use]
pub fn option(id: &str) -> BallotOption {
    BallotOption { id: slug(id), label: line(id), proposal: None, version: None }
}

/// An option that stands for the version of a proposal with that text.
#[must_use]
pub fn option_for(id: &str, proposal: StatementId, text: &str) -> BallotOption {
    BallotOption { proposal: Some(proposal), version: Some(version(text)), ..option(id) }
}

/// A vote of every member, open at once.
#[must_use]
pub fn vote(method: MethodSpec, options: Vec<BallotOption>, closes_at: Timestamp) -> OpenVote {
    OpenVote {
        title: line("A vote"),
        question: None,
        options,
        method,
        electorate: ElectorateRule::Members,
        opens_at: None,
        closes_at,
    }
}

/// A ballot.
#[must_use]
pub fn ballot(vote: StatementId, terms: Hash, paper: BallotPaper) -> CastBallot {
    CastBallot { vote, terms, paper }
}

/// A paper that says yes, no or neither.
#[must_use]
pub fn says(choice: Choice) -> BallotPaper {
    BallotPaper::Choice(choice)
}

/// A paper that approves of these.
#[must_use]
pub fn approves(ids: &[&str]) -> BallotPaper {
    BallotPaper::Approve(ids.iter().map(|id| slug(id)).collect())
}

/// A paper of grades.
#[must_use]
pub fn grades(given: &[(&str, &str)]) -> BallotPaper {
    let grade = |(id, name): &(&str, &str)| (slug(id), (*name).to_owned());
    BallotPaper::Grades(given.iter().map(grade).collect())
}

/// A paper of ranks, best first; ids in one text share a rank.
#[must_use]
pub fn ranks(given: &[&str]) -> BallotPaper {
    let group = |ids: &&str| ids.split(' ').map(slug).collect();
    BallotPaper::Ranks(given.iter().map(group).collect())
}

/// A paper of points.
#[must_use]
pub fn points(given: &[(&str, i32)]) -> BallotPaper {
    BallotPaper::Points(given.iter().map(|(id, points)| (slug(id), *points)).collect())
}

/// A closing.
#[must_use]
pub fn close(vote: StatementId) -> CloseVote {
    CloseVote { vote }
}

/// An outcome.
#[must_use]
pub fn declare(vote: StatementId, tally: Hash) -> DeclareOutcome {
    DeclareOutcome { vote, tally }
}

/// A unit.
///
/// # Panics
/// If the code is none.
#[must_use]
pub fn unit(code: &str, scale: u8) -> DefineUnit {
    let kind = UnitKind::Other;
    DefineUnit { unit: code.parse().unwrap(), name: line(code), scale, kind }
}

/// An account.
///
/// # Panics
/// If the unit's code is none.
#[must_use]
pub fn account(name: &str, unit: &str, owner: Owner, steward: Option<&str>) -> OpenAccount {
    OpenAccount {
        account: slug(name),
        unit: unit.parse().unwrap(),
        owner,
        steward: steward.map(slug),
        floor: None,
        ceiling: None,
    }
}

/// Its end.
#[must_use]
pub fn close_account(name: &str) -> CloseAccount {
    CloseAccount { account: slug(name) }
}

/// A move: account, amount and unit of each leg.
///
/// # Panics
/// If a unit's code is none.
#[must_use]
pub fn pay(legs: &[(&str, i64, &str)]) -> PostMove {
    let leg = |(account, amount, unit): &(&str, i64, &str)| PostLeg {
        account: slug(account),
        amount: *amount,
        unit: unit.parse().unwrap(),
    };
    PostMove { label: line("a move"), legs: legs.iter().map(leg).collect() }
}

/// A reversal.
#[must_use]
pub fn reverse(original: StatementId) -> ReverseMove {
    ReverseMove { original, reason: line("a mistake") }
}

/// A vote with rules of its own.
#[must_use]
pub fn under(vote: OpenVote, rules: VoteRules) -> OpenVoteUnderRules {
    OpenVoteUnderRules { vote, rules }
}

/// A tie broken by a role.
#[must_use]
pub fn break_tie(vote: StatementId, order: &[&str]) -> BreakTie {
    let order = order.iter().map(|id| slug(id)).collect();
    BreakTie { vote, order, reason: prose("reason") }
}

/// A dissenting opinion.
#[must_use]
pub fn dissent(vote: StatementId) -> AttachDissent {
    AttachDissent { vote, text: prose("we disagree") }
}

/// Somebody joins it.
#[must_use]
pub fn join_dissent(vote: StatementId, author: Person) -> JoinDissent {
    JoinDissent { vote, author: author.id }
}

/// Reasons for an outcome.
#[must_use]
pub fn reasons(vote: StatementId) -> AttachReasons {
    AttachReasons { vote, text: prose("we agree") }
}

/// A yes/no question, one of several.
#[must_use]
pub fn question(option: BallotOption, rules: Option<VoteRules>) -> Question {
    let (title, options, method) = (line("A question"), vec![option], yes_no());
    Question { title, question: None, options, method, rules }
}

/// Several questions, for every member, open at once.
#[must_use]
pub fn questions(questions: Vec<Question>, closes_at: Timestamp) -> OpenQuestions {
    let electorate = ElectorateRule::Members;
    OpenQuestions { title: line("A paper"), electorate, opens_at: None, closes_at, questions }
}

/// A review of a decision.
#[must_use]
pub fn review(vote: StatementId, verdict: Verdict) -> ReviewDecision {
    ReviewDecision { vote, verdict, note: prose("note"), next: None }
}

/// A delegation.
#[must_use]
pub fn delegate(scope: Scope, to: Person) -> DelegateVote {
    DelegateVote { scope, to: to.id }
}

/// A delegation taken back.
#[must_use]
pub fn revoke_delegation(scope: Scope) -> RevokeDelegation {
    RevokeDelegation { scope }
}

/// An objection.
#[must_use]
pub fn object(vote: StatementId, terms: Hash) -> RaiseObjection {
    RaiseObjection { vote, terms, reason: prose("it would harm us") }
}

/// By consent, with so many objections.
#[must_use]
pub fn consent(blocks: u32) -> MethodSpec {
    MethodSpec::Consent { rule: consent::Rule { blocks, ..consent::Rule::default() } }
}

/// A reason.
#[must_use]
pub fn reason() -> Prose {
    prose("reason")
}
