//! The axes of the convention: submitted, supported, amended, merged.

use super::convention::{Cast, Refusal, nobody, prose};
use super::{Person, ScriptError, Stage, line, sign_all};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Document, Hash, StatementId};
use archipel_domain::proposal::text::{self, Change};
use archipel_domain::proposal::{
    DeclineAmendment, IntegrateAmendment, Proposal, ProposeAmendment, SubmitProposal,
    SupportProposal,
};
use archipel_engine::log::statement::Draft;

/// The axes: a title, and what the text promises.
pub(super) const AXES: [(&str, &str); 12] = [
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

pub(super) fn submit_axes(stage: &mut Stage, cast: &Cast) -> Result<Vec<StatementId>, ScriptError> {
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
    let mut drafts: Vec<(usize, Draft)> = Vec::new();
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

pub(super) fn play_drafts(
    stage: &Stage,
    cast: &Cast,
    drafts: &[(usize, Draft)],
) -> Result<(), ScriptError> {
    let pairs = drafts.iter().filter_map(|(who, draft)| Some((cast.people.get(*who)?, draft)));
    stage.play(sign_all(&stage.origin, pairs)?)
}

pub(super) fn proposal(stage: &Stage, id: StatementId) -> Result<Proposal, ScriptError> {
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Proposal, id.0);
    let found = index.and_then(|index| world.tables.proposals.get(index)).cloned();
    found.ok_or_else(|| ScriptError::Write(format!("proposal {id} is not there")))
}

pub(super) fn change(at: u32, remove: &str, insert: &str) -> Change {
    Change { at, remove: vec![remove.to_owned()], insert: vec![insert.to_owned()] }
}

const RELAY: &str = "Chaque groupe désigne une personne relais.";
const SEASON: &str = "Un point est fait chaque saison.";

/// Every axis gets an amendment; on the first, two of them meet; on the second, one is declined.
pub(super) fn amend_axes(
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
            let act = IntegrateAmendment { amendment: third, into, result: into, resolution: None };
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
