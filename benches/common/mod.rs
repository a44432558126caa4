//! A small log that every bench folds: members, four votes, ballots and moves in turn.

// Each bench uses a part of it; a bench fails by panicking.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use archipel_domain::id::StatementId;
use archipel_domain::ledger::Owner;
use archipel_domain::vote::Choice;
use archipel_engine::log::statement::Signed;
use archipel_engine::store::EventStore;
use archipel_testkit::sample::scramble;
use archipel_testkit::scenario::{DAY_MS, Live, Person, Stage as _, acts, mandate, person};
use std::sync::Arc;

/// Members of the log.
pub(crate) const MEMBERS: u64 = 500;
/// Votes of the log.
const VOTES: u64 = 4;
/// Statements in one submission.
const SUBMISSION: usize = 2_048;

/// A log that is ready for ballots and moves.
pub(crate) struct Bed {
    pub(crate) live: Live,
    people: Vec<Person>,
    votes: Vec<StatementId>,
}

impl Bed {
    /// Founds it on a store.
    pub(crate) fn on(store: Arc<dyn EventStore>) -> Self {
        let mut live = Live::on(store, None);
        let founder = person(1);
        live.given(founder.says(acts::found(1, 365)));
        let under = mandate(1);
        let people: Vec<Person> = (2..MEMBERS + 2).map(person).collect();
        let admissions = people.iter().map(|who| founder.says(acts::admit(*who, &[])).under(under));
        let signed: Vec<Signed> = admissions.map(|intent| live.sign(intent)).collect();
        submit(&live, signed);
        let closes_at = live.now().plus_ms(300 * DAY_MS);
        let vote = |_| {
            let act = acts::vote(acts::yes_no(), vec![acts::option("texte")], closes_at);
            live.given(founder.says(act).under(under))
        };
        let votes = (0..VOTES).map(vote).collect();
        live.given(founder.says(acts::unit("MIN", 0)).under(under));
        for (number, who) in (0_u64..).zip(&people) {
            let owner = Owner::Member(who.id);
            let mut act = acts::account(&format!("temps:{number}"), "MIN", owner, None);
            act.floor = Some(-1_000_000_000);
            live.given(founder.says(act).under(under));
        }
        Self { live, people, votes }
    }

    /// So many signed ballots and moves, in turn, always the same.
    pub(crate) fn statements(&mut self, count: u64) -> Vec<Signed> {
        let terms: Vec<_> = self.votes.iter().map(|vote| self.live.terms(*vote)).collect();
        let mut signed = Vec::new();
        for number in 0..count {
            let dice = scramble(number);
            let from = dice % MEMBERS;
            let who = self.people[usize::try_from(from).unwrap()];
            let intent = if number.is_multiple_of(2) {
                let vote = usize::try_from(dice >> 16).unwrap() % self.votes.len();
                let choice = [Choice::For, Choice::Against, Choice::Abstain]
                    [usize::try_from((dice >> 32) % 3).unwrap()];
                who.says(acts::ballot(self.votes[vote], terms[vote], acts::says(choice)))
            } else {
                let to = (from + 1 + (dice >> 16) % (MEMBERS - 1)) % MEMBERS;
                let amount = i64::try_from(1 + (dice >> 32) % 240).unwrap();
                let (from, to) = (format!("temps:{from}"), format!("temps:{to}"));
                who.says(acts::pay(&[(&from, -amount, "MIN"), (&to, amount, "MIN")]))
            };
            signed.push(self.live.sign(intent));
        }
        signed
    }
}

/// Hands in everything; all of it must be accepted.
pub(crate) fn submit(live: &Live, signed: Vec<Signed>) {
    for part in signed.chunks(SUBMISSION) {
        let answers = live.engine().submit_and_wait(part.to_vec());
        if let Some(error) = answers.into_iter().find_map(Result::err) {
            panic!("refused: {error}");
        }
    }
}
