//! Votes, ballots and outcomes.

use super::{Both, Row, check, check_both};
use archipel_domain::counting::RankedRule;
use archipel_domain::id::StatementId;
use archipel_domain::vote::{
    BallotOption, BallotPaper, Choice, ElectorateRule, OPTIONS_MAX, OpenVote, VOTE_DAYS_MAX,
};
use archipel_testkit::scenario::{
    DAY_MS, Intent, Person, Scene, Stage as _, Town, acts, person, registrar,
};

const NOBODY: StatementId = StatementId(7);
const TEXT: &str = Town::TEXT;

fn two() -> Vec<BallotOption> {
    vec![acts::option("x"), acts::option("y")]
}

/// An opening by approval of two options, for five days, with something changed.
fn open(scene: &Scene, alter: impl FnOnce(&mut OpenVote)) -> Intent {
    let closes_at = scene.now.plus_ms(5 * DAY_MS);
    let mut vote = acts::vote(acts::approval(None), two(), closes_at);
    alter(&mut vote);
    Town::founder(vote)
}

/// A ballot under the vote's own terms.
fn cast(scene: &Scene, who: Person, vote: StatementId, paper: BallotPaper) -> Intent {
    who.says(acts::ballot(vote, scene.terms(vote), paper))
}

fn half(id: &str, label: &str) -> BallotOption {
    BallotOption { label: acts::line(label), ..acts::option(id) }
}

fn options(count: usize) -> Vec<BallotOption> {
    (0..count).map(|n| acts::option(&format!("o{n}"))).collect()
}

pub(crate) const ROWS: &[Row] = &[
    ("vote.unknown", |_, town| {
        person(3)
            .says(acts::ballot(NOBODY, acts::version(""), BallotPaper::Blank))
            .under(town.treasurer)
    }),
    ("vote.unknown", |_, town| registrar().says(acts::close(town.proposal))),
    ("vote.unknown", |_, _| registrar().says(acts::declare(NOBODY, acts::version("")))),
    ("vote.calendar", |scene, _| open(scene, |vote| vote.closes_at.0 -= 5 * DAY_MS)),
    ("vote.calendar", |scene, _| open(scene, |vote| vote.opens_at = Some(vote.closes_at))),
    ("vote.calendar", |scene, _| {
        open(scene, |vote| vote.closes_at.0 += (VOTE_DAYS_MAX - 5) * DAY_MS + 1)
    }),
    // An opening in the past is one at once: it does not make room for a later closing.
    ("vote.calendar", |scene, _| {
        let past = Some(scene.now.plus_ms(-9 * DAY_MS));
        open(scene, |vote| {
            vote.opens_at = past;
            vote.closes_at.0 -= 6 * DAY_MS;
        })
    }),
    ("vote.too-many-options", |scene, _| {
        open(scene, |vote| vote.options = options(OPTIONS_MAX + 1))
    }),
    ("vote.method", |scene, _| open(scene, |vote| vote.options.clear())),
    ("vote.method", |scene, _| open(scene, |vote| vote.method = acts::yes_no())),
    ("vote.method", |scene, _| open(scene, |vote| vote.method = acts::approval(Some(0)))),
    ("vote.method", |scene, _| {
        open(scene, |vote| {
            vote.method = acts::yes_no_by(1, 0);
            vote.options.truncate(1);
        })
    }),
    ("vote.method", |scene, _| {
        open(scene, |vote| vote.options = vec![half("x", "same"), half("y", "same")])
    }),
    ("vote.option-twice", |scene, _| {
        open(scene, |vote| vote.options = vec![half("x", "one"), half("x", "two")])
    }),
    ("vote.version-missing", |scene, town| {
        open(scene, |vote| vote.options[0].proposal = Some(town.proposal))
    }),
    ("vote.version-missing", |scene, _| {
        open(scene, |vote| vote.options[0].version = Some(acts::version(TEXT)))
    }),
    ("vote.proposal-unknown", |scene, _| {
        open(scene, |vote| vote.options[0] = acts::option_for("x", NOBODY, TEXT))
    }),
    ("vote.proposal-not-open", |scene, town| {
        open(scene, |vote| vote.options[0] = acts::option_for("x", town.withdrawn, TEXT))
    }),
    ("vote.proposal-not-open", |scene, town| {
        open(scene, |vote| vote.options[0] = acts::option_for("x", town.adopted, TEXT))
    }),
    ("vote.proposal-not-open", |scene, town| {
        open(scene, |vote| vote.options[0] = acts::option_for("x", town.voted, TEXT))
    }),
    ("vote.version-stale", |scene, town| {
        open(scene, |vote| vote.options[0] = acts::option_for("x", town.proposal, "other"))
    }),
    ("vote.group-unknown", |scene, _| {
        let groups = vec![acts::slug("nord"), acts::slug("est")];
        open(scene, |vote| vote.electorate = ElectorateRule::Groups(groups))
    }),
    ("vote.nobody-eligible", |scene, _| {
        scene.given(Town::founder(acts::group("est")));
        let groups = vec![acts::slug("est")];
        open(scene, |vote| vote.electorate = ElectorateRule::Groups(groups))
    }),
    ("vote.nobody-eligible", |scene, _| {
        open(scene, |vote| vote.electorate = ElectorateRule::Groups(vec![]))
    }),
    ("ballot.not-yet-open", |scene, town| cast(scene, person(3), town.later, BallotPaper::Blank)),
    ("ballot.vote-closed", |scene, town| cast(scene, person(3), town.done, BallotPaper::Blank)),
    // Late: the deadline is past even if nobody has stated the closing yet.
    ("ballot.vote-closed", |scene, town| {
        scene.advance_ms(20 * DAY_MS);
        cast(scene, person(3), town.yes_no, BallotPaper::Blank)
    }),
    ("ballot.not-eligible", |scene, town| {
        cast(scene, person(4), town.approval, BallotPaper::Blank)
    }),
    // Admitted after the opening.
    ("ballot.not-eligible", |scene, town| {
        scene.given(Town::founder(acts::admit(person(8), &["nord"])));
        cast(scene, person(8), town.approval, BallotPaper::Blank)
    }),
    ("ballot.other-terms", |scene, town| {
        let terms = scene.terms(town.yes_no);
        person(3).says(acts::ballot(town.approval, terms, acts::approves(&["x"])))
    }),
    ("ballot.other-method", |scene, town| {
        cast(scene, person(3), town.yes_no, acts::approves(&["yes"]))
    }),
    ("ballot.other-method", |scene, town| {
        cast(scene, person(3), town.approval, acts::grades(&[("x", "good")]))
    }),
    ("ballot.other-method", |scene, town| {
        cast(scene, person(3), town.judgment, acts::says(Choice::For))
    }),
    ("ballot.option-unknown", |scene, town| {
        cast(scene, person(3), town.approval, acts::approves(&["z"]))
    }),
    ("ballot.option-unknown", |scene, town| {
        cast(scene, person(3), town.judgment, acts::grades(&[("z", "good")]))
    }),
    ("ballot.grade-unknown", |scene, town| {
        cast(scene, person(3), town.judgment, acts::grades(&[("x", "great"), ("y", "good")]))
    }),
    ("ballot.ranked-twice", |scene, _| {
        let closes_at = scene.now.plus_ms(DAY_MS);
        let open = acts::vote(acts::ranked(RankedRule::Irv), two(), closes_at);
        let vote = scene.given(Town::founder(open));
        cast(scene, person(3), vote, acts::ranks(&["x", "y x"]))
    }),
    ("ballot.equal-ranks", |scene, _| {
        let closes_at = scene.now.plus_ms(DAY_MS);
        let open = acts::vote(acts::ranked(RankedRule::StvScottish), two(), closes_at);
        let vote = scene.given(Town::founder(open));
        cast(scene, person(3), vote, acts::ranks(&["x y"]))
    }),
    ("ballot.points-out-of-range", |scene, _| {
        let vote = open_dots(scene);
        cast(scene, person(3), vote, acts::points(&[("x", 1), ("y", 4)]))
    }),
    ("ballot.points-out-of-range", |scene, _| {
        let vote = open_dots(scene);
        cast(scene, person(3), vote, acts::points(&[("x", -1)]))
    }),
    ("ballot.too-many-points", |scene, _| {
        let vote = open_dots(scene);
        cast(scene, person(3), vote, acts::points(&[("x", 3), ("y", 3)]))
    }),
    ("ballot.too-many-choices", |scene, town| {
        cast(scene, person(3), town.approval, acts::approves(&["x", "y"]))
    }),
    ("ballot.ungraded", |scene, town| {
        cast(scene, person(3), town.judgment, acts::grades(&[("x", "good")]))
    }),
    ("vote.not-due", |scene, town| {
        scene.advance_ms(20 * DAY_MS - 1);
        registrar().says(acts::close(town.yes_no))
    }),
    ("vote.already-closed", |_, town| registrar().says(acts::close(town.done))),
    ("outcome.still-open", |_, town| {
        registrar().says(acts::declare(town.yes_no, acts::version("")))
    }),
    ("outcome.already-declared", |_, town| {
        registrar().says(acts::declare(town.done, acts::version("")))
    }),
    ("outcome.tally-mismatch", |scene, town| {
        scene.advance_ms(20 * DAY_MS);
        scene.given(registrar().says(acts::close(town.yes_no)));
        registrar().says(acts::declare(town.yes_no, acts::version("")))
    }),
    ("mandate.as-required", |scene, _| Intent { acting_as: None, ..open(scene, |_| {}) }),
    ("mandate.power-missing", |scene, town| town.as_scribe(open(scene, |_| {}).act)),
];

/// A vote by five points, of which three at most for one option.
fn open_dots(scene: &mut Scene) -> StatementId {
    let closes_at = scene.now.plus_ms(DAY_MS);
    scene.given(Town::founder(acts::vote(acts::dots(5, Some(3)), two(), closes_at)))
}

const PRECEDENCE: &[Both] = &[
    ("mandate.as-required", "vote.calendar", |scene, _| {
        let closes = open(scene, |vote| vote.closes_at.0 = 0);
        Intent { acting_as: None, ..closes }
    }),
    ("vote.calendar", "vote.too-many-options", |scene, _| {
        open(scene, |vote| {
            vote.closes_at.0 = 0;
            vote.options = options(OPTIONS_MAX + 1);
        })
    }),
    ("vote.too-many-options", "vote.method", |scene, _| {
        open(scene, |vote| {
            vote.options = options(OPTIONS_MAX + 1);
            vote.method = acts::yes_no();
        })
    }),
    ("vote.method", "vote.option-twice", |scene, _| {
        open(scene, |vote| {
            vote.options = vec![half("x", "one"), half("x", "two")];
            vote.method = acts::yes_no();
        })
    }),
    ("vote.option-twice", "vote.proposal-unknown", |scene, _| {
        open(scene, |vote| {
            vote.options = vec![half("x", "one"), half("x", "two")];
            vote.options[0].proposal = Some(NOBODY);
            vote.options[0].version = Some(acts::version(TEXT));
        })
    }),
    ("vote.version-missing", "vote.proposal-unknown", |scene, _| {
        open(scene, |vote| vote.options[0].proposal = Some(NOBODY))
    }),
    // The list decides, not the order of the options.
    ("vote.version-missing", "vote.version-stale", |scene, town| {
        open(scene, |vote| {
            vote.options[0] = acts::option_for("x", town.proposal, "other");
            vote.options[1].proposal = Some(town.proposal);
        })
    }),
    ("vote.proposal-unknown", "vote.proposal-not-open", |scene, town| {
        open(scene, |vote| {
            vote.options[0] = acts::option_for("x", town.voted, TEXT);
            vote.options[1] = acts::option_for("y", NOBODY, TEXT);
        })
    }),
    ("vote.proposal-not-open", "vote.version-stale", |scene, town| {
        open(scene, |vote| vote.options[0] = acts::option_for("x", town.withdrawn, "other"))
    }),
    ("vote.version-stale", "vote.group-unknown", |scene, town| {
        open(scene, |vote| {
            vote.options[0] = acts::option_for("x", town.proposal, "other");
            vote.electorate = ElectorateRule::Groups(vec![acts::slug("est")]);
        })
    }),
    ("ballot.not-yet-open", "ballot.not-eligible", |scene, town| {
        scene.given(Town::founder(acts::admit(person(8), &["nord"])));
        cast(scene, person(8), town.later, BallotPaper::Blank)
    }),
    ("ballot.vote-closed", "ballot.not-eligible", |scene, town| {
        scene.advance_ms(20 * DAY_MS);
        cast(scene, person(4), town.approval, BallotPaper::Blank)
    }),
    ("ballot.vote-closed", "ballot.other-terms", |_, town| {
        person(3).says(acts::ballot(town.done, acts::version(""), BallotPaper::Blank))
    }),
    ("ballot.not-eligible", "ballot.other-terms", |_, town| {
        person(4).says(acts::ballot(town.approval, acts::version(""), BallotPaper::Blank))
    }),
    ("ballot.other-terms", "ballot.other-method", |_, town| {
        let paper = acts::says(Choice::For);
        person(3).says(acts::ballot(town.approval, acts::version(""), paper))
    }),
    ("ballot.option-unknown", "ballot.grade-unknown", |scene, town| {
        cast(scene, person(3), town.judgment, acts::grades(&[("z", "great")]))
    }),
    ("ballot.option-unknown", "ballot.grade-unknown", |scene, town| {
        cast(scene, person(3), town.judgment, acts::grades(&[("x", "great"), ("z", "good")]))
    }),
    ("ballot.option-unknown", "ballot.too-many-choices", |scene, town| {
        cast(scene, person(3), town.approval, acts::approves(&["x", "y", "z"]))
    }),
    ("ballot.grade-unknown", "ballot.ungraded", |scene, town| {
        cast(scene, person(3), town.judgment, acts::grades(&[("x", "great")]))
    }),
    ("outcome.still-open", "outcome.tally-mismatch", |_, town| {
        registrar().says(acts::declare(town.yes_no, acts::version("")))
    }),
    ("outcome.already-declared", "outcome.tally-mismatch", |_, town| {
        registrar().says(acts::declare(town.done, acts::version("")))
    }),
];

#[test]
fn refusals() {
    check(ROWS);
}

#[test]
fn the_first_rule_wins() {
    check_both(PRECEDENCE);
}
