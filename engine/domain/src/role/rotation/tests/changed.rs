//! A plan with one cell changed, that tells the truth of itself otherwise: what it holds, what it
//! carries, what it reaches. It is refused unless it keeps the limits, and never called the best.

use super::oracle::is_lawful;
use super::requests::{Shape, drawn};
use crate::role::rotation::bound::bound;
use crate::role::rotation::{Fault, Plan, Proof, Reason, Roster, Vacant, check, finish, solve};
use std::collections::BTreeMap;

/// The plan of these holders. Vacant places that somebody could take have no reason: they get one.
fn told_of(roster: &Roster, chosen: &[Option<usize>], proof: Option<Proof>) -> Plan {
    let mut plan = finish(roster, chosen, bound(roster), proof);
    let open = roster.slots.iter().zip(chosen).filter(|(_, holder)| holder.is_none());
    for place in open.filter_map(|(slot, _)| roster.place(*slot)) {
        if !plan.vacant.iter().any(|one| one.place == place) {
            plan.vacant.push(Vacant { place, reason: Reason::NobodyEligible });
        }
    }
    plan.vacant.sort_by(|one, other| one.place.cmp(&other.place));
    plan
}

#[test]
fn a_changed_cell_is_refused_unless_lawful_and_is_never_the_best() {
    let shape = Shape { people: 4, periods: 4, seats: 2, available: 75, open: 95 };
    let (mut lawful, mut refused) = (0, BTreeMap::<&str, u32>::new());
    for number in 0..120 {
        let request = drawn(shape, number);
        let roster = request.parse().unwrap();
        let plan = solve(&roster);
        let index = |id| roster.people.iter().position(|one| one.id == id);
        let holder = |slot: &super::super::roster::Slot| {
            let place = roster.place(*slot).unwrap();
            let held = plan.assignments.iter().find(|one| one.place == place);
            held.and_then(|one| index(one.person))
        };
        let chosen: Vec<Option<usize>> = roster.slots.iter().map(holder).collect();
        assert!(is_lawful(&request, &chosen), "number {number}");
        for at in 0..chosen.len() {
            for other in (0..roster.people.len()).map(Some).chain([None]) {
                let mut changed = chosen.clone();
                changed[at] = other;
                if changed == chosen {
                    continue;
                }
                let told = format!("number {number}, place {at}, {other:?}");
                let truth = told_of(&roster, &changed, None);
                let found = check(&roster, &truth);
                let is_fillable = matches!(found, Err(Fault::Fillable(_)));
                let is_good = found.is_ok() || is_fillable;
                assert_eq!(is_good, is_lawful(&request, &changed), "{told}: {found:?}");
                let claimed = told_of(&roster, &changed, Some(Proof::Search));
                assert!(check(&roster, &claimed).is_err(), "{told}: called the best");
                lawful += u32::from(found.is_ok());
                if let Err(fault) = found {
                    *refused.entry(fault.code()).or_default() += 1;
                }
            }
        }
    }
    assert!(lawful > 100, "{lawful}");
    for limit in ["not-eligible", "not-available", "held-enough", "cooling-off", "same-role"] {
        let code = format!("plan.{limit}");
        assert!(refused.contains_key(code.as_str()), "{code}: {refused:?}");
    }
    for code in ["plan.incompatible", "plan.load-cap", "plan.fillable"] {
        assert!(refused.contains_key(code), "{code}: {refused:?}");
    }
}
