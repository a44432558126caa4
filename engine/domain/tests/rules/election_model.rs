//! A model of elections without candidates, written another way than the domain: it keeps the stage
//! that an election is in and moves it on step by step, where the domain derives it from what was
//! said. People are numbers, and so are moments.

use archipel_domain::election::{ProposedBy, TieStep};
use archipel_testkit::scenario::DAY_MS;
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Who = u64;
pub(super) const ELECTORS: [Who; 5] = [2, 3, 4, 5, 7];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stage {
    Nominate,
    Share,
    Change,
    Propose,
    Revote,
    Object,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Doubt {
    Raised,
    Doubted,
    Kept,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Say {
    Wait(i64),
    Leave(Who),
    Seal(Who, Who),
    Reveal(Who, Who),
    Change(Who, Who),
    Propose(Who, bool),
    Consent(Who, Who),
    Object(Who, Who),
    Challenge(Who, Who),
    Integrate(Who, Who, Option<i64>),
    Discard(Who, Who),
    Decline(Who),
    Conclude(Who),
}

pub(super) struct Model {
    pub(super) now: i64,
    pub(super) dates: [i64; 3],
    pub(super) lot_at: i64,
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) ties: Vec<TieStep>,
    pub(super) withholds: bool,
    pub(super) incumbents: Vec<Who>,
    pub(super) stage: Stage,
    pub(super) gone: BTreeSet<Who>,
    pub(super) sealed: BTreeMap<Who, Who>,
    pub(super) shared: BTreeMap<Who, Who>,
    pub(super) changed: BTreeSet<Who>,
    pub(super) moved: BTreeSet<Who>,
    /// Whom each names now.
    pub(super) names: BTreeMap<Who, Who>,
    pub(super) revote: Option<(Vec<Who>, Vec<Who>, i64)>,
    pub(super) lot: Option<Vec<Who>>,
    pub(super) burnt: BTreeSet<Who>,
    pub(super) candidate: Who,
    pub(super) by: Option<ProposedBy>,
    pub(super) round_until: i64,
    pub(super) consents: BTreeSet<Who>,
    pub(super) doubts: BTreeMap<Who, Doubt>,
    pub(super) elected: Option<Who>,
}

pub(super) enum Verdict {
    Candidate(Who, ProposedBy),
    Revote(Vec<Who>, Vec<Who>),
    Lot(Vec<Who>),
    Nobody,
}

impl Model {
    /// Opened at `now`, with a day for each phase and each round.
    pub(super) fn new(now: i64, ties: Vec<TieStep>, withholds: bool, incumbents: Vec<Who>) -> Self {
        let day = |days: i64| now + days * DAY_MS;
        Self {
            now,
            dates: [day(1), day(2), day(3)],
            lot_at: day(10),
            from: day(5),
            until: day(105),
            ties,
            withholds,
            incumbents,
            stage: Stage::Nominate,
            gone: BTreeSet::new(),
            sealed: BTreeMap::new(),
            shared: BTreeMap::new(),
            changed: BTreeSet::new(),
            moved: BTreeSet::new(),
            names: BTreeMap::new(),
            revote: None,
            lot: None,
            burnt: BTreeSet::new(),
            candidate: 0,
            by: None,
            round_until: 0,
            consents: BTreeSet::new(),
            doubts: BTreeMap::new(),
            elected: None,
        }
    }

    pub(super) fn here(&self, who: Who) -> bool {
        !self.gone.contains(&who) && who != 6
    }

    fn electors(&self) -> Vec<Who> {
        ELECTORS.into_iter().filter(|who| self.here(*who)).collect()
    }

    pub(super) fn participants(&self) -> BTreeSet<Who> {
        let mut all: BTreeSet<Who> = self.electors().into_iter().collect();
        all.insert(self.candidate);
        all
    }

    fn disputed(&self) -> bool {
        self.doubts.iter().any(|(who, doubt)| {
            let answered = *doubt == Doubt::Doubted && self.now >= self.round_until;
            self.here(*who) && !answered
        })
    }

    fn unanimous(&self) -> bool {
        self.participants().iter().all(|who| self.consents.contains(who))
    }

    /// The person proposed, unless they left, or silence withheld consent.
    pub(super) fn standing(&self) -> bool {
        let silent = self.withholds && self.now >= self.round_until && !self.unanimous();
        self.stage == Stage::Object && self.here(self.candidate) && (self.disputed() || !silent)
    }

    pub(super) fn agreed(&self) -> bool {
        let silence = !self.withholds && self.now >= self.round_until;
        self.standing() && !self.disputed() && (silence || self.unanimous())
    }

    pub(super) fn move_on(&mut self) {
        let mut after = |stage: Stage, next: Stage, over: bool| {
            if self.stage == stage && over {
                self.stage = next;
            }
        };
        let here: Vec<Who> = ELECTORS.into_iter().filter(|who| !self.gone.contains(who)).collect();
        let said = |map: &BTreeMap<Who, Who>, who: &Who| map.contains_key(who);
        let nominated = here.iter().all(|who| said(&self.sealed, who));
        let shared = here.iter().all(|who| !said(&self.sealed, who) || said(&self.shared, who));
        let kept = here.iter().all(|who| !said(&self.shared, who) || self.changed.contains(who));
        after(Stage::Nominate, Stage::Share, nominated || self.now >= self.dates[0]);
        after(Stage::Share, Stage::Change, shared || self.now >= self.dates[1]);
        after(Stage::Change, Stage::Propose, kept || self.now >= self.dates[2]);
        if let Some((_, movers, until)) = &self.revote {
            let done = movers.iter().all(|who| self.moved.contains(who) || !here.contains(who));
            after(Stage::Revote, Stage::Propose, done || self.now >= *until);
        }
    }

    pub(super) fn counts(&self) -> BTreeMap<Who, Vec<Who>> {
        let mut counts: BTreeMap<Who, Vec<Who>> = BTreeMap::new();
        for (who, whom) in &self.names {
            let out = self.burnt.contains(whom) && !(self.standing() && self.candidate == *whom);
            if self.here(*who) && self.here(*whom) && !out {
                counts.entry(*whom).or_default().push(*who);
            }
        }
        counts
    }

    fn verdict(&self) -> Verdict {
        let counts = self.counts();
        let most = counts.values().map(Vec::len).max().unwrap_or(0);
        let tied: Vec<Who> =
            counts.iter().filter(|(_, by)| by.len() == most).map(|(who, _)| *who).collect();
        match tied.len() {
            0 => return Verdict::Nobody,
            1 => return Verdict::Candidate(tied[0], ProposedBy::Most),
            _ => {}
        }
        for step in &self.ties {
            let fit: Vec<Who> = match step {
                TieStep::SelfNominator => {
                    tied.iter().copied().filter(|who| counts[who].contains(who)).collect()
                }
                TieStep::Incumbent => {
                    tied.iter().copied().filter(|who| self.incumbents.contains(who)).collect()
                }
                TieStep::Revote => Vec::new(),
            };
            let by = if *step == TieStep::Incumbent {
                ProposedBy::Incumbent
            } else {
                ProposedBy::SelfNominator
            };
            if fit.len() == 1 {
                return Verdict::Candidate(fit[0], by);
            }
            let others = counts.iter().filter(|(who, _)| !tied.contains(who));
            let movers: BTreeSet<Who> = others.flat_map(|(_, by)| by).copied().collect();
            let time = self.lot.is_none() && self.now + DAY_MS <= self.lot_at;
            if *step == TieStep::Revote && self.revote.is_none() && time && !movers.is_empty() {
                return Verdict::Revote(tied, movers.into_iter().collect());
            }
        }
        match &self.lot {
            Some(order) => {
                let first = order.iter().find(|who| tied.contains(who)).unwrap();
                Verdict::Candidate(*first, ProposedBy::Lot)
            }
            None => Verdict::Lot(tied),
        }
    }

    fn propose(&mut self, who: Who, by: ProposedBy) {
        self.stage = Stage::Object;
        self.by = Some(by);
        self.candidate = who;
        self.burnt.insert(who);
        self.round_until = self.now + DAY_MS;
        self.consents.clear();
        self.doubts.clear();
    }

    /// The code with which it is refused, or what changes.
    pub(super) fn say(&mut self, say: Say, lot: impl Fn() -> Vec<Who>) -> Result<(), &'static str> {
        self.move_on();
        if self.stage == Stage::Over && !matches!(say, Say::Wait(_) | Say::Leave(_)) {
            return Err("election.concluded");
        }
        match say {
            Say::Wait(ms) => self.now += ms,
            Say::Leave(who) => {
                self.gone.insert(who);
            }
            Say::Seal(..) | Say::Reveal(..) | Say::Change(..) => self.nominate(say)?,
            Say::Propose(_, chance) => self.on_proposal(chance, lot)?,
            Say::Consent(..) | Say::Object(..) => self.on_consent(say)?,
            Say::Challenge(by, who) | Say::Integrate(by, who, _) | Say::Discard(by, who) => {
                self.answer(say, by, who)?;
            }
            Say::Decline(who) => {
                if !self.standing() {
                    return Err("election.nobody-proposed");
                }
                if who != self.candidate {
                    return Err("election.other-candidate");
                }
                self.stage = Stage::Propose;
            }
            Say::Conclude(who) => self.conclude(who)?,
        }
        Ok(())
    }

    fn nominate(&mut self, say: Say) -> Result<(), &'static str> {
        let (who, whom, wanted) = match say {
            Say::Seal(who, whom) => (who, whom, Stage::Nominate),
            Say::Reveal(who, whom) => (who, whom, Stage::Share),
            Say::Change(who, whom) => (who, whom, Stage::Change),
            _ => unreachable!(),
        };
        let revote = wanted == Stage::Change && self.stage == Stage::Revote;
        match self.stage as u8 {
            stage if revote || stage == wanted as u8 => {}
            stage if stage < wanted as u8 => return Err("election.too-early"),
            _ => return Err("election.late"),
        }
        if !ELECTORS.contains(&who) {
            return Err("election.not-elector");
        }
        match say {
            Say::Seal(..) if self.sealed.contains_key(&who) => {
                return Err("election.sealed-already");
            }
            Say::Seal(..) => {
                self.sealed.insert(who, whom);
            }
            Say::Reveal(..) => match self.sealed.get(&who) {
                None => return Err("election.nothing-sealed"),
                _ if self.shared.contains_key(&who) => return Err("election.revealed-already"),
                Some(sealed) if *sealed != whom => return Err("election.not-the-committed"),
                _ if whom == 1 => return Err("election.facilitator"),
                _ if !self.here(whom) => return Err("election.nominee-unknown"),
                _ => {
                    self.shared.insert(who, whom);
                    self.names.insert(who, whom);
                }
            },
            _ => {
                let done = if revote { &mut self.moved } else { &mut self.changed };
                if !self.shared.contains_key(&who) {
                    return Err("election.nothing-revealed");
                }
                if done.contains(&who) {
                    return Err("election.changed-already");
                }
                if whom == 6 || self.gone.contains(&whom) {
                    return Err("election.nominee-unknown");
                }
                if !self.shared.values().any(|named| *named == whom) {
                    return Err("election.not-named");
                }
                if let Some((tied, movers, _)) = self.revote.as_ref().filter(|_| revote) {
                    if !movers.contains(&who) {
                        return Err("election.not-to-move");
                    }
                    if !tied.contains(&whom) {
                        return Err("election.not-tied");
                    }
                }
                done.insert(who);
                self.names.insert(who, whom);
            }
        }
        Ok(())
    }

    fn on_proposal(
        &mut self,
        chance: bool,
        lot: impl Fn() -> Vec<Who>,
    ) -> Result<(), &'static str> {
        if !matches!(self.stage, Stage::Propose | Stage::Object) {
            return Err("election.too-early");
        }
        if self.standing() {
            return Err("election.already-proposed");
        }
        match (self.verdict(), chance) {
            (Verdict::Nobody, _) => return Err("election.nobody-left"),
            (Verdict::Lot(_), false) => return Err("election.lot-needed"),
            (Verdict::Lot(tied), true) => {
                let order = lot();
                let first = order.iter().copied().find(|who| tied.contains(who)).unwrap();
                self.lot = Some(order);
                self.propose(first, ProposedBy::Lot);
            }
            (_, true) => return Err("election.lot-not-needed"),
            (Verdict::Candidate(who, by), false) => self.propose(who, by),
            (Verdict::Revote(tied, movers), false) => {
                self.stage = Stage::Revote;
                self.revote = Some((tied, movers, self.now + DAY_MS));
            }
        }
        Ok(())
    }

    fn in_round(&self) -> Result<(), &'static str> {
        if !self.standing() {
            return Err("election.nobody-proposed");
        }
        if self.agreed() { Err("election.late") } else { Ok(()) }
    }

    fn open(&self, who: Who) -> Option<Doubt> {
        let doubt = *self.doubts.get(&who)?;
        let answered = doubt == Doubt::Doubted && self.now >= self.round_until;
        (self.here(who) && !answered).then_some(doubt)
    }

    fn on_consent(&mut self, say: Say) -> Result<(), &'static str> {
        self.in_round()?;
        let (Say::Consent(who, whom) | Say::Object(who, whom)) = say else { unreachable!() };
        let consents = matches!(say, Say::Consent(..));
        let over = self.now >= self.round_until;
        if over && !(consents && self.open(who).is_some()) {
            return Err("election.late");
        }
        if !ELECTORS.contains(&who) && who != self.candidate {
            return Err("election.not-elector");
        }
        if whom != self.candidate {
            return Err("election.other-candidate");
        }
        if consents {
            if !self.consents.insert(who) {
                return Err("election.consented-already");
            }
            self.doubts.remove(&who);
            return Ok(());
        }
        let doubt = match self.open(who) {
            None => Doubt::Raised,
            Some(Doubt::Doubted) => Doubt::Kept,
            Some(_) => return Err("election.objection-open"),
        };
        self.consents.remove(&who);
        self.doubts.insert(who, doubt);
        Ok(())
    }

    fn answer(&mut self, say: Say, by: Who, who: Who) -> Result<(), &'static str> {
        self.in_round()?;
        if by != 1 {
            if self.now < self.round_until {
                return Err("election.not-facilitator");
            }
            if by != 2 {
                return Err("mandate.as-required");
            }
        }
        if let Say::Integrate(_, _, Some(until)) = say
            && !(self.from < until && until <= self.until && until > self.now)
        {
            return Err("election.term");
        }
        let doubt = self.open(who).ok_or("election.no-objection")?;
        match say {
            Say::Challenge(..) if doubt != Doubt::Raised => {
                return Err("election.challenged-already");
            }
            Say::Challenge(..) => {
                self.doubts.insert(who, Doubt::Doubted);
                self.round_until = self.round_until.max(self.now + DAY_MS);
            }
            Say::Integrate(_, _, until) => {
                self.doubts.remove(&who);
                self.consents.clear();
                self.until = until.unwrap_or(self.until);
                self.round_until = self.now + DAY_MS;
            }
            _ => self.stage = Stage::Propose,
        }
        Ok(())
    }

    fn conclude(&mut self, who: Who) -> Result<(), &'static str> {
        let standing = self.standing();
        let date = if standing { self.round_until } else { self.dates[2] };
        match self.stage {
            Stage::Propose | Stage::Object if !standing => {
                if !self.counts().is_empty() {
                    return Err("election.nobody-proposed");
                }
            }
            Stage::Object if self.agreed() => {}
            Stage::Object if self.disputed() => return Err("election.objection-open"),
            Stage::Object => return Err("election.not-agreed"),
            _ => return Err("election.too-early"),
        }
        if who != 1 && self.now < date {
            return Err("election.not-facilitator");
        }
        self.elected = Some(self.candidate).filter(|_| standing);
        self.stage = Stage::Over;
        Ok(())
    }
}
