//! The convention: an invented archipelago of groups decides, gives roles, and moves money.
//!
//! Deterministic from its seed. Names are invented. Each chapter is a function; refusals are part
//! of the story, with their codes.

use super::axes::{amend_axes, submit_axes};
use super::consent::agree_on_rules;
use super::votes::{adopt_charter, choose_campaigns, choose_date, closing, plain_option};
use super::{Person, ScriptError, Stage, fund, line};
use archipel_domain::counting::yes_no::{Majority, Rule};
use archipel_domain::counting::{MethodSpec, Outcome};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, MemberId, Prose, Slug, StatementId};
use archipel_domain::membership::{
    GroupKind, PublishCall, RegisterGroup, SignCall, WithdrawFromCall,
};
use archipel_domain::role::{AssignRole, DefineRole, FormCircle, Power, ROOT_CIRCLE};
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
    pub(crate) mandates: Vec<(String, String)>,
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
    let mandates = rotate(&mut stage, &cast, &mut refusals)?;
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
    let roles = [
        ("facilitation", vec![Power::Votes, Power::Proposals], 90, "Animer sans décider"),
        ("tresorerie", vec![Power::Ledger, Power::Accounts], 180, "Tenir la caisse commune"),
    ];
    let mut assignments = Vec::new();
    for ((role, powers, term_days, purpose), holder) in roles.into_iter().zip(&people) {
        stage.as_founder(DefineRole {
            role: slug(role)?,
            circle: slug("coordination")?,
            purpose: prose(purpose)?,
            powers,
            seats: 1,
            term_days,
        })?;
        let term = i64::from(term_days) * Timestamp::DAY_MS;
        assignments.push(assign(stage, role, holder.member, term)?);
    }
    match assignments.as_slice() {
        [facilitation, treasury] => {
            Ok(Cast { people, facilitation: *facilitation, treasury: *treasury })
        }
        _ => Err(nobody()),
    }
}

fn assign(
    stage: &mut Stage,
    role: &str,
    member: MemberId,
    term_ms: i64,
) -> Result<StatementId, ScriptError> {
    let from = stage.clock.now();
    let receipt = stage.as_founder(AssignRole {
        role: slug(role)?,
        member,
        from,
        until: from.plus_ms(term_ms),
        basis: prose("Élection sans candidat du premier cercle")?,
    })?;
    Ok(receipt.id)
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

/// The facilitation passes on at the end of its term; the former holder can do nothing with it.
fn rotate(
    stage: &mut Stage,
    cast: &Cast,
    refusals: &mut Vec<Refusal>,
) -> Result<Vec<(String, String)>, ScriptError> {
    stage.clock.advance_ms(90 * Timestamp::DAY_MS);
    let next = cast.people.get(7).ok_or_else(nobody)?;
    assign(stage, "facilitation", next.member, 90 * Timestamp::DAY_MS)?;
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
    let mandates = world.tables.assignments.iter().map(|(_, assignment)| {
        let state = if assignment.until <= now { "ended" } else { "active" };
        (name(Kind::Role, assignment.role), state.to_owned())
    });
    Ok(mandates.collect())
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
