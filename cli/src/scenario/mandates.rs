//! How the convention fills its roles: members drawn by lot to the closing session, the
//! facilitation by an election without candidates, welcome and minutes by a rotation.

use super::convention::{Cast, Refusal, nobody, prose, slug};
use super::{Person, ScriptError, Stage, line};
use archipel_domain::draw::{Announcement, Entropy, Reveal};
use archipel_domain::election::{
    Calendar, ChangeNomination, ConcludeElection, ConsentToCandidate, ElectionAnswer, Electors,
    Integration, ObjectToCandidate, OpenElection, ProposeCandidate, RevealNomination,
    SealNomination, Silence, TieStep, seal,
};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, Line, MemberId, Slug, StatementId};
use archipel_domain::role::rotation::CertificateKind;
use archipel_domain::role::{
    AcceptAssignment, BasisTerms, CharterRole, CharterTerms, Fill, FillRole, Grant, Limits, Power,
    Seats, Way,
};
use archipel_domain::rota::{DeclareAvailability, Facts, Interval, PlanRotation, RoleTerms, Terms};
use archipel_domain::sortition::{
    AnnounceDraw, DeclineDraw, DrawLots, DrawPool, Fallback, MemberDesign, MemberPool, MemberTerms,
};
use archipel_domain::time::Timestamp;
use archipel_domain::world::World;
use archipel_engine::clock::Clock as _;

/// Members drawn to the closing session, and alternates.
const CLOSING: (u32, u32) = (9, 3);
/// Electors of the facilitation.
const ELECTORS: usize = 12;
/// Weeks and people of the rotation.
const ROTATION: (u32, usize) = (6, 8);

/// What came of it.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Filled {
    /// Those who hold a seat in the closing session, in order of seat, and of how many.
    pub(crate) drawn: Vec<MemberId>,
    /// How many could be drawn.
    pub(crate) pool: usize,
    /// Who facilitates, and how many of how many named them in the end.
    pub(crate) elected: MemberId,
    pub(crate) nominations: usize,
    pub(crate) electors: usize,
    /// Turns of the rotation that are filled, of how many, and whether the plan is proven the best.
    pub(crate) turns: usize,
    pub(crate) places: usize,
    pub(crate) proven: bool,
}

/// A charter with powers everywhere, a year at most, and nothing else.
pub(super) fn charter(
    purpose: &str,
    powers: &[Power],
    filled_by: &[Way],
) -> Result<CharterTerms, ScriptError> {
    let grant = |power: &Power| Grant { power: *power, circle: None, groups: vec![], caps: vec![] };
    Ok(CharterTerms {
        purpose: prose(purpose)?,
        domains: Vec::new(),
        accountabilities: Vec::new(),
        powers: powers.iter().map(grant).collect(),
        seats: Seats { least: 1, most: 1 },
        term_days: 90,
        filled_by: filled_by.to_vec(),
        electorate: None,
        limits: None,
        link: None,
        acceptance: false,
        interim_days: Some(30),
        delegable: false,
        review_at: None,
    })
}

/// Two terms of the facilitation in a row are one too many; nobody facilitates and keeps the money.
pub(super) fn facilitation() -> Result<CharterTerms, ScriptError> {
    let powers = [Power::Votes, Power::Proposals];
    let ways = [Way::Appointment, Way::Election];
    let limits = Limits {
        consecutive: Some(1),
        cooling_off_days: Some(90),
        incompatible: vec![slug("tresorerie")?],
        ..Limits::default()
    };
    let terms = charter("Animer sans décider", &powers, &ways)?;
    Ok(CharterTerms { limits: Some(limits), ..terms })
}

fn define(stage: &mut Stage, role: &str, charter: CharterTerms) -> Result<(), ScriptError> {
    let act = CharterRole { role: slug(role)?, circle: slug("coordination")?, charter };
    stage.as_founder(act).map(|_| ())
}

/// Three secrets of the story, told from others by a word.
fn secrets(stage: &Stage, word: &str) -> [Hash; 3] {
    let seed = stage.seed;
    [1, 2, 3].map(|n| Hash::of(format!("archipel scenario {seed} {word} {n}").as_bytes()))
}

fn committed(secrets: &[Hash]) -> Announcement {
    let commitments = secrets.iter().map(|secret| Hash::of(&secret.0)).collect();
    Announcement::Secrets { commitments, least: 3 }
}

fn revealed(secrets: &[Hash]) -> Entropy {
    Entropy::Secrets(secrets.iter().copied().map(Reveal::Secret).collect())
}

fn world(stage: &Stage) -> std::sync::Arc<World> {
    stage.engine.views().latest().world.clone()
}

fn number(world: &World, person: &Person) -> Option<u32> {
    world.directory.by_uuid(Kind::Member, person.member.0)
}

fn person_of<'a>(world: &World, cast: &'a Cast, member: u32) -> Option<&'a Person> {
    cast.people.iter().find(|person| number(world, person) == Some(member))
}

/// Plays it all, from the day on which the first facilitation is about to end.
pub(super) fn play(
    stage: &mut Stage,
    cast: &Cast,
    refusals: &mut Vec<Refusal>,
) -> Result<Filled, ScriptError> {
    let (drawn, pool) = draw_closing_session(stage, cast, refusals)?;
    let (elected, nominations) = elect_facilitation(stage, cast, refusals)?;
    let (turns, places, proven) = rotate(stage, cast)?;
    let electors = ELECTORS;
    Ok(Filled { drawn, pool, elected, nominations, electors, turns, places, proven })
}

/// The secrets are committed to before, so that nobody can choose whom the lot falls on.
fn draw_closing_session(
    stage: &mut Stage,
    cast: &Cast,
    refusals: &mut Vec<Refusal>,
) -> Result<(Vec<MemberId>, usize), ScriptError> {
    let (seats, alternates) = CLOSING;
    let purpose = "Relire les décisions et les remettre à la convention suivante";
    let terms = charter(purpose, &[], &[Way::Draw])?;
    let seated = Seats { least: seats, most: seats };
    define(stage, "cloture", CharterTerms { seats: seated, acceptance: true, ..terms })?;
    let now = stage.clock.now();
    let day = |days: i64| now.plus_ms(days * Timestamp::DAY_MS);
    let fills = Fill { role: slug("cloture")?, from: day(2), until: day(32) };
    let secrets = secrets(stage, "cloture");
    let parameters =
        MemberTerms { seats, alternates, design: MemberDesign::Simple, fallback: Fallback::Empty };
    let draw = stage.as_founder(AnnounceDraw {
        title: line("Session de clôture"),
        purpose: prose(purpose)?,
        pool: DrawPool::Members(MemberPool { groups: None, parameters }),
        chance: committed(&secrets),
        comes_at: Some(day(1)),
        fills: Some(fills.clone()),
    })?;
    stage.clock.advance_ms(Timestamp::DAY_MS);
    let witness = cast.people.get(4).ok_or_else(nobody)?;
    let lots = DrawLots { draw: draw.id, entropy: revealed(&secrets), listed: None };
    stage.by(witness, None, lots)?;
    let holders = |stage: &Stage| -> Vec<u32> {
        let world = world(stage);
        let index = world.directory.by_uuid(Kind::Draw, draw.id.0);
        let draw = index.and_then(|index| world.tables.draws.get(index));
        let seats = draw.map(archipel_domain::sortition::Draw::seats).unwrap_or_default();
        seats.iter().filter_map(|seat| seat.holder).collect()
    };
    let pool = world(stage).tables.members.iter().count();
    // Somebody can not come: the next of the same lot does.
    let absent = holders(stage);
    let absent = absent.iter().find_map(|one| person_of(&world(stage), cast, *one));
    let absent = absent.ok_or_else(nobody)?;
    let name = Line::new(&absent.member.to_string());
    let person = name.map_err(|error| ScriptError::Write(error.to_string()))?;
    let reason = prose("En mer à cette date")?;
    stage.by(absent, None, DeclineDraw { draw: draw.id, person, reason })?;
    let seated = holders(stage);
    let basis = || BasisTerms::Draw(draw.id);
    let mut drawn = Vec::new();
    for member in &seated {
        // The founder may be drawn like anybody.
        let world = world(stage);
        let of_cast = person_of(&world, cast, *member);
        let who = of_cast.map_or(stage.founder.member, |person| person.member);
        let Fill { role, from, until } = fills.clone();
        let act = FillRole { role, member: who, from, until, basis: basis() };
        let given = stage.by(witness, None, act)?;
        if let Some(person) = of_cast {
            stage.by(person, None, AcceptAssignment { assignment: given.id })?;
        }
        drawn.push(who);
    }
    let Fill { role, from, until } = fills;
    let left_out = cast.people.iter().find(|person| !drawn.contains(&person.member));
    let member = left_out.ok_or_else(nobody)?.member;
    let act = FillRole { role, member, from, until, basis: basis() };
    refusals.push(Refusal { what: "not-drawn", code: stage.refused(witness, None, act)? });
    Ok((drawn, pool))
}

/// Everybody names one person, sealed; some change their minds; an objection shortens the mandate.
fn elect_facilitation(
    stage: &mut Stage,
    cast: &Cast,
    refusals: &mut Vec<Refusal>,
) -> Result<(MemberId, usize), ScriptError> {
    let electors: Vec<&Person> = cast.people.iter().skip(4).take(ELECTORS).collect();
    let now = stage.clock.now();
    let day = |days: i64| now.plus_ms(days * Timestamp::DAY_MS);
    let secrets = secrets(stage, "facilitation");
    let election = stage.as_founder(OpenElection {
        role: slug("facilitation")?,
        from: day(19),
        until: day(109),
        criteria: prose("Écouter, tenir le temps, ne pas trancher")?,
        electors: Electors::Listed(electors.iter().map(|person| person.member).collect()),
        calendar: Calendar {
            opens_at: None,
            nominate_by: day(2),
            share_by: day(3),
            change_by: day(4),
            round_hours: 48,
        },
        ties: vec![TieStep::SelfNominator, TieStep::Incumbent, TieStep::Revote],
        lot: committed(&secrets),
        lot_at: Some(day(8)),
        silence: Silence::Consents,
    })?;
    let election = election.id;
    let named = name_somebody(stage, election, &electors)?;
    let witness = electors.first().copied().ok_or_else(nobody)?;
    stage.by(witness, None, ProposeCandidate { election, entropy: None })?;
    let favourite = electors.get(3).copied().ok_or_else(nobody)?;
    let neighbour = electors.get(5).copied().ok_or_else(nobody)?;
    let candidate = favourite.member;
    let reason = prose("Trois mois d'affilée épuisent : deux suffisent")?;
    stage.by(neighbour, None, ObjectToCandidate { election, candidate, reason })?;
    let note = prose("Le mandat est ramené à deux mois")?;
    let answer = ElectionAnswer::Integrated(Integration { note, until: Some(day(79)) });
    stage.as_founder(archipel_domain::election::AnswerCandidacy {
        election,
        objector: neighbour.member,
        answer,
    })?;
    for person in electors.iter().take(8) {
        stage.by(person, None, ConsentToCandidate { election, candidate })?;
    }
    // Those who say nothing until the end of the round consent.
    stage.clock.advance_ms(2 * Timestamp::DAY_MS);
    stage.by(witness, None, ConcludeElection { election })?;
    let role = || slug("facilitation");
    let basis = BasisTerms::Election(election);
    let (from, until) = (day(19), day(79));
    let act = FillRole { role: role()?, member: candidate, from, until, basis };
    stage.by(witness, None, act)?;
    let former = cast.facilitator().ok_or_else(nobody)?.member;
    let basis = BasisTerms::Appointment(prose("Encore un peu")?);
    let (from, until) = (day(79), day(89));
    let again = FillRole { role: role()?, member: former, from, until, basis };
    refusals.push(Refusal { what: "terms-in-a-row", code: stage.refused_founder(again)? });
    Ok((candidate, named))
}

/// Sealed, told with reasons, then changed once: how many name the fourth elector in the end.
fn name_somebody(
    stage: &mut Stage,
    election: StatementId,
    electors: &[&Person],
) -> Result<usize, ScriptError> {
    let at = |place: usize| electors.get(place).copied().ok_or_else(nobody);
    // Half name the fourth of them, the others somebody else.
    let first = |place: usize| at(if place.is_multiple_of(2) { 3 } else { place / 2 });
    let salt = |person: &Person| Hash::of(person.secret.public_key().as_bytes());
    for (place, person) in electors.iter().enumerate() {
        let (nominator, nominee) = (person.member, first(place)?.member);
        let commitment = seal(election, nominator, nominee, salt(person));
        stage.by(person, None, SealNomination { election, commitment })?;
    }
    for (place, person) in electors.iter().enumerate() {
        let (nominee, salt) = (first(place)?.member, salt(person));
        let reason = prose("Parce que ses silences laissent parler les autres")?;
        stage.by(person, None, RevealNomination { election, nominee, salt, reason })?;
    }
    let mut named = 0_usize;
    for (place, person) in electors.iter().enumerate() {
        // Having heard the reasons, two of three move.
        let nominee = if place % 3 == 0 { first(place)? } else { at(3)? }.member;
        named += usize::from(nominee == at(3)?.member);
        let reason = prose("Les raisons des autres m'ont convaincu·e")?;
        stage.by(person, None, ChangeNomination { election, nominee, reason })?;
    }
    Ok(named)
}

/// Welcome and minutes, week after week, among eight people of whom one is away.
fn rotate(stage: &mut Stage, cast: &Cast) -> Result<(usize, usize, bool), ScriptError> {
    let (weeks, count) = ROTATION;
    for (role, purpose) in
        [("accueil", "Ouvrir la porte"), ("compte-rendu", "Écrire ce qui se dit")]
    {
        define(stage, role, charter(purpose, &[], &[Way::Rotation])?)?;
    }
    let people: Vec<&Person> = cast.people.iter().skip(6).take(count).collect();
    let first = stage.clock.now().plus_ms(Timestamp::DAY_MS);
    let begin = |week: u32| first.plus_ms(i64::from(week) * 7 * Timestamp::DAY_MS);
    let away = vec![Interval { from: begin(1), until: begin(3) }];
    let traveller = people.first().copied().ok_or_else(nobody)?;
    let unwanted = Vec::new();
    stage.by(traveller, None, DeclareAvailability { away, unwanted })?;
    let role = |role: Slug| RoleTerms {
        role,
        seats: Some(1),
        weight: 1,
        max_consecutive: 1,
        cooling_off: 1,
        max_held: 6,
        closed: Vec::new(),
    };
    let (welcome, minutes) = (slug("accueil")?, slug("compte-rendu")?);
    let terms = Terms {
        periods: (0..weeks)
            .map(|week| Interval { from: begin(week), until: begin(week + 1) })
            .collect(),
        roles: vec![role(welcome.clone()), role(minutes.clone())],
        incompatible: vec![(welcome, minutes)],
        load_cap: 1,
        people: people.iter().map(|person| person.member).collect(),
    };
    let facts = Facts::all(&world(stage));
    let (plan, _) =
        terms.plan(&facts, None).map_err(|error| ScriptError::Write(error.to_string()))?;
    let proven = matches!(plan.certificate.kind, CertificateKind::Optimal(_));
    let turns: Vec<(u32, Slug, MemberId)> = plan
        .assignments
        .iter()
        .map(|one| (one.place.period, one.place.role.clone(), one.person))
        .collect();
    let title = line("Accueil et comptes rendus, six semaines");
    let planned = PlanRotation { title, terms, draw: None, supersedes: None, plan };
    let rotation = stage.as_founder(planned)?.id;
    let witness = people.last().copied().ok_or_else(nobody)?;
    for (period, role, member) in &turns {
        let week = period.saturating_sub(1);
        let (from, until) = (begin(week), begin(week + 1));
        let basis = BasisTerms::Rotation(rotation);
        let act = FillRole { role: role.clone(), member: *member, from, until, basis };
        stage.by(witness, None, act)?;
    }
    let places = usize::try_from(weeks).unwrap_or(0).saturating_mul(2);
    Ok((turns.len(), places, proven))
}
