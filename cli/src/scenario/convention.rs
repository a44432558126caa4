//! The convention: an invented archipelago of groups decides, gives roles, and moves money.
//!
//! Deterministic from its seed. Names are invented. Each chapter is a function; refusals are part
//! of the story, with their codes.

use super::axes::{amend_axes, submit_axes};
use super::consent::agree_on_rules;
use super::mandates::{self, Filled};
use super::votes::{adopt_charter, choose_campaigns, choose_date, closing, plain_option};
use super::{Person, ScriptError, Stage, fund, line};
use archipel_domain::counting::yes_no::{Majority, Rule};
use archipel_domain::counting::{MethodSpec, Outcome};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, Prose, Slug, StatementId};
use archipel_domain::membership::{
    GroupKind, PublishCall, RegisterGroup, SignCall, WithdrawFromCall,
};
use archipel_domain::role::{
    BasisTerms, CharterRole, CharterTerms, FillRole, FormCircle, Power, ROOT_CIRCLE, Way, standing,
};
use archipel_domain::time::Timestamp;
use archipel_domain::vote::{ElectorateRule, OpenVote};
use archipel_domain::world::View;
use archipel_engine::audit::{AuditReport, audit};
use archipel_engine::clock::Clock as _;
use archipel_engine::projection::fold_view;
use archipel_engine::store::StoreOptions;
use std::path::Path;

/// Groups of the archipelago.
const GROUPS: usize = 65;
const PLACES: [&str; 13] = [
    "des Aulnes",
    "du Ressac",
    "de la Pointe",
    "des Salines",
    "du Vallon",
    "des Moulins",
    "de l'Anse",
    "du Gué",
    "des Genêts",
    "de la Lande",
    "du Phare",
    "des Ormes",
    "de la Grève",
];

/// An attempt that the rules refuse.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Refusal {
    pub(crate) what: &'static str,
    pub(crate) code: &'static str,
}

/// A vote that was held.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Held {
    pub(crate) vote: StatementId,
    pub(crate) title: String,
    pub(crate) eligible: u64,
    pub(crate) tally: Hash,
    pub(crate) outcome: Outcome,
}

/// A mandate, as it stands at the end.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Mandate {
    pub(crate) role: String,
    pub(crate) member: String,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) state: &'static str,
}

/// What the convention did.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Story {
    pub(crate) groups: usize,
    pub(crate) members: usize,
    pub(crate) signatures: usize,
    pub(crate) axes: usize,
    pub(crate) amendments_integrated: usize,
    pub(crate) amendments_declined: usize,
    pub(crate) votes: Vec<Held>,
    pub(crate) filled: Filled,
    pub(crate) mandates: Vec<Mandate>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) balances: Vec<fund::Balance>,
    pub(crate) moves: u64,
    pub(crate) audit: AuditReport,
    /// State hashes of the views folded again with 1, 2 and 4 threads: equal to the live ones.
    pub(crate) replays_equal: bool,
}

/// The people of the story and what they hold.
pub(crate) struct Cast {
    pub(crate) people: Vec<Person>,
    pub(crate) facilitation: StatementId,
    pub(crate) treasury: StatementId,
}

impl Cast {
    /// Holds the facilitation.
    pub(crate) fn facilitator(&self) -> Option<&Person> {
        self.people.first()
    }

    /// Holds the treasury.
    pub(crate) fn treasurer(&self) -> Option<&Person> {
        self.people.get(1)
    }
}

pub(crate) fn slug(text: &str) -> Result<Slug, ScriptError> {
    text.parse().map_err(|_| ScriptError::Write(format!("{text} is no slug")))
}

pub(crate) fn prose(text: &str) -> Result<Prose, ScriptError> {
    Prose::new(text).map_err(|error| ScriptError::Write(error.to_string()))
}

pub(crate) fn nobody() -> ScriptError {
    ScriptError::Write("the story needs at least 20 members".to_owned())
}

/// Plays the whole convention in a new directory; `chapter` is told what begins.
pub(crate) fn play(
    dir: &Path,
    members: usize,
    seed: u64,
    chapter: &mut dyn FnMut(&'static str),
) -> Result<Story, ScriptError> {
    if members < 20 {
        return Err(nobody());
    }
    chapter("founding");
    let origin = "convention.archipel.example/2026";
    let store = StoreOptions::default();
    let mut stage = Stage::found(dir, origin, "Convention de l'archipel", seed, store)?;
    let groups = register_groups(&mut stage)?;
    let people = stage.admit(members, &groups)?;
    chapter("roles");
    let cast = give_roles(&mut stage, people)?;
    let signatures = sign_call(&mut stage, &cast)?;
    chapter("proposals");
    let mut refusals = Vec::new();
    let axes = submit_axes(&mut stage, &cast)?;
    let (integrated, declined) = amend_axes(&mut stage, &cast, &axes, &mut refusals)?;
    chapter("votes");
    let votes = vec![
        choose_campaigns(&mut stage, &cast, &axes, &mut refusals)?,
        adopt_charter(&mut stage, &cast)?,
        choose_date(&mut stage, &cast)?,
        agree_on_rules(&mut stage, &cast)?,
    ];
    chapter("fund");
    let balances = fund::play(&mut stage, &cast, &groups, &mut refusals)?;
    chapter("mandates");
    let (filled, mandates) = pass_on(&mut stage, &cast, &mut refusals)?;
    chapter("audit");
    let engine = &stage.engine;
    let report = audit(engine.store().as_ref(), engine.origin(), &mut |_, _| {})?;
    Ok(Story {
        groups: groups.len(),
        members: members + 1,
        signatures,
        axes: axes.len(),
        amendments_integrated: integrated,
        amendments_declined: declined,
        votes,
        filled,
        mandates,
        refusals,
        balances,
        moves: engine.views().latest().world.balances.moves(),
        replays_equal: replays_equal(&stage)?,
        audit: report,
    })
}

fn register_groups(stage: &mut Stage) -> Result<Vec<Slug>, ScriptError> {
    let kinds = [
        ("Collectif", GroupKind::Collective),
        ("Association", GroupKind::Association),
        ("Entraide", GroupKind::Informal),
    ];
    let mut groups = Vec::with_capacity(GROUPS);
    for number in 0..GROUPS {
        let (word, kind) =
            kinds.get(number % kinds.len()).copied().unwrap_or(("Groupe", kinds[0].1));
        let place = PLACES.get(number % PLACES.len()).copied().unwrap_or_default();
        let group = slug(&format!("groupe-{:02}", number + 1))?;
        let name = line(&format!("{word} {place} {}", number / PLACES.len() + 1));
        stage.as_founder(RegisterGroup { group: group.clone(), name, kind })?;
        groups.push(group);
    }
    Ok(groups)
}

fn give_roles(stage: &mut Stage, people: Vec<Person>) -> Result<Cast, ScriptError> {
    stage.as_founder(FormCircle {
        circle: slug("coordination")?,
        parent: slug(ROOT_CIRCLE)?,
        purpose: prose("Préparer la convention et tenir le calendrier commun")?,
    })?;
    let treasury = mandates::charter(
        "Tenir la caisse commune",
        &[Power::Ledger, Power::Accounts],
        &[Way::Appointment, Way::Vote],
    )?;
    let treasury = CharterTerms { term_days: 180, ..treasury };
    // The charter of the facilitation names the other role.
    let treasury = give(stage, "tresorerie", treasury, people.get(1))?;
    let facilitation = give(stage, "facilitation", mandates::facilitation()?, people.first())?;
    Ok(Cast { people, facilitation, treasury })
}

/// Defines a role of the coordination and appoints its first holder.
fn give(
    stage: &mut Stage,
    role: &str,
    charter: CharterTerms,
    holder: Option<&Person>,
) -> Result<StatementId, ScriptError> {
    let (role, member) = (slug(role)?, holder.ok_or_else(nobody)?.member);
    let days = charter.term_days;
    let circle = slug("coordination")?;
    stage.as_founder(CharterRole { role: role.clone(), circle, charter })?;
    let from = stage.clock.now();
    let until = from.plus_days(days);
    let basis = BasisTerms::Appointment(prose("Le premier cercle commence ainsi")?);
    Ok(stage.as_founder(FillRole { role, member, from, until, basis })?.id)
}

/// Members sign, and people who are not members; some withdraw.
fn sign_call(stage: &mut Stage, cast: &Cast) -> Result<usize, ScriptError> {
    let call = slug("appel-commun")?;
    stage.as_founder(PublishCall {
        call: call.clone(),
        title: line("Appel des rives"),
        text: prose("Nous mettons en commun ce que nous savons faire, sans chef ni frontière.")?,
    })?;
    let seed = stage.seed;
    let outsiders: Vec<Person> = (0..40).map(|n| Person::new(seed, "signatory", n)).collect();
    for person in cast.people.iter().take(60).chain(&outsiders) {
        stage.by(person, None, SignCall { call: call.clone() })?;
    }
    for person in outsiders.iter().take(3) {
        stage.by(person, None, WithdrawFromCall { call: call.clone() })?;
    }
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_word(Kind::Call, call.as_str());
    let call = index.and_then(|index| world.tables.calls.get(index));
    Ok(call.map_or(0, |call| call.signatures.len()))
}

/// The roles are filled anew; the former holder of the facilitation can do nothing with it.
fn pass_on(
    stage: &mut Stage,
    cast: &Cast,
    refusals: &mut Vec<Refusal>,
) -> Result<(Filled, Vec<Mandate>), ScriptError> {
    stage.clock.advance_ms(42 * Timestamp::DAY_MS);
    let filled = mandates::play(stage, cast, refusals)?;
    stage.clock.advance_ms(20 * Timestamp::DAY_MS);
    let former = cast.facilitator().ok_or_else(nobody)?;
    let vote = OpenVote {
        title: line("Un vote de trop"),
        question: None,
        options: vec![plain_option("texte", "Texte")?],
        method: MethodSpec::YesNo { rule: Rule { quorum: None, majority: Majority::Simple } },
        electorate: ElectorateRule::Members,
        opens_at: None,
        closes_at: closing(stage),
    };
    let code = stage.refused(former, Some(cast.facilitation), vote)?;
    refusals.push(Refusal { what: "mandate-over", code });
    let world = stage.engine.views().latest().world;
    let name = |kind, index| {
        let entity = archipel_domain::entity::EntityRef::new(kind, index);
        world.directory.name(entity).map(ToString::to_string).unwrap_or_default()
    };
    let now = stage.clock.now();
    let mandates = world.tables.assignments.iter().map(|(index, held)| Mandate {
        role: name(Kind::Role, held.role),
        member: name(Kind::Member, held.member),
        from: held.from,
        until: held.until,
        state: if standing::is_active(&world, index, now) {
            "active"
        } else if now < held.from {
            "upcoming"
        } else {
            "over"
        },
    });
    Ok((filled, mandates.collect()))
}

fn replays_equal(stage: &Stage) -> Result<bool, ScriptError> {
    let shown = stage.engine.views().latest();
    for view in View::ALL {
        let live = shown.world.state_hash(view);
        for threads in [1, 2, 4] {
            let store = stage.engine.store().as_ref();
            let folded = fold_view(store, view, shown.world.position, threads)?;
            if folded.state_hash(view) != live {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
