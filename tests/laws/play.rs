//! Random acts in a furnished town: some are accepted, some refused.

use super::play_roles::{self, Doer};
use super::{play_draws, play_elections, play_rotations, play_safeguards, play_votes};
use archipel_domain::counting::Ungraded;
use archipel_domain::entity::{EntityRef, Kind, Name};
use archipel_domain::id::StatementId;
use archipel_domain::ledger::Owner;
use archipel_domain::vote::{BallotPaper, Choice};
use archipel_testkit::scenario::{DAY_MS, Intent, Stage, Town, acts, person};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// One thing that somebody tries: numbers that are read as the sort of act asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Op {
    sort: u8,
    who: u8,
    a: u16,
    b: u16,
}

pub(crate) fn ops(count: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Op>> {
    let op = (0_u8..30, 1_u8..9, any::<u16>(), any::<u16>());
    prop::collection::vec(op.prop_map(|(sort, who, a, b)| Op { sort, who, a, b }), count)
}

/// The same, most of them on roles with charters.
pub(crate) fn role_ops(
    count: impl Into<prop::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Op>> {
    let sort = prop_oneof![8 => 22_u8..24, 2 => 11_u8..14, 1 => Just(16_u8), 1 => 18_u8..22];
    let op = (sort, 1_u8..9, any::<u16>(), any::<u16>());
    prop::collection::vec(op.prop_map(|(sort, who, a, b)| Op { sort, who, a, b }), count)
}

/// What is tried in many towns, a list for each, always the same: in each, people leave and lose
/// their keys, so that nothing much happens at the end. Some are busy with their roles.
pub(crate) fn towns() -> Vec<Vec<Op>> {
    let mut runner = TestRunner::deterministic();
    let all = ops(48_000..48_001).new_tree(&mut runner).unwrap().current();
    let roles = role_ops(8_000..8_001).new_tree(&mut runner).unwrap().current();
    all.chunks(600).chain(roles.chunks(200)).map(<[Op]>::to_vec).collect()
}

/// Who plays, and what they know of each other.
pub(crate) struct Players {
    town: Town,
    /// The key with which each signs now.
    keys: BTreeMap<u64, u64>,
    /// A key that each has given up.
    stale: BTreeMap<u64, u64>,
    next_key: u64,
    /// Person, new and old key of the rotation or enrolment that is being tried.
    rotating: Option<(u64, u64, u64)>,
    /// What was accepted: moves among it.
    ids: Vec<StatementId>,
    pub(crate) accepted: usize,
    pub(crate) refused: BTreeMap<String, usize>,
}

const ACCOUNTS: [(&str, &str); 7] = [
    ("fund", "EUR"),
    ("world", "EUR"),
    ("a3", "EUR"),
    ("a4", "EUR"),
    ("t4", "MIN"),
    ("clock", "MIN"),
    ("shut", "EUR"),
];

impl Players {
    pub(crate) fn new(town: Town) -> Self {
        Self {
            town,
            keys: BTreeMap::new(),
            stale: BTreeMap::new(),
            next_key: 100,
            rotating: None,
            ids: vec![town.funding, town.mistake, town.reversal, town.to_shut],
            accepted: 0,
            refused: BTreeMap::new(),
        }
    }

    pub(crate) fn play(&mut self, stage: &mut impl Stage, op: Op) {
        let Some(intent) = self.intent(stage, op) else { return };
        let rotated = self.rotating.take();
        match stage.when(intent) {
            Ok(id) => {
                self.accepted += 1;
                self.ids.push(id);
                if let Some((number, new, old)) = rotated {
                    self.keys.insert(number, new);
                    self.stale.insert(number, old);
                }
            }
            Err(code) => *self.refused.entry(code).or_default() += 1,
        }
    }

    fn says(&self, who: u8, act: impl Into<archipel_domain::act::Act>) -> Intent {
        let number = u64::from(who);
        let key = self.keys.get(&number).copied().unwrap_or(number);
        person(number).says(act).signed_with(key)
    }

    /// Under the mandate that the person might hold.
    fn mandated(&self, who: u8, act: impl Into<archipel_domain::act::Act>) -> Intent {
        let intent = self.says(who, act);
        match who {
            1 | 2 => intent.under(archipel_testkit::scenario::mandate(u64::from(who))),
            3 => intent.under(self.town.treasurer),
            4 => intent.under(self.town.scribe),
            5 => intent.under(self.town.expired),
            7 => intent.under(self.town.future),
            _ => intent,
        }
    }

    fn intent(&mut self, stage: &mut impl Stage, op: Op) -> Option<Intent> {
        let Op { sort, who, a, b } = op;
        Some(match sort {
            0 | 1 => self.payment(who, a, b),
            2 => self.says(who, acts::reverse(self.ids[usize::from(a) % self.ids.len()])),
            3..=5 => {
                let vote = nth(stage, Kind::Vote, a)?;
                let terms = if b % 16 == 0 { acts::version("") } else { stage.terms(vote) };
                self.says(who, acts::ballot(vote, terms, paper(b)))
            }
            6 => self.says(who, acts::submit(["a\nb\nc", Town::TEXT][usize::from(a % 2)])),
            7..=9 => self.on_text(stage, who, a, b)?,
            10 => self.on_keys(who, a, b),
            11 => self.on_roles(stage, who, a, b)?,
            12 => self.opening(stage, who, a, b)?,
            13 => {
                stage.advance_ms(i64::from(a) * DAY_MS / 65_536 * i64::from(1 + b % 4) / 4);
                return None;
            }
            14 if a % 2 == 0 => self.says(who, acts::sign_call("appeal")),
            14 => self.says(who, acts::withdraw_from_call("appeal")),
            15 => self.mandated(1 + who % 2, acts::admit(person(8 + u64::from(a % 9)), &["nord"])),
            16 if b % 64 == 0 => self.says(who, acts::leave(person(u64::from(1 + a % 9)))),
            16 if b % 2 == 0 => self.mandated(1, acts::group(&format!("g{}", a % 32))),
            16 => {
                let log = ["voisine", "autre"][usize::from(a % 2)];
                let origin = ["example.org/b", "example.org/c"][usize::from(a / 2 % 9 / 8)];
                let (size, root) = (u64::from(b % 64), u64::from(a / 32 % 2));
                self.mandated(1, acts::witness(log, origin, u64::from(a % 2), size, root))
            }
            18..=21 => {
                let (act, mandated) = play_votes::act(stage, a, b)?;
                if mandated { self.mandated(1, act) } else { self.says(who, act) }
            }
            22 | 23 => {
                let (act, doer) = play_roles::act(stage, a, b)?;
                match doer {
                    Doer::Founder => self.mandated(1, act),
                    Doer::Anybody => self.says(who, act),
                    Doer::Holder(holder) => self.says(holder, act),
                }
            }
            24 | 25 => {
                let (act, founder) = play_safeguards::act(stage, who, a, b)?;
                match founder {
                    Some(founder) => self.mandated(founder, act),
                    None => self.says(who, act),
                }
            }
            26..=28 => {
                let (who, act, mandated) = play_elections::act(stage, who, a, b)?;
                if mandated { self.mandated(who, act) } else { self.says(who, act) }
            }
            29 => {
                let (act, mandated) = play_rotations::act(stage, a, b);
                if mandated { self.mandated(1, act) } else { self.says(who, act) }
            }
            17 if a % 4 > 0 => {
                let (act, mandated) = play_draws::act(stage, who, a >> 2, b)?;
                if mandated { self.mandated(1, act) } else { self.says(who, act) }
            }
            _ => {
                let name = format!("x{}", a % 16);
                let own = Owner::Member(person(u64::from(who)).id);
                let open = acts::account(&name, "EUR", own, None);
                if b % 3 == 0 {
                    self.mandated(1, acts::close_account(&name))
                } else {
                    self.mandated(1, open)
                }
            }
        })
    }

    fn payment(&self, who: u8, a: u16, b: u16) -> Intent {
        let (from, unit) = ACCOUNTS[usize::from(a) % ACCOUNTS.len()];
        let (to, other) = ACCOUNTS[usize::from(a >> 8) % ACCOUNTS.len()];
        let amount = i64::from(b % 512);
        let act = acts::pay(&[(from, -amount, unit), (to, amount, other)]);
        if b.is_multiple_of(4) { self.says(who, act) } else { self.mandated(3, act) }
    }

    fn on_text(&self, stage: &impl Stage, who: u8, a: u16, b: u16) -> Option<Intent> {
        let proposal = nth(stage, Kind::Proposal, a)?;
        let text = text_of(stage, proposal)?;
        let lines: Vec<&str> = text.lines().collect();
        let at = usize::from(a >> 8) % lines.len();
        let change = acts::change(u32::try_from(at).ok()?, lines[at], &format!("w{}", b >> 8));
        Some(match b % 8 {
            0 => self.says(who, acts::support(proposal, &text)),
            1 => self.says(who, acts::publish(proposal, &text, &[change])),
            2 => self.mandated(4, acts::publish(proposal, &text, &[change])),
            3 | 4 => self.says(who, acts::amend(proposal, &text, &[change])),
            5 if a.is_multiple_of(8) => self.says(who, acts::withdraw(proposal)),
            5 => self.mandated(4, acts::decline(nth(stage, Kind::Amendment, b >> 3)?)),
            _ => {
                let amendment = nth(stage, Kind::Amendment, b >> 3)?;
                self.mandated(4, integration(stage, amendment)?)
            }
        })
    }

    fn on_keys(&mut self, who: u8, a: u16, b: u16) -> Intent {
        self.next_key += 1;
        let (new, number) = (self.next_key, u64::from(who));
        let old = self.keys.get(&number).copied().unwrap_or(number);
        let stale = self.stale.get(&number).copied().unwrap_or(old);
        match a % 4 {
            0 => {
                self.rotating = Some((number, new, old));
                self.says(who, acts::rotate(person(number), new))
            }
            1 => {
                self.rotating = Some((number, new, old));
                self.says(who, acts::enrol(person(number), new))
            }
            2 => self.says(who, acts::revoke(person(number), stale)),
            _ if !b.is_multiple_of(64) => self.says(who, acts::submit("text")).signed_with(stale),
            _ => self.mandated(1 + who % 2, acts::revoke(person(number), old)),
        }
    }

    fn on_roles(&self, stage: &impl Stage, who: u8, a: u16, b: u16) -> Option<Intent> {
        let role = ["observer", "scribe", "organiser", "treasurer"][usize::from(a % 4)];
        let from = stage.now().plus_ms(i64::from(b % 8) * DAY_MS);
        let until = from.plus_ms(i64::from(b >> 8) * DAY_MS / 16);
        let holder = person(u64::from(1 + (a >> 8) % 8));
        let held = nth(stage, Kind::Assignment, a >> 4)?;
        Some(match b % 5 {
            0 if held != archipel_testkit::scenario::mandate(1) => {
                self.mandated(1, acts::recall(held))
            }
            1 => self.says(who, acts::resign(held)),
            _ => self.mandated(1, acts::assign(role, holder, from, until)),
        })
    }

    fn opening(&self, stage: &impl Stage, who: u8, a: u16, b: u16) -> Option<Intent> {
        let closes_at = stage.now().plus_ms(i64::from(1 + b % 48) * DAY_MS / 12);
        let proposal = nth(stage, Kind::Proposal, a)?;
        let text = text_of(stage, proposal)?;
        let yes = acts::option_for("yes", proposal, &text);
        let two = || vec![acts::option("x"), acts::option("y")];
        let vote = match a % 5 {
            0 | 1 => acts::vote(acts::yes_no(), vec![yes], closes_at),
            2 => acts::vote(acts::approval(None), vec![acts::option("x"), yes], closes_at),
            3 => acts::vote(acts::judgment(Ungraded::Normalize), two(), closes_at),
            _ => acts::vote(acts::judgment(Ungraded::Worst), two(), closes_at),
        };
        Some(self.mandated(if b.is_multiple_of(8) { who } else { 1 }, vote))
    }
}

/// The integration that a server would draft.
fn integration(
    stage: &impl Stage,
    id: StatementId,
) -> Option<archipel_domain::proposal::IntegrateAmendment> {
    use archipel_domain::proposal::{IntegrateAmendment, text};
    stage.peek(|world| {
        let index = world.directory.by_uuid(Kind::Amendment, id.0)?;
        let amendment = world.tables.amendments.get(index)?;
        let proposal = world.tables.proposals.get(amendment.proposal)?;
        let changes = proposal.rebase(amendment.base, &amendment.changes).unwrap_or_default();
        let result = text::apply(&proposal.lines, &changes).unwrap_or_default();
        let (into, result) = (proposal.current()?, text::version_of(&result));
        Some(IntegrateAmendment { amendment: id, into, result, resolution: None })
    })
}

fn paper(n: u16) -> BallotPaper {
    let grade = |n: u16| ["no", "fair", "good"][usize::from(n) % 3];
    match n / 16 % 8 {
        0 => BallotPaper::Blank,
        1 => acts::says(Choice::For),
        2 => acts::says(Choice::Against),
        3 => acts::approves(&["x"]),
        4 => acts::approves(&["yes"]),
        5 => acts::grades(&[("x", grade(n))]),
        _ => acts::grades(&[("x", grade(n)), ("y", grade(n / 3))]),
    }
}

/// The name of one of the things of a kind that there are.
pub(crate) fn nth(stage: &impl Stage, kind: Kind, n: u16) -> Option<StatementId> {
    stage.peek(|world| {
        let count = u16::try_from(world.directory.names_of(kind).count()).ok()?;
        let index = u32::from(n.checked_rem(count)?);
        match world.directory.name(EntityRef::new(kind, index))? {
            Name::Uuid(id) => Some(StatementId(*id)),
            Name::Word(_) => None,
        }
    })
}

/// The current text of a proposal.
pub(crate) fn text_of(stage: &impl Stage, proposal: StatementId) -> Option<String> {
    stage.peek(|world| {
        let index = world.directory.by_uuid(Kind::Proposal, proposal.0)?;
        world.tables.proposals.get(index).map(|proposal| proposal.lines.join("\n"))
    })
}
