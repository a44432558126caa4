//! A consent round of the convention: an objection, an amendment, and consent to the new text.

use super::axes::{change, proposal};
use super::convention::{Cast, Held, nobody, prose, slug};
use super::votes::{closing, hold, open};
use super::{ScriptError, Stage, line};
use archipel_domain::counting::{MethodSpec, consent};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Document, Hash, StatementId};
use archipel_domain::proposal::SubmitProposal;
use archipel_domain::vote::rules::{DecisionTerms, VoteRules};
use archipel_domain::vote::{
    AmendConsent, Answer, AnswerObjection, BallotOption, BallotPaper, CastBallot, Choice,
    ElectorateRule, MaintainObjection, OpenVote, OpenVoteUnderRules, RaiseObjection,
};

/// What the rules of the common premises say at first, and what an objection makes of it.
const FIRST: &str = "Le local ferme à minuit.";
const BETTER: &str = "Le local ferme à 22 heures en semaine, à minuit sinon.";

/// The rules of the premises, by consent.
pub(super) fn agree_on_rules(stage: &mut Stage, cast: &Cast) -> Result<Held, ScriptError> {
    let author = cast.people.get(3).ok_or_else(nobody)?;
    let facilitator = cast.facilitator().ok_or_else(nobody)?;
    let text = format!("# Règles du local commun\n\n{FIRST}\nChacun·e range après usage.");
    let text = Document::new(&text).map_err(|error| ScriptError::Write(error.to_string()))?;
    let submitted = SubmitProposal { title: line("Règles du local commun"), text };
    let text = stage.by(author, None, submitted)?.id;
    let (first, terms) = open(stage, cast, round(stage, text)?)?;
    for person in cast.people.iter().skip(8).take(6) {
        let paper = BallotPaper::Choice(Choice::For);
        stage.by(person, None, CastBallot { vote: first, terms, paper })?;
    }
    let neighbour = cast.people.get(5).ok_or_else(nobody)?;
    let reason =
        prose("Les enfants de l'immeuble dorment : le local serait fermé par le bailleur")?;
    stage.by(neighbour, None, RaiseObjection { vote: first, terms, reason })?;
    let answer = AnswerObjection {
        vote: first,
        objector: neighbour.member,
        answer: Answer::Challenged,
        reason: prose("Le bail le dit-il ?")?,
    };
    stage.by(facilitator, Some(cast.facilitation), answer)?;
    let reason = prose("Oui, à l'article 7")?;
    stage.by(neighbour, None, MaintainObjection { vote: first, reason })?;
    let amended = AmendConsent {
        vote: first,
        terms,
        base: proposal(stage, text)?.current().ok_or_else(nobody)?,
        changes: vec![change(2, FIRST, BETTER)],
        integrates: vec![neighbour.member],
        reason: prose("L'article 7 du bail est repris")?,
        closes_at: closing(stage),
    };
    let second = stage.by(facilitator, Some(cast.facilitation), amended)?.id;
    let terms = terms_of(stage, second);
    hold(stage, cast, (second, terms), &mut |numbers| match numbers.below(100) {
        0..90 => BallotPaper::Choice(Choice::For),
        _ => BallotPaper::Choice(Choice::Abstain),
    })
}

fn round(stage: &Stage, text: StatementId) -> Result<OpenVoteUnderRules, ScriptError> {
    let option = BallotOption {
        id: slug("regles")?,
        label: line("Règles du local commun"),
        proposal: Some(text),
        version: proposal(stage, text)?.current(),
    };
    let vote = OpenVote {
        title: line("Règles du local commun"),
        question: None,
        options: vec![option],
        method: MethodSpec::Consent { rule: consent::Rule::default() },
        electorate: ElectorateRule::Members,
        opens_at: None,
        closes_at: closing(stage),
    };
    let decision = DecisionTerms {
        circle: Some(slug("coordination")?),
        review_days: Some(180),
        budget: Vec::new(),
    };
    let rules = VoteRules { decision: Some(decision), ..VoteRules::default() };
    Ok(OpenVoteUnderRules { vote, rules })
}

fn terms_of(stage: &Stage, vote: StatementId) -> Hash {
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Vote, vote.0).unwrap_or(u32::MAX);
    world.tables.votes.get(index).map_or(Hash([0; 32]), |vote| vote.terms.0)
}
