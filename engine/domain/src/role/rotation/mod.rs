//! Fair rotation: who holds which role in which period, so that most seats are filled, loads are
//! even, and nobody holds the same role again soon (roles, section 1.5; the page on rotation says
//! it in full).
//!
//! [`Roster::new`] reads a [`Request`]; [`solve`] makes a [`Plan`], which [`check`] checks without
//! trusting how it was made. Everything is exact, and limits are counted in steps, so that one
//! request is one plan everywhere.

mod assign;
mod bound;
mod check;
mod flow;
mod gaps;
mod indicators;
mod local;
mod plan;
mod request;
mod roster;
mod schedules;
mod search;
mod track;
mod view;

#[cfg(test)]
mod tests;

pub use check::{Fault, check, check_within};
pub use indicators::{Carried, Indicators, indicators, plan_indicators};
pub use plan::{
    Assigned, Bound, Certificate, CertificateKind, Gap, Load, LoadRatio, Lot, Objective, Obstacle,
    Place, Plan, Potentials, Proof, Reason, Vacant,
};
pub use request::{
    LastHeld, PAST_MAX, PEOPLE_MAX, PERIODS_MAX, Person, ROLES_MAX, Request, RoleLimits,
    RosterError, SEATS_MAX, Seat, Standing, WEIGHT_MAX, WORK_MAX,
};
pub use roster::Roster;
pub use view::{Why, reasons};

use search::Ended;

/// The plan of a roster: the best one if that can be shown within the steps, else a good one with
/// a bound.
#[must_use]
pub fn solve(roster: &Roster) -> Plan {
    let bound = bound::bound(roster);
    if assign::is_assignment(roster) {
        let (chosen, potentials) = assign::solve(roster);
        return finish(roster, &chosen, bound, Some(Proof::Potentials(potentials)));
    }
    let first = local::improve(roster, None);
    match search::search(roster, first, bound.filled, search::STEPS_MAX) {
        Ended::Proven(chosen) => finish(roster, &chosen, bound, Some(Proof::Search)),
        Ended::Best(chosen) => {
            let chosen = local::improve(roster, Some(chosen));
            finish(roster, &chosen, bound, None)
        }
    }
}

fn finish(roster: &Roster, chosen: &[Option<usize>], bound: Bound, proof: Option<Proof>) -> Plan {
    let mut objective = local::value(roster, chosen);
    let (mut assignments, mut open) = (Vec::new(), Vec::new());
    for (slot, person) in roster.slots.iter().zip(chosen) {
        // Every slot has a name.
        let Some(place) = roster.place(*slot) else { continue };
        match person.and_then(|person| roster.people.get(person)) {
            Some(one) => {
                objective.lots.push(Lot::Drawn(roster.lot(*slot, one.id)));
                assignments.push(Assigned { place, person: one.id });
            }
            None => {
                objective.lots.push(Lot::Vacant);
                open.push(place);
            }
        }
    }
    let kind = match proof {
        Some(proof) => CertificateKind::Optimal(proof),
        None => {
            let (filled, loads) = (objective.filled, objective.loads.clone());
            CertificateKind::Bounded { reached: Bound { filled, loads } }
        }
    };
    let (vacant, loads) = view::explain(roster, &assignments, open);
    Plan { assignments, vacant, loads, objective, certificate: Certificate { kind, bound } }
}
