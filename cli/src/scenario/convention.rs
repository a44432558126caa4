//! The convention: an invented archipelago of groups decides, gives roles, and moves money.
//!
//! Deterministic from its seed. Names are invented. Each chapter is a function; refusals are part
//! of the story, with their codes.

use super::{Numbers, Person, ScriptError, Stage, line, sign_all};
use super::fund;
use archipel_domain::act::Act;
use archipel_domain::counting::yes_no::{Majority, MajorityBase, Quorum, QuorumBase, Rule};
use archipel_domain::counting::{Fraction, MethodSpec, Outcome, Ungraded};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Document, Hash, MemberId, Prose, Slug, StatementId};
use archipel_domain::membership::{
    GroupKind, PublishCall, RegisterGroup, SignCall, WithdrawFromCall,
};
use archipel_domain::proposal::text::{self, Change};
use archipel_domain::proposal::{
    DeclineAmendment, IntegrateAmendment, Proposal, ProposeAmendment, SubmitProposal,
    SupportProposal,
};
use archipel_domain::role::{AssignRole, DefineRole, FormCircle, Power, ROOT_CIRCLE};
use archipel_domain::time::Timestamp;
use archipel_domain::vote::{
    BallotOption, BallotPaper, CastBallot, Choice, ElectorateRule, OpenVote,
};
use archipel_domain::world::View;
use archipel_engine::audit::{AuditReport, audit};
use archipel_engine::clock::Clock as _;
use archipel_engine::projection::fold_view;
use archipel_engine::store::StoreOptions;
use std::collections::BTreeMap;
use std::path::Path;

/// Groups of the archipelago.
const GROUPS: usize = 65;
/// Campaigns that the convention chooses.
const CAMPAIGNS: u32 = 3;
/// Days that a vote lasts.
const VOTE_DAYS: i64 = 7;

/// The grades, worst first.
const GRADES: [&str; 6] =
    ["à rejeter", "insuffisant", "passable", "assez bien", "bien", "très bien"];

/// The axes: a title, and what the text promises.
const AXES: [(&str, &str); 12] = [
    ("Jardins partagés", "Ouvrir un jardin dans chaque vallée"),
    ("Habitat léger", "Recenser les terrains prêtés pour l'habitat léger"),
    ("Cantines de quartier", "Cuisiner ensemble deux jours par semaine"),
    ("Ateliers de réparation", "Réparer les objets plutôt que les jeter"),
    ("Écoute et entraide", "Tenir une ligne d'écoute entre groupes"),
    ("Trajets en commun", "Partager les trajets entre les îles"),
    ("Énergie sobre", "Isoler d'abord les logements les plus froids"),
    ("Savoirs en circulation", "Tenir une école itinérante des métiers"),
    ("Eau des sources", "Cartographier et protéger les sources"),
    ("Semences libres", "Échanger des semences chaque printemps"),
    ("Fête des rives", "Préparer une fête qui relie les rives"),
    ("Presse du bout", "Imprimer un journal commun chaque saison"),
];

const PLACES: [&str; 13] = [
    "des Aulnes", "du Ressac", "de la Pointe", "des Salines", "du Vallon", "des Moulins",
    "de l'Anse", "du Gué", "des Genêts", "de la Lande", "du Phare", "des Ormes", "de la Grève",
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

fn nobody() -> ScriptError {
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
        let (word, kind) = kinds.get(number % kinds.len()).copied().unwrap_or(("Groupe", kinds[0].1));
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

fn submit_axes(stage: &mut Stage, cast: &Cast) -> Result<Vec<StatementId>, ScriptError> {
    let mut axes = Vec::with_capacity(AXES.len());
    for ((title, promise), author) in AXES.iter().zip(cast.people.iter().skip(2)) {
        let body = format!(
            "{promise}.\nChaque groupe désigne une personne relais.\nUn point est fait chaque \
             saison.\nLes comptes sont publics."
        );
        let text = Document::new(&body).map_err(|e| ScriptError::Write(e.to_string()))?;
        let submitted = stage.by(author, None, SubmitProposal { title: line(title), text })?;
        axes.push(submitted.id);
    }
    support(stage, cast, &axes)?;
    Ok(axes)
}

fn support(stage: &mut Stage, cast: &Cast, axes: &[StatementId]) -> Result<(), ScriptError> {
    let mut drafts: Vec<(usize, archipel_engine::log::statement::Draft)> = Vec::new();
    for axis in axes {
        let version = proposal(stage, *axis)?.current().unwrap_or(Hash([0; 32]));
        let count = 5 + stage.numbers.below(cast.people.len() / 10);
        for who in 0..count.min(cast.people.len()) {
            let person = cast.people.get(who).ok_or_else(nobody)?.member;
            let act = SupportProposal { proposal: *axis, version };
            drafts.push((who, stage.draft(&person, None, act.into())));
        }
    }
    play_drafts(stage, cast, &drafts)
}

fn play_drafts(
    stage: &Stage,
    cast: &Cast,
    drafts: &[(usize, archipel_engine::log::statement::Draft)],
) -> Result<(), ScriptError> {
    let pairs = drafts.iter().filter_map(|(who, draft)| Some((cast.people.get(*who)?, draft)));
    stage.play(sign_all(&stage.origin, pairs)?)
}

fn proposal(stage: &Stage, id: StatementId) -> Result<Proposal, ScriptError> {
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Proposal, id.0);
    let found = index.and_then(|index| world.tables.proposals.get(index)).cloned();
    found.ok_or_else(|| ScriptError::Write(format!("proposal {id} is not there")))
}

fn change(at: u32, remove: &str, insert: &str) -> Change {
    Change { at, remove: vec![remove.to_owned()], insert: vec![insert.to_owned()] }
}

const RELAY: &str = "Chaque groupe désigne une personne relais.";
const SEASON: &str = "Un point est fait chaque saison.";

/// Every axis gets an amendment; on the first, two of them meet; on the second, one is declined.
fn amend_axes(
    stage: &mut Stage,
    cast: &Cast,
    axes: &[StatementId],
    refusals: &mut Vec<Refusal>,
) -> Result<(usize, usize), ScriptError> {
    let (mut integrated, mut declined) = (0, 0);
    for (number, axis) in axes.iter().enumerate() {
        let base = proposal(stage, *axis)?.current().unwrap_or(Hash([0; 32]));
        let author = cast.people.get(number + 2).ok_or_else(nobody)?;
        let relay = change(1, RELAY, "Chaque groupe désigne deux personnes relais, par rotation.");
        let season = change(2, SEASON, "Un point est fait chaque mois, puis chaque saison.");
        let first = amend(stage, cast, *axis, base, relay)?;
        let second = amend(stage, cast, *axis, base, season)?;
        integrate(stage, author, *axis, first)?;
        integrated += 1;
        if number == 0 {
            let other = change(1, RELAY, "Nul relais : tout le monde s'en charge.");
            let third = amend(stage, cast, *axis, base, other)?;
            let into = proposal(stage, *axis)?.current().unwrap_or(base);
            let act =
                IntegrateAmendment { amendment: third, into, result: into, resolution: None };
            let code = stage.refused(author, None, act)?;
            refusals.push(Refusal { what: "conflicting-amendment", code });
            let reason = prose("Déjà tranché par l'amendement intégré.")?;
            stage.by(author, None, DeclineAmendment { amendment: third, reason })?;
            declined += 1;
        }
        if number == 1 {
            let reason = prose("Un point par mois demande trop de réunions.")?;
            stage.by(author, None, DeclineAmendment { amendment: second, reason })?;
            declined += 1;
        } else {
            integrate(stage, author, *axis, second)?;
            integrated += 1;
        }
    }
    Ok((integrated, declined))
}

fn amend(
    stage: &mut Stage,
    cast: &Cast,
    proposal: StatementId,
    base: Hash,
    change: Change,
) -> Result<StatementId, ScriptError> {
    let who = stage.numbers.below(cast.people.len());
    let person = cast.people.get(who).ok_or_else(nobody)?;
    let reason = prose("Pour que la charge tourne et que chacun·e suive.")?;
    let act = ProposeAmendment { proposal, base, changes: vec![change], reason };
    Ok(stage.by(person, None, act)?.id)
}

fn integrate(
    stage: &mut Stage,
    author: &Person,
    axis: StatementId,
    amendment: StatementId,
) -> Result<(), ScriptError> {
    let current = proposal(stage, axis)?;
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Amendment, amendment.0).unwrap_or(u32::MAX);
    let made = world.tables.amendments.get(index).ok_or_else(nobody)?;
    let changes = current.rebase(made.base, &made.changes).unwrap_or_default();
    let lines = text::apply(&current.lines, &changes).unwrap_or_default();
    let act = IntegrateAmendment {
        amendment,
        into: current.current().unwrap_or(Hash([0; 32])),
        result: text::version_of(&lines),
        resolution: None,
    };
    stage.by(author, None, act)?;
    Ok(())
}

/// Opens a vote as the facilitator; answers with its id and terms.
fn open(stage: &mut Stage, cast: &Cast, vote: OpenVote) -> Result<(StatementId, Hash), ScriptError> {
    let facilitator = cast.facilitator().ok_or_else(nobody)?;
    let id = stage.by(facilitator, Some(cast.facilitation), vote)?.id;
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Vote, id.0).unwrap_or(u32::MAX);
    let terms = world.tables.votes.get(index).map(|vote| vote.terms.0);
    Ok((id, terms.unwrap_or(Hash([0; 32]))))
}

/// Four members in five vote, one in twenty of them twice; then the deadline passes.
fn hold(
    stage: &mut Stage,
    cast: &Cast,
    (vote, terms): (StatementId, Hash),
    paper: &mut dyn FnMut(&mut Numbers) -> BallotPaper,
) -> Result<Held, ScriptError> {
    let mut drafts = Vec::new();
    for (who, person) in cast.people.iter().enumerate() {
        let times = match stage.numbers.below(100) {
            0..20 => 0,
            20..24 => 2,
            _ => 1,
        };
        for _ in 0..times {
            let act: Act = CastBallot { vote, terms, paper: paper(&mut stage.numbers) }.into();
            drafts.push((who, stage.draft(&person.member, None, act)));
        }
    }
    play_drafts(stage, cast, &drafts)?;
    stage.clock.advance_ms(VOTE_DAYS * Timestamp::DAY_MS);
    stage.engine.tick();
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Vote, vote.0).unwrap_or(u32::MAX);
    let held = world.tables.votes.get(index).ok_or_else(nobody)?;
    let declared = held.declared.as_ref();
    let declared = declared.ok_or_else(|| ScriptError::Write("no outcome".to_owned()))?;
    Ok(Held {
        vote,
        title: held.title.as_ref().map(ToString::to_string).unwrap_or_default(),
        eligible: held.electorate.eligible,
        tally: declared.tally,
        outcome: declared.outcome.clone(),
    })
}

fn closing(stage: &Stage) -> Timestamp {
    stage.clock.now().plus_ms(VOTE_DAYS * Timestamp::DAY_MS)
}

fn choose_campaigns(
    stage: &mut Stage,
    cast: &Cast,
    axes: &[StatementId],
    refusals: &mut Vec<Refusal>,
) -> Result<Held, ScriptError> {
    let mut options = Vec::new();
    for (number, (axis, (title, _))) in axes.iter().zip(AXES).enumerate() {
        options.push(BallotOption {
            id: slug(&format!("axe-{:02}", number + 1))?,
            label: line(title),
            proposal: Some(*axis),
            version: proposal(stage, *axis)?.current(),
        });
    }
    let ids: Vec<Slug> = options.iter().map(|option| option.id.clone()).collect();
    let vote = OpenVote {
        title: line("Trois campagnes pour l'année"),
        question: None,
        options,
        method: MethodSpec::MajorityJudgment {
            grades: GRADES.map(str::to_owned).to_vec(),
            seats: CAMPAIGNS,
            ungraded: Ungraded::Worst,
        },
        electorate: ElectorateRule::Members,
        opens_at: None,
        closes_at: closing(stage),
    };
    let opened = open(stage, cast, vote)?;
    let axis = *axes.first().ok_or_else(nobody)?;
    let base = proposal(stage, axis)?.current().unwrap_or(Hash([0; 32]));
    let late = ProposeAmendment {
        proposal: axis,
        base,
        changes: vec![change(3, "Les comptes sont publics.", "Les comptes sont tenus.")],
        reason: prose("Trop tard : le texte est figé.")?,
    };
    let person = cast.people.get(5).ok_or_else(nobody)?;
    let code = stage.refused(person, None, late)?;
    refusals.push(Refusal { what: "amendment-during-vote", code });
    // Each axis has its own standing; each voter leans around it.
    let standing: Vec<usize> = ids.iter().map(|_| stage.numbers.below(4)).collect();
    let held = hold(stage, cast, opened, &mut |numbers| {
        if numbers.below(200) == 0 {
            return BallotPaper::Blank;
        }
        let mut grades = BTreeMap::new();
        for (id, standing) in ids.iter().zip(&standing) {
            let grade = (standing + numbers.below(4)).min(GRADES.len() - 1);
            if let Some(name) = GRADES.get(grade) {
                grades.insert(id.clone(), (*name).to_owned());
            }
        }
        BallotPaper::Grades(grades)
    })?;
    let (vote, terms) = opened;
    let code =
        stage.refused(person, None, CastBallot { vote, terms, paper: BallotPaper::Blank })?;
    refusals.push(Refusal { what: "late-ballot", code });
    Ok(held)
}

fn plain_option(id: &str, label: &str) -> Result<BallotOption, ScriptError> {
    Ok(BallotOption { id: slug(id)?, label: line(label), proposal: None, version: None })
}

fn adopt_charter(stage: &mut Stage, cast: &Cast) -> Result<Held, ScriptError> {
    let ratio = |numerator, denominator| Fraction { numerator, denominator };
    let vote = OpenVote {
        title: line("Adopter la charte de l'archipel"),
        question: Some(prose("Adoptez-vous la charte, dans le texte publié ce jour ?")?),
        options: vec![plain_option("charte", "Charte de l'archipel")?],
        method: MethodSpec::YesNo {
            rule: Rule {
                quorum: Some(Quorum { ratio: ratio(1, 4), base: QuorumBase::Cast }),
                majority: Majority::Qualified {
                    ratio: ratio(2, 3),
                    base: MajorityBase::Expressed,
                    strict: false,
                },
            },
        },
        electorate: ElectorateRule::Members,
        opens_at: None,
        closes_at: closing(stage),
    };
    let opened = open(stage, cast, vote)?;
    hold(stage, cast, opened, &mut |numbers| match numbers.below(100) {
        0..70 => BallotPaper::Choice(Choice::For),
        70..88 => BallotPaper::Choice(Choice::Against),
        88..96 => BallotPaper::Choice(Choice::Abstain),
        _ => BallotPaper::Blank,
    })
}

fn choose_date(stage: &mut Stage, cast: &Cast) -> Result<Held, ScriptError> {
    let dates = [("mars", "14 mars"), ("avril", "11 avril"), ("mai", "9 mai"), ("juin", "6 juin")];
    let options = dates.iter().map(|(id, label)| plain_option(id, label));
    let vote = OpenVote {
        title: line("Date de la session de clôture"),
        question: None,
        options: options.collect::<Result<_, _>>()?,
        method: MethodSpec::Approval { seats: 1, max_choices: None },
        electorate: ElectorateRule::Members,
        opens_at: None,
        closes_at: closing(stage),
    };
    let ids: Vec<Slug> = vote.options.iter().map(|option| option.id.clone()).collect();
    let opened = open(stage, cast, vote)?;
    hold(stage, cast, opened, &mut |numbers| {
        let free = ids.iter().enumerate().filter(|(n, _)| numbers.below(10) < 3 + n);
        BallotPaper::Approve(free.map(|(_, id)| id.clone()).collect())
    })
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
