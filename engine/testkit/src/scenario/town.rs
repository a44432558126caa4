//! A small instance in which there is one of everything.

use archipel_domain::counting::Ungraded;
use archipel_domain::id::StatementId;
use archipel_domain::ledger::Owner;
use archipel_domain::role::Power;
use archipel_domain::vote::{Choice, ElectorateRule, OpenVote};

use super::{DAY_MS, Intent, Person, Stage, acts, mandate, person};

/// What the town's things are called. All times are counted from the end of [`furnish`], ten days
/// after the founding.
///
/// Persons 1 and 2 founded it; 3 (group `nord`, treasurer), 4 (`sud`, scribe) and 5 (`nord`) are
/// members; 6 has left; 7 holds an observer's mandate that begins in ten days. Key 13 was
/// person 3's and is revoked. Accounts: `fund`, `shut` (closed) and `world` (exterior) are the
/// treasurer's; `a3`, `a4` (floor -100, ceiling 1000) and `t4` (in minutes) are members';
/// `clock` is exterior, in minutes.
#[derive(Clone, Copy, Debug)]
pub struct Town {
    /// Person 3's mandate as treasurer, with the power over the ledger.
    pub treasurer: StatementId,
    /// Person 4's mandate as scribe, with the power over proposals.
    pub scribe: StatementId,
    /// Person 7's mandate as observer, which has not begun.
    pub future: StatementId,
    /// Person 5's mandate as observer, which is over by its term.
    pub expired: StatementId,
    /// Person 5's mandate as observer, which was recalled.
    pub recalled: StatementId,
    /// Person 3's proposal with text [`Town::TEXT`].
    pub proposal: StatementId,
    /// An amendment to it by 4: line 1 becomes `B`.
    pub amendment: StatementId,
    /// An amendment to it that was declined.
    pub declined: StatementId,
    /// A proposal that was withdrawn.
    pub withdrawn: StatementId,
    /// A proposal that was adopted.
    pub adopted: StatementId,
    /// A proposal that is being voted on in `yes_no`.
    pub voted: StatementId,
    /// An open vote on `voted`, option `yes`.
    pub yes_no: StatementId,
    /// An open vote by approval, options `x` and `y`, one choice, of the group `nord` only.
    pub approval: StatementId,
    /// An open vote by majority judgment, options `x` and `y`, every option to be graded.
    pub judgment: StatementId,
    /// A vote that opens in ten days.
    pub later: StatementId,
    /// A vote that is closed and declared.
    pub done: StatementId,
    /// A vote that is closed and declared, normalized, in which nobody graded option `y`.
    pub ungraded: StatementId,
    /// A move of 10,000 from `world` to `fund`.
    pub funding: StatementId,
    /// A move of 50 from `world` to `a4`, which was reversed.
    pub mistake: StatementId,
    /// Its reversal.
    pub reversal: StatementId,
    /// A move of 70 from `fund` to `shut`, before `shut` was emptied and closed.
    pub to_shut: StatementId,
}

impl Town {
    /// Text of every proposal of the town.
    pub const TEXT: &'static str = "a\nb\nc\nd\ne";

    /// Done by person 1 under the founding mandate, which carries every power.
    #[must_use]
    pub fn founder(act: impl Into<archipel_domain::act::Act>) -> Intent {
        person(1).says(act).under(mandate(1))
    }

    /// Done by person 3 as treasurer.
    #[must_use]
    pub fn as_treasurer(&self, act: impl Into<archipel_domain::act::Act>) -> Intent {
        person(3).says(act).under(self.treasurer)
    }

    /// Done by person 4 as scribe.
    #[must_use]
    pub fn as_scribe(&self, act: impl Into<archipel_domain::act::Act>) -> Intent {
        person(4).says(act).under(self.scribe)
    }
}

/// Furnishes an instance that persons 1 and 2 have just founded.
pub fn furnish(stage: &mut impl Stage) -> Town {
    members(stage);
    let (treasurer, scribe, recalled) = roles(stage);
    let now = stage.now();
    let expired = acts::assign("observer", person(5), now, now.plus_ms(DAY_MS));
    let expired = stage.given(Town::founder(expired));
    let money = money(stage, treasurer);
    let texts = texts(stage);
    let [adopted, withdrawn, voted, proposal, amendment, declined] = texts;
    let (done, ungraded) = past_votes(stage, adopted);
    stage.advance_ms(9 * DAY_MS);
    let from = stage.now().plus_ms(10 * DAY_MS);
    let future = acts::assign("observer", person(7), from, from.plus_ms(DAY_MS));
    let future = stage.given(Town::founder(future));
    let [yes_no, approval, judgment, later] = votes(stage, voted);
    let [funding, mistake, reversal, to_shut] = money;
    Town {
        treasurer,
        scribe,
        future,
        expired,
        recalled,
        proposal,
        amendment,
        declined,
        withdrawn,
        adopted,
        voted,
        yes_no,
        approval,
        judgment,
        later,
        done,
        ungraded,
        funding,
        mistake,
        reversal,
        to_shut,
    }
}

fn members(stage: &mut impl Stage) {
    stage.given(Town::founder(acts::group("nord")));
    stage.given(Town::founder(acts::group("sud")));
    let of = |number: u64, group: &'static str| (person(number), group);
    for (who, group) in [of(4, "sud"), of(5, "nord"), of(6, "sud"), of(7, "sud")] {
        stage.given(Town::founder(acts::admit(who, &[group])));
    }
    let third = person(3).with_key(13);
    stage.given(Town::founder(acts::admit(third, &["nord"])));
    stage.given(third.says(acts::rotate(third, 3)));
    stage.given(person(6).says(acts::leave(person(6))));
    stage.given(Town::founder(acts::call("appeal")));
    stage.given(person(3).says(acts::sign_call("appeal")));
}

fn roles(stage: &mut impl Stage) -> (StatementId, StatementId, StatementId) {
    let (now, year) = (stage.now(), 365);
    stage.given(Town::founder(acts::circle("till", "assembly")));
    stage.given(Town::founder(acts::circle("old", "assembly")));
    stage.given(Town::founder(acts::dissolve("old")));
    let until = now.plus_ms(100 * DAY_MS);
    let mut role = |name: &str, powers: &[Power], seats| {
        stage.given(Town::founder(acts::role(name, "till", powers, seats, year)));
    };
    role("treasurer", &[Power::Ledger], 1);
    role("scribe", &[Power::Proposals], 2);
    role("organiser", &[Power::Roles], 2);
    role("observer", &[], 9);
    let mut assign =
        |name: &str, who: Person| stage.given(Town::founder(acts::assign(name, who, now, until)));
    let treasurer = assign("treasurer", person(3));
    let scribe = assign("scribe", person(4));
    let recalled = assign("observer", person(5));
    stage.given(Town::founder(acts::recall(recalled)));
    (treasurer, scribe, recalled)
}

fn money(stage: &mut impl Stage, treasurer: StatementId) -> [StatementId; 4] {
    stage.given(Town::founder(acts::unit("EUR", 2)));
    stage.given(Town::founder(acts::unit("MIN", 0)));
    let steward = Some("treasurer");
    for (name, unit, owner) in [
        ("fund", "EUR", Owner::Fund),
        ("shut", "EUR", Owner::Fund),
        ("world", "EUR", Owner::Exterior),
        ("clock", "MIN", Owner::Exterior),
    ] {
        stage.given(Town::founder(acts::account(name, unit, owner, steward)));
    }
    let own = |number: u64| Owner::Member(person(number).id);
    stage.given(Town::founder(acts::account("a3", "EUR", own(3), None)));
    stage.given(Town::founder(acts::account("t4", "MIN", own(4), None)));
    let mut bounded = acts::account("a4", "EUR", own(4), None);
    bounded.floor = Some(-100);
    bounded.ceiling = Some(1_000);
    stage.given(Town::founder(bounded));
    let mut pay =
        |legs: &[(&str, i64, &str)]| stage.given(person(3).says(acts::pay(legs)).under(treasurer));
    let funding = pay(&[("world", -10_000, "EUR"), ("fund", 10_000, "EUR")]);
    let mistake = pay(&[("world", -50, "EUR"), ("a4", 50, "EUR")]);
    let to_shut = pay(&[("fund", -70, "EUR"), ("shut", 70, "EUR")]);
    pay(&[("shut", -70, "EUR"), ("fund", 70, "EUR")]);
    let reversal = stage.given(person(4).says(acts::reverse(mistake)));
    stage.given(Town::founder(acts::close_account("shut")));
    [funding, mistake, reversal, to_shut]
}

fn texts(stage: &mut impl Stage) -> [StatementId; 6] {
    let mut submit = || stage.given(person(3).says(acts::submit(Town::TEXT)));
    let [adopted, withdrawn, voted, proposal] = [(); 4].map(|()| submit());
    stage.given(person(3).says(acts::withdraw(withdrawn)));
    let [amendment, declined] = [("B", 1), ("C", 2)].map(|(word, line)| {
        let old = word.to_lowercase();
        let changes = [acts::change(line, &old, word)];
        stage.given(person(4).says(acts::amend(proposal, Town::TEXT, &changes)))
    });
    stage.given(person(3).says(acts::decline(declined)));
    [adopted, withdrawn, voted, proposal, amendment, declined]
}

fn past_votes(stage: &mut impl Stage, adopted: StatementId) -> (StatementId, StatementId) {
    let closes_at = stage.now().plus_ms(DAY_MS);
    let options = vec![acts::option_for("yes", adopted, Town::TEXT)];
    let done = stage.given(Town::founder(acts::vote(acts::yes_no(), options, closes_at)));
    let method = acts::judgment(Ungraded::Normalize);
    let options = vec![acts::option("x"), acts::option("y")];
    let ungraded = stage.given(Town::founder(acts::vote(method, options, closes_at)));
    let yes = acts::says(Choice::For);
    stage.given(person(3).says(acts::ballot(done, stage.terms(done), yes)));
    let half = acts::grades(&[("x", "good")]);
    stage.given(person(3).says(acts::ballot(ungraded, stage.terms(ungraded), half)));
    stage.advance_ms(DAY_MS);
    stage.settle();
    (done, ungraded)
}

fn votes(stage: &mut impl Stage, voted: StatementId) -> [StatementId; 4] {
    let closes_at = stage.now().plus_ms(20 * DAY_MS);
    let two = || vec![acts::option("x"), acts::option("y")];
    let yes = vec![acts::option_for("yes", voted, Town::TEXT)];
    let yes_no = acts::vote(acts::yes_no(), yes, closes_at);
    let approval = OpenVote {
        electorate: ElectorateRule::Groups(vec![acts::slug("nord")]),
        ..acts::vote(acts::approval(Some(1)), two(), closes_at)
    };
    let judgment = acts::vote(acts::judgment(Ungraded::Error), two(), closes_at);
    let later = OpenVote {
        opens_at: Some(stage.now().plus_ms(10 * DAY_MS)),
        ..acts::vote(acts::approval(None), two(), closes_at)
    };
    [yes_no, approval, judgment, later].map(|open| stage.given(Town::founder(open)))
}
