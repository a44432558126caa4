//! Elections without candidates: what is refused.

use super::{Both, Row, check, check_both};
use archipel_domain::draw::Announcement;
use archipel_domain::election::{
    Calendar, ELECTORS_MAX, Election, Electors, LISTED_MAX, OpenElection, ROUND_HOURS_MAX, TieStep,
};
use archipel_domain::entity::Kind;
use archipel_domain::id::StatementId;
use archipel_testkit::scenario::{
    DAY_MS, Intent, Scene, Stage as _, Town, acts, elections as say, lots, person,
};

/// Opened by person 1, with something changed.
pub(super) fn opening(scene: &Scene, change: impl FnOnce(&mut OpenElection)) -> Intent {
    let mut open = say::open(scene.now());
    change(&mut open);
    Town::founder(open)
}

pub(super) fn open(scene: &mut Scene, change: impl FnOnce(&mut OpenElection)) -> StatementId {
    let intent = opening(scene, change);
    scene.given(intent)
}

/// Whom each of some electors names.
pub(super) type Names = [(u64, u64)];

/// An election with these nominations sealed; others have missed the date.
fn sealed(scene: &mut Scene, names: &Names) -> StatementId {
    let election = open(scene, |_| {});
    seal_all(scene, election, names);
    election
}

pub(super) fn seal_all(scene: &mut Scene, election: StatementId, names: &Names) {
    for (who, whom) in names {
        scene.given(person(*who).says(say::seal(election, person(*who), person(*whom))));
    }
    if names.len() < 4 {
        scene.advance_ms(DAY_MS);
    }
}

pub(super) fn reveal_all(scene: &mut Scene, election: StatementId, names: &Names) {
    for (who, whom) in names {
        scene.given(person(*who).says(say::reveal(election, person(*who), person(*whom))));
    }
}

/// The same, revealed: they can be changed.
fn revealed(scene: &mut Scene, names: &Names) -> StatementId {
    let election = sealed(scene, names);
    reveal_all(scene, election, names);
    election
}

pub(super) fn keep_all(scene: &mut Scene, election: StatementId, names: &Names) {
    for (who, whom) in names {
        scene.given(person(*who).says(say::change(election, person(*whom))));
    }
}

/// The same, kept: somebody can be proposed.
pub(super) fn kept(scene: &mut Scene, names: &Names) -> StatementId {
    let election = revealed(scene, names);
    keep_all(scene, election, names);
    election
}

/// Person 7 is named by three, person 5 by one.
pub(super) const MOST: [(u64, u64); 4] = [(2, 7), (3, 7), (4, 7), (5, 5)];
/// Persons 4 and 7 are tied for good.
pub(super) const LEVEL: [(u64, u64); 4] = [(2, 7), (3, 4), (4, 7), (5, 4)];
/// Persons 4 and 7 are tied; persons 7 and 8 name others.
pub(super) const TIE: [(u64, u64); 6] = [(2, 7), (3, 4), (4, 7), (5, 4), (7, 5), (8, 3)];

/// With six electors, 2 to 5, 7 and 8, who name whom they name; kept.
pub(super) fn six(
    scene: &mut Scene,
    names: &Names,
    change: impl FnOnce(&mut OpenElection),
) -> StatementId {
    scene.given(Town::founder(acts::admit(person(8), &["nord"])));
    let electors = names.iter().map(|(who, _)| person(*who).id).collect();
    let election = open(scene, |open| {
        open.electors = Electors::Listed(electors);
        change(open);
    });
    seal_all(scene, election, names);
    reveal_all(scene, election, names);
    keep_all(scene, election, names);
    election
}

/// Person 7 is proposed.
pub(super) fn proposed(scene: &mut Scene) -> StatementId {
    let election = kept(scene, &MOST);
    scene.given(person(3).says(say::propose(election, None)));
    election
}

/// The same, and person 2 objects.
fn objected(scene: &mut Scene) -> StatementId {
    let election = proposed(scene);
    scene.given(person(2).says(say::object(election, person(7))));
    election
}

/// Persons 7 and 8 are asked to choose between persons 4 and 7.
fn in_revote(scene: &mut Scene) -> StatementId {
    let election = six(scene, &TIE, |_| {});
    scene.given(person(3).says(say::propose(election, None)));
    election
}

fn concluded(scene: &mut Scene) -> StatementId {
    let election = proposed(scene);
    scene.advance_ms(DAY_MS);
    scene.given(person(4).says(say::conclude(election)));
    election
}

pub(super) fn state(scene: &Scene, election: StatementId) -> &Election {
    let index = scene.world.directory.by_uuid(Kind::Election, election.0).unwrap();
    scene.world.tables.elections.get(index).unwrap()
}

const UNKNOWN: StatementId = StatementId(7);

pub(crate) const ROWS: &[Row] = &[
    ("mandate.as-required", |scene, _| person(3).says(say::open(scene.now()))),
    ("mandate.power-missing", |scene, town| town.as_treasurer(say::open(scene.now()))),
    ("role.unknown", |scene, _| opening(scene, |open| open.role = acts::slug("poet"))),
    ("circle.dissolved", |scene, _| {
        scene.given(Town::founder(acts::circle("new", "assembly")));
        scene.given(Town::founder(acts::role("poet", "new", &[], 1, 365)));
        scene.given(Town::founder(acts::dissolve("new")));
        opening(scene, |open| open.role = acts::slug("poet"))
    }),
    // The organiser has the power over roles, but not the founders' other powers.
    ("role.power-not-held", |scene, _| {
        let (now, week) = (scene.now(), scene.now().plus_ms(7 * DAY_MS));
        let organiser = acts::assign("organiser", person(5), now, week);
        let organiser = scene.given(Town::founder(organiser));
        let mut open = say::open(now);
        open.role = acts::slug("founders");
        person(5).says(open).under(organiser)
    }),
    ("election.term", |scene, _| opening(scene, |open| open.until = open.from)),
    ("election.term", |scene, _| {
        opening(scene, |open| open.until = open.from.plus_ms(366 * DAY_MS))
    }),
    ("election.term", |scene, _| {
        let now = scene.now();
        opening(scene, |open| (open.from, open.until) = (now.plus_ms(-DAY_MS), now))
    }),
    ("election.calendar", |scene, _| {
        let now = scene.now();
        opening(scene, |open| open.calendar.nominate_by = now)
    }),
    ("election.calendar", |scene, _| {
        opening(scene, |open| open.calendar.opens_at = Some(open.calendar.nominate_by))
    }),
    ("election.calendar", |scene, _| {
        opening(scene, |open| open.calendar.share_by = open.calendar.nominate_by)
    }),
    ("election.calendar", |scene, _| {
        opening(scene, |open| open.calendar.change_by = open.calendar.share_by)
    }),
    ("election.calendar", |scene, _| {
        let late = scene.now().plus_ms(367 * DAY_MS);
        opening(scene, |open| open.calendar.change_by = late)
    }),
    ("election.calendar", |scene, _| opening(scene, |open| open.calendar.round_hours = 0)),
    ("election.calendar", |scene, _| {
        opening(scene, |open| open.calendar.round_hours = ROUND_HOURS_MAX + 1)
    }),
    ("group.unknown", |scene, _| {
        opening(scene, |open| open.electors = Electors::Groups(vec![acts::slug("est")]))
    }),
    ("election.elector-count", |scene, _| {
        opening(scene, |open| open.electors = Electors::Listed(Vec::new()))
    }),
    ("election.elector-count", |scene, _| {
        let many = vec![person(2).id; LISTED_MAX + 1];
        opening(scene, |open| open.electors = Electors::Listed(many))
    }),
    ("election.elector-count", |scene, _| {
        scene.given(Town::founder(acts::group("est")));
        opening(scene, |open| open.electors = Electors::Groups(vec![acts::slug("est")]))
    }),
    ("election.elector-count", |scene, _| {
        for number in 0..ELECTORS_MAX as u64 {
            scene.given(Town::founder(acts::admit(person(100 + number), &[])));
        }
        opening(scene, |open| open.electors = Electors::Members)
    }),
    ("election.elector-list", |scene, _| {
        let twice = vec![person(2).id, person(2).id];
        opening(scene, |open| open.electors = Electors::Listed(twice))
    }),
    ("election.elector-list", |scene, _| {
        opening(scene, |open| open.electors = Electors::Listed(vec![person(9).id]))
    }),
    ("election.elector-list", |scene, _| {
        opening(scene, |open| open.electors = Electors::Listed(vec![person(6).id]))
    }),
    ("election.tie-steps", |scene, _| {
        opening(scene, |open| open.ties = vec![TieStep::Revote, TieStep::Revote])
    }),
    ("entropy.commitment-count", |scene, _| {
        opening(scene, |open| open.lot = lots::committed(1, 4))
    }),
    ("draw.date", |scene, _| opening(scene, |open| open.lot_at = None)),
    ("election.lot-date", |scene, _| {
        opening(scene, |open| open.lot_at = Some(open.calendar.change_by.plus_ms(-1)))
    }),
    ("election.lot-date", |scene, _| {
        let (chain, round) = lots::round(scene.now().plus_ms(2 * DAY_MS));
        opening(scene, |open| {
            (open.lot, open.lot_at) = (Announcement::Beacon { chain, round }, None);
        })
    }),
    ("entropy.replayed", |scene, _| {
        open(scene, |_| {});
        opening(scene, |_| {})
    }),
    ("entropy.replayed", |scene, _| {
        let day = Some(scene.now().plus_ms(DAY_MS));
        let draw = lots::announce(lots::members(lots::simple(1, 0)), lots::committed(1, 2), day);
        scene.given(Town::founder(draw));
        opening(scene, |_| {})
    }),
    ("entropy.replayed", |scene, _| {
        open(scene, |_| {});
        let day = Some(scene.now().plus_ms(DAY_MS));
        let pool = lots::members(lots::simple(1, 0));
        Town::founder(lots::announce(pool, lots::committed(1, 2), day))
    }),
    ("election.unknown", |_, _| person(2).says(say::seal(UNKNOWN, person(2), person(7)))),
    ("election.unknown", |_, _| person(2).says(say::reveal(UNKNOWN, person(2), person(7)))),
    ("election.unknown", |_, _| person(2).says(say::change(UNKNOWN, person(7)))),
    ("election.unknown", |_, _| person(2).says(say::propose(UNKNOWN, None))),
    ("election.unknown", |_, _| person(2).says(say::consent(UNKNOWN, person(7)))),
    ("election.unknown", |_, _| person(2).says(say::object(UNKNOWN, person(7)))),
    ("election.unknown", |_, _| person(2).says(say::challenge(UNKNOWN, person(7)))),
    ("election.unknown", |_, _| person(2).says(say::decline(UNKNOWN))),
    ("election.unknown", |_, _| person(2).says(say::conclude(UNKNOWN))),
    ("election.concluded", |scene, _| {
        let election = concluded(scene);
        person(2).says(say::seal(election, person(2), person(7)))
    }),
    ("election.concluded", |scene, _| {
        let election = concluded(scene);
        person(7).says(say::decline(election))
    }),
    ("election.concluded", |scene, _| {
        let election = concluded(scene);
        person(1).says(say::conclude(election))
    }),
    ("election.too-early", |scene, _| {
        let soon = scene.now().plus_ms(1);
        let election = open(scene, |open| open.calendar.opens_at = Some(soon));
        person(2).says(say::seal(election, person(2), person(7)))
    }),
    ("election.too-early", |scene, _| {
        let election = open(scene, |_| {});
        for who in [2, 3, 4] {
            scene.given(person(who).says(say::seal(election, person(who), person(7))));
        }
        person(2).says(say::reveal(election, person(2), person(7)))
    }),
    ("election.too-early", |scene, _| {
        let election = sealed(scene, &MOST);
        person(2).says(say::change(election, person(7)))
    }),
    ("election.too-early", |scene, _| {
        let election = revealed(scene, &MOST);
        person(2).says(say::propose(election, None))
    }),
    ("election.too-early", |scene, _| {
        let election = in_revote(scene);
        person(2).says(say::propose(election, None))
    }),
    ("election.too-early", |scene, _| {
        let election = revealed(scene, &MOST);
        person(1).says(say::conclude(election))
    }),
    ("election.late", |scene, _| {
        let election = open(scene, |_| {});
        scene.advance_ms(DAY_MS);
        person(2).says(say::seal(election, person(2), person(7)))
    }),
    // All others are in, so that the phase ended before its date.
    ("election.late", |scene, _| {
        let election = sealed(scene, &MOST);
        person(2).says(say::seal(election, person(2), person(7)))
    }),
    ("election.late", |scene, _| {
        let election = sealed(scene, &MOST);
        scene.advance_ms(2 * DAY_MS);
        person(2).says(say::reveal(election, person(2), person(7)))
    }),
    ("election.late", |scene, _| {
        let election = revealed(scene, &MOST);
        scene.advance_ms(3 * DAY_MS);
        person(2).says(say::change(election, person(5)))
    }),
    ("election.late", |scene, _| {
        let election = proposed(scene);
        scene.advance_ms(DAY_MS);
        person(2).says(say::consent(election, person(7)))
    }),
    ("election.late", |scene, _| {
        let election = objected(scene);
        scene.advance_ms(DAY_MS);
        person(3).says(say::consent(election, person(7)))
    }),
    ("election.late", |scene, _| {
        let election = objected(scene);
        scene.advance_ms(DAY_MS);
        person(3).says(say::object(election, person(7)))
    }),
    ("election.late", |scene, _| {
        let election = proposed(scene);
        for who in [2, 3, 4, 5, 7] {
            scene.given(person(who).says(say::consent(election, person(7))));
        }
        person(2).says(say::object(election, person(7)))
    }),
    ("election.not-elector", |scene, _| {
        let election = open(scene, |_| {});
        person(7).says(say::seal(election, person(7), person(7)))
    }),
    ("election.not-elector", |scene, _| {
        let election = sealed(scene, &MOST);
        person(7).says(say::reveal(election, person(7), person(7)))
    }),
    ("election.not-elector", |scene, _| {
        let election = revealed(scene, &MOST);
        person(7).says(say::change(election, person(7)))
    }),
    ("election.not-elector", |scene, _| {
        let election = proposed(scene);
        person(1).says(say::consent(election, person(7)))
    }),
    ("election.not-elector", |scene, _| {
        let election = proposed(scene);
        person(1).says(say::object(election, person(7)))
    }),
    ("election.not-facilitator", |scene, _| {
        let election = objected(scene);
        person(2).says(say::challenge(election, person(2)))
    }),
    ("election.not-facilitator", |scene, _| {
        let election = proposed(scene);
        for who in [2, 3, 4, 5, 7] {
            scene.given(person(who).says(say::consent(election, person(7))));
        }
        person(2).says(say::conclude(election))
    }),
    ("mandate.as-required", |scene, _| {
        let election = objected(scene);
        scene.advance_ms(DAY_MS);
        person(2).says(say::discard(election, person(2)))
    }),
    ("election.sealed-already", |scene, _| {
        let election = open(scene, |_| {});
        scene.given(person(2).says(say::seal(election, person(2), person(7))));
        person(2).says(say::seal(election, person(2), person(5)))
    }),
    ("election.nothing-sealed", |scene, _| {
        let election = sealed(scene, &MOST[..3]);
        person(5).says(say::reveal(election, person(5), person(7)))
    }),
    ("election.revealed-already", |scene, _| {
        let election = sealed(scene, &MOST);
        scene.given(person(2).says(say::reveal(election, person(2), person(7))));
        person(2).says(say::reveal(election, person(2), person(7)))
    }),
    ("election.not-the-committed", |scene, _| {
        let election = sealed(scene, &MOST);
        person(2).says(say::reveal(election, person(2), person(5)))
    }),
    ("election.not-the-committed", |scene, _| {
        let election = sealed(scene, &MOST);
        let mut reveal = say::reveal(election, person(2), person(7));
        reveal.salt = say::salt(person(3));
        person(2).says(reveal)
    }),
    // Somebody else's nomination, copied while it was sealed, opens with nothing.
    ("election.not-the-committed", |scene, _| {
        let election = open(scene, |_| {});
        for who in [2, 3, 4, 5] {
            scene.given(person(who).says(say::seal(election, person(5), person(7))));
        }
        person(2).says(say::reveal(election, person(5), person(7)))
    }),
    ("election.facilitator", |scene, _| {
        let election = sealed(scene, &[(2, 1), (3, 7), (4, 7), (5, 5)]);
        person(2).says(say::reveal(election, person(2), person(1)))
    }),
    ("election.nominee-unknown", |scene, _| {
        let election = sealed(scene, &[(2, 6), (3, 7), (4, 7), (5, 5)]);
        person(2).says(say::reveal(election, person(2), person(6)))
    }),
    ("election.nominee-unknown", |scene, _| {
        let election = sealed(scene, &[(2, 99), (3, 7), (4, 7), (5, 5)]);
        person(2).says(say::reveal(election, person(2), person(99)))
    }),
    ("election.nominee-unknown", |scene, _| {
        let election = revealed(scene, &MOST);
        scene.given(person(7).says(acts::leave(person(7))));
        person(5).says(say::change(election, person(7)))
    }),
    ("election.nothing-revealed", |scene, _| {
        let election = sealed(scene, &MOST);
        reveal_all(scene, election, &MOST[1..]);
        scene.advance_ms(2 * DAY_MS);
        person(2).says(say::change(election, person(7)))
    }),
    ("election.changed-already", |scene, _| {
        let election = revealed(scene, &MOST);
        scene.given(person(2).says(say::change(election, person(7))));
        person(2).says(say::change(election, person(5)))
    }),
    ("election.changed-already", |scene, _| {
        let election = in_revote(scene);
        scene.given(person(8).says(say::change(election, person(7))));
        person(8).says(say::change(election, person(4)))
    }),
    ("election.not-named", |scene, _| {
        let election = revealed(scene, &MOST);
        person(2).says(say::change(election, person(3)))
    }),
    ("election.not-to-move", |scene, _| {
        let election = in_revote(scene);
        person(2).says(say::change(election, person(4)))
    }),
    ("election.not-tied", |scene, _| {
        let election = in_revote(scene);
        person(8).says(say::change(election, person(5)))
    }),
    ("election.already-proposed", |scene, _| {
        let election = proposed(scene);
        person(2).says(say::propose(election, None))
    }),
    ("election.nobody-left", |scene, _| {
        let election = open(scene, |_| {});
        scene.advance_ms(3 * DAY_MS);
        person(2).says(say::propose(election, None))
    }),
    ("election.lot-needed", |scene, _| {
        let election = kept(scene, &LEVEL);
        person(2).says(say::propose(election, None))
    }),
    ("election.lot-not-needed", |scene, _| {
        let election = kept(scene, &MOST);
        person(2).says(say::propose(election, Some(lots::revealed(1, None))))
    }),
    ("draw.too-early", |scene, _| {
        let election = kept(scene, &LEVEL);
        person(2).says(say::propose(election, Some(lots::revealed(1, Some(1)))))
    }),
    ("entropy.not-the-committed", |scene, _| {
        let election = kept(scene, &LEVEL);
        person(2).says(say::propose(election, Some(lots::revealed(2, None))))
    }),
    ("election.nobody-proposed", |scene, _| {
        let election = kept(scene, &MOST);
        person(2).says(say::consent(election, person(7)))
    }),
    ("election.nobody-proposed", |scene, _| {
        let election = kept(scene, &MOST);
        person(2).says(say::object(election, person(7)))
    }),
    ("election.nobody-proposed", |scene, _| {
        let election = kept(scene, &MOST);
        person(1).says(say::challenge(election, person(2)))
    }),
    ("election.nobody-proposed", |scene, _| {
        let election = kept(scene, &MOST);
        person(7).says(say::decline(election))
    }),
    ("election.nobody-proposed", |scene, _| {
        let election = kept(scene, &MOST);
        person(1).says(say::conclude(election))
    }),
    ("election.other-candidate", |scene, _| {
        let election = proposed(scene);
        person(2).says(say::consent(election, person(5)))
    }),
    ("election.other-candidate", |scene, _| {
        let election = proposed(scene);
        person(2).says(say::object(election, person(5)))
    }),
    ("election.other-candidate", |scene, _| {
        let election = proposed(scene);
        person(5).says(say::decline(election))
    }),
    ("election.consented-already", |scene, _| {
        let election = proposed(scene);
        scene.given(person(2).says(say::consent(election, person(7))));
        person(2).says(say::consent(election, person(7)))
    }),
    ("election.objection-open", |scene, _| {
        let election = objected(scene);
        person(2).says(say::object(election, person(7)))
    }),
    // Silence does not overrule an objection.
    ("election.objection-open", |scene, _| {
        let election = objected(scene);
        scene.advance_ms(30 * DAY_MS);
        person(1).says(say::conclude(election))
    }),
    ("election.no-objection", |scene, _| {
        let election = objected(scene);
        person(1).says(say::discard(election, person(3)))
    }),
    ("election.no-objection", |scene, _| {
        let election = objected(scene);
        scene.given(person(2).says(say::consent(election, person(7))));
        person(1).says(say::discard(election, person(2)))
    }),
    ("election.challenged-already", |scene, _| {
        let election = objected(scene);
        scene.given(person(1).says(say::challenge(election, person(2))));
        person(1).says(say::challenge(election, person(2)))
    }),
    ("election.challenged-already", |scene, _| {
        let election = objected(scene);
        scene.given(person(1).says(say::challenge(election, person(2))));
        scene.given(person(2).says(say::object(election, person(7))));
        person(1).says(say::challenge(election, person(2)))
    }),
    ("election.term", |scene, _| {
        let election = objected(scene);
        let longer = state(scene, election).until.plus_ms(1);
        person(1).says(say::integrate(election, person(2), Some(longer)))
    }),
    ("election.term", |scene, _| {
        let election = objected(scene);
        let none = state(scene, election).from;
        person(1).says(say::integrate(election, person(2), Some(none)))
    }),
    ("election.not-agreed", |scene, _| {
        let election = proposed(scene);
        scene.given(person(2).says(say::consent(election, person(7))));
        person(1).says(say::conclude(election))
    }),
];

const BOTH: &[Both] = &[
    ("mandate.as-required", "election.term", |scene, _| {
        let mut open = say::open(scene.now());
        open.until = open.from;
        person(3).says(open)
    }),
    ("election.term", "election.calendar", |scene, _| {
        opening(scene, |open| {
            (open.until, open.calendar) = (open.from, Calendar::default());
        })
    }),
    ("election.calendar", "election.elector-count", |scene, _| {
        opening(scene, |open| {
            (open.calendar, open.electors) = (Calendar::default(), Electors::Listed(Vec::new()));
        })
    }),
    ("election.elector-list", "election.tie-steps", |scene, _| {
        opening(scene, |open| {
            open.electors = Electors::Listed(vec![person(9).id]);
            open.ties = vec![TieStep::Revote, TieStep::Revote];
        })
    }),
    ("election.concluded", "election.late", |scene, _| {
        let election = concluded(scene);
        person(2).says(say::consent(election, person(7)))
    }),
    ("election.too-early", "election.not-elector", |scene, _| {
        let election = open(scene, |_| {});
        person(7).says(say::reveal(election, person(7), person(7)))
    }),
    ("election.late", "election.not-elector", |scene, _| {
        let election = sealed(scene, &MOST);
        person(7).says(say::seal(election, person(7), person(7)))
    }),
    ("election.late", "election.sealed-already", |scene, _| {
        let election = sealed(scene, &MOST);
        person(2).says(say::seal(election, person(2), person(7)))
    }),
    ("election.not-elector", "election.nothing-sealed", |scene, _| {
        let election = sealed(scene, &MOST);
        person(1).says(say::reveal(election, person(1), person(7)))
    }),
    ("election.not-elector", "election.other-candidate", |scene, _| {
        let election = proposed(scene);
        person(1).says(say::consent(election, person(5)))
    }),
    ("election.not-facilitator", "election.no-objection", |scene, _| {
        let election = proposed(scene);
        person(2).says(say::discard(election, person(3)))
    }),
    ("election.term", "election.no-objection", |scene, _| {
        let election = proposed(scene);
        let longer = state(scene, election).until.plus_ms(1);
        person(1).says(say::integrate(election, person(2), Some(longer)))
    }),
    ("election.revealed-already", "election.not-the-committed", |scene, _| {
        let election = sealed(scene, &MOST);
        scene.given(person(2).says(say::reveal(election, person(2), person(7))));
        person(2).says(say::reveal(election, person(2), person(5)))
    }),
    ("election.not-the-committed", "election.facilitator", |scene, _| {
        let election = sealed(scene, &MOST);
        person(2).says(say::reveal(election, person(2), person(1)))
    }),
    ("election.not-the-committed", "election.nominee-unknown", |scene, _| {
        let election = sealed(scene, &MOST);
        person(2).says(say::reveal(election, person(2), person(99)))
    }),
    ("election.nominee-unknown", "election.not-named", |scene, _| {
        let election = revealed(scene, &MOST);
        person(2).says(say::change(election, person(99)))
    }),
    ("election.changed-already", "election.not-named", |scene, _| {
        let election = revealed(scene, &MOST);
        scene.given(person(2).says(say::change(election, person(7))));
        person(2).says(say::change(election, person(3)))
    }),
    ("election.not-named", "election.not-tied", |scene, _| {
        let election = in_revote(scene);
        person(8).says(say::change(election, person(2)))
    }),
    ("election.not-to-move", "election.not-tied", |scene, _| {
        let election = in_revote(scene);
        person(2).says(say::change(election, person(5)))
    }),
    ("election.already-proposed", "election.lot-not-needed", |scene, _| {
        let election = proposed(scene);
        person(2).says(say::propose(election, Some(lots::revealed(1, None))))
    }),
    ("election.nobody-left", "election.lot-not-needed", |scene, _| {
        let election = open(scene, |_| {});
        scene.advance_ms(3 * DAY_MS);
        person(2).says(say::propose(election, Some(lots::revealed(1, None))))
    }),
    ("election.other-candidate", "election.consented-already", |scene, _| {
        let election = proposed(scene);
        scene.given(person(2).says(say::consent(election, person(7))));
        person(2).says(say::consent(election, person(5)))
    }),
];

#[test]
fn refusals() {
    check(ROWS);
}

#[test]
fn the_first_of_two() {
    check_both(BOTH);
}
