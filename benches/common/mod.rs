//! A small log that every bench folds: members, four votes, ballots and moves in turn.

// Each bench uses a part of it; a bench fails by panicking.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use archipel_domain::id::StatementId;
use archipel_domain::ledger::Owner;
use archipel_domain::vote::Choice;
use archipel_engine::log::statement::Signed;
use archipel_engine::sequencer::Answer;
use archipel_engine::store::EventStore;
use archipel_testkit::sample::scramble;
use archipel_testkit::scenario::{DAY_MS, Live, Person, Stage as _, acts, mandate, person};
use std::sync::{Arc, mpsc};

/// Members of the log.
pub(crate) const MEMBERS: u64 = 500;
/// Votes of the log.
const VOTES: u64 = 4;
/// Statements in one submission.
const SUBMISSION: usize = 2_048;
/// Submissions under way at once.
const UNDER_WAY: usize = 6;

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

/// Hands in everything, a few submissions under way at once; all of it must be accepted.
pub(crate) fn submit(live: &Live, signed: Vec<Signed>) {
    let (sender, receiver) = mpsc::channel();
    let mut parts = signed.chunks(SUBMISSION);
    let mut under_way = 0;
    loop {
        let next = if under_way < UNDER_WAY { parts.next() } else { None };
        if let Some(part) = next {
            let sender = sender.clone();
            let reply = Box::new(move |answers| sender.send(answers).unwrap());
            live.engine().submit(part.to_vec(), reply);
            under_way += 1;
        } else if under_way > 0 {
            let answers: Vec<Answer> = receiver.recv().unwrap();
            under_way -= 1;
            if let Some(error) = answers.into_iter().find_map(Result::err) {
                panic!("refused: {error}");
            }
        } else {
            return;
        }
    }
}

/// CPU-seconds of this process so far, in hundredths; 0 where the system does not tell.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name, which stands in brackets: user and system time are fields 14 and 15.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let ticks = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
