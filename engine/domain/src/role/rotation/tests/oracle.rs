//! All plans of a request, one after the other, and the best of them. Reads the request itself and
//! uses nothing of the solver.

use crate::id::{MemberId, Slug};
use crate::role::rotation::Request;
use num_rational::Ratio;
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A place and who holds it: period from 1, role, seat, person.
pub(super) type Row = (u32, Slug, u32, Option<MemberId>);

/// A value that is larger for the better plan.
type Value = (usize, Reverse<Vec<Ratio<u128>>>, Vec<u64>, Reverse<Vec<Vec<u8>>>);

/// The best plan, and its value.
pub(super) struct Best {
    pub(super) rows: Vec<Row>,
    pub(super) filled: usize,
    pub(super) loads: Vec<(u64, u64)>,
    pub(super) gaps: Vec<u64>,
    pub(super) plans: u64,
}

struct All<'a> {
    request: &'a Request,
    rows: Vec<Row>,
    weights: Vec<u64>,
    best: Option<(Value, Vec<Row>)>,
    plans: u64,
}

/// The places of a request, vacant, with their weights.
fn places(request: &Request) -> (Vec<Row>, Vec<u64>) {
    let mut open: Vec<(Row, u64)> = Vec::new();
    for seat in &request.seats {
        for (period, is_open) in (1..).zip(&seat.open) {
            if *is_open {
                open.push(((period, seat.role.clone(), seat.number, None), seat.weight));
            }
        }
    }
    open.sort();
    open.into_iter().unzip()
}

/// Whether all who hold a place may, given the earlier ones.
pub(super) fn is_lawful(request: &Request, holders: &[Option<usize>]) -> bool {
    let (mut rows, weights) = places(request);
    let mut ids: Vec<MemberId> = request.people.iter().map(|one| one.id).collect();
    ids.sort_unstable();
    for (row, holder) in rows.iter_mut().zip(holders) {
        row.3 = holder.map(|holder| ids[holder]);
    }
    let whole = rows.clone();
    let mut all = All { request, rows, weights, best: None, plans: 0 };
    (0..holders.len()).all(|at| {
        // Places after this one are not held yet.
        all.rows = whole.clone();
        all.rows[at + 1..].iter_mut().for_each(|row| row.3 = None);
        let of = |id| request.people.iter().position(|one| one.id == id).unwrap();
        whole[at].3.is_none_or(|id| all.can(at, of(id)))
    })
}

pub(super) fn best(request: &Request) -> Best {
    let (rows, weights) = places(request);
    let mut all = All { request, rows, weights, best: None, plans: 0 };
    all.try_all(0, 0);
    let ((filled, loads, gaps, _), rows) = all.best.unwrap();
    let part = |part: &u128| u64::try_from(*part).unwrap();
    let loads = loads.0.iter().map(|r| (part(r.numer()), part(r.denom()))).collect();
    Best { rows, filled, loads, gaps, plans: all.plans }
}

impl All<'_> {
    fn try_all(&mut self, at: usize, filled: usize) {
        let known = self.best.as_ref().map_or(0, |best| best.0.0);
        if filled + (self.rows.len() - at) < known {
            return;
        }
        if at == self.rows.len() {
            self.plans += 1;
            let lots_from = self.best.take();
            let value = self.value(filled);
            self.best = match lots_from {
                Some(best) if best.0 >= value => Some(best),
                _ => Some((value, self.rows.clone())),
            };
            return;
        }
        for person in 0..self.request.people.len() {
            self.rows[at].3 = Some(self.request.people[person].id);
            if self.can(at, person) {
                self.try_all(at + 1, filled + 1);
            }
        }
        self.rows[at].3 = None;
        self.try_all(at + 1, filled);
    }

    /// Whether somebody can hold a place after all that they hold in earlier ones.
    fn can(&self, at: usize, person: usize) -> bool {
        let person = &self.request.people[person];
        let (period, role, _, _) = &self.rows[at];
        let Some(past) = person.eligible.get(role) else { return false };
        if !person.available[*period as usize - 1] {
            return false;
        }
        let mine = |row: &&Row| row.3 == Some(person.id);
        let now: Vec<usize> = (0..=at)
            .filter(|index| self.rows[*index].0 == *period && mine(&&self.rows[*index]))
            .collect();
        if now.iter().map(|index| self.weights[*index]).sum::<u64>() > self.request.load_cap {
            return false;
        }
        let roles: Vec<&Slug> = now.iter().map(|index| &self.rows[*index].1).collect();
        if roles.iter().collect::<BTreeSet<_>>().len() < roles.len() {
            return false;
        }
        for (one, other) in &self.request.incompatible {
            if roles.contains(&one) && roles.contains(&other) {
                return false;
            }
        }
        let limits = self.request.roles.iter().find(|limits| limits.role == *role).unwrap();
        let count = self.rows[..=at].iter().filter(mine).filter(|row| row.1 == *role).count();
        if past.held + count as u64 > limits.max_held {
            return false;
        }
        // A calendar from long before the plan: position 40 is period 1.
        let mut calendar = [false; 80];
        if let Some(last) = past.last {
            for back in 0..last.run {
                calendar[40 - (last.ago + back) as usize] = true;
            }
        }
        for row in self.rows[..=at].iter().filter(mine).filter(|row| row.1 == *role) {
            calendar[39 + row.0 as usize] = true;
        }
        let here = 39 + *period as usize;
        let most = limits.max_consecutive as usize;
        if most < here && (here - most..=here).all(|day| calendar[day]) {
            return false;
        }
        // Nobody held it for the longest time and then again before the cooling-off is over.
        (1..=limits.cooling_off as usize).all(|off| {
            let end = here - off;
            let full = (end + 1 - most..=end).all(|day| calendar[day]);
            !full || calendar[end + 1] && end + 1 != here
        })
    }

    fn value(&self, filled: usize) -> Value {
        let load = |person: &crate::role::rotation::Person| {
            let held = self.rows.iter().zip(&self.weights);
            let new: u64 = held.filter(|(row, _)| row.3 == Some(person.id)).map(|(_, w)| w).sum();
            u128::from(person.past_load + new)
        };
        let days = |person: &crate::role::rotation::Person| {
            person.available.iter().filter(|day| **day).count() as u128
        };
        let able = self.request.people.iter().filter(|person| days(person) > 0);
        let mut loads: Vec<Ratio<u128>> =
            able.map(|person| Ratio::new(load(person), days(person))).collect();
        loads.sort_by_key(|load| Reverse(*load));
        let mut gaps = Vec::new();
        for (at, (period, role, _, holder)) in self.rows.iter().enumerate() {
            let Some(id) = holder else { continue };
            let before = self.rows[..at].iter().filter(|row| row.3 == Some(*id) && row.1 == *role);
            let person = self.request.people.iter().find(|person| person.id == *id).unwrap();
            let past = person.eligible[role].last.map(|last| u64::from(*period) + last.ago - 1);
            gaps.push(
                before.map(|row| u64::from(period - row.0)).min().or(past).unwrap_or(u64::MAX),
            );
        }
        gaps.sort_unstable();
        let lots = self.lots();
        (filled, Reverse(loads), gaps, Reverse(lots))
    }

    fn lots(&self) -> Vec<Vec<u8>> {
        let lot = |(period, role, seat, holder): &Row| {
            let Some(id) = holder else { return vec![0xff; 33] };
            let mut sha = Sha256::new();
            sha.update(self.request.seed.0);
            sha.update(period.to_be_bytes());
            sha.update([role.as_str().len() as u8]);
            sha.update(role.as_str().as_bytes());
            sha.update(seat.to_be_bytes());
            sha.update(id.0.to_be_bytes());
            sha.finalize().to_vec()
        };
        self.rows.iter().map(lot).collect()
    }
}
