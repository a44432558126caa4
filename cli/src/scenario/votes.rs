//! The votes of the convention: three campaigns, a charter, a date.

use super::axes::{AXES, change, play_drafts, proposal};
use super::convention::{Cast, Held, Refusal, nobody, prose, slug};
use super::{Numbers, ScriptError, Stage, line};
use archipel_domain::act::Act;
use archipel_domain::counting::yes_no::{Majority, MajorityBase, Quorum, QuorumBase, Rule};
use archipel_domain::counting::{Fraction, MethodSpec, Ungraded};
use archipel_domain::delegation::{DelegateVote, DelegationRule, Scope};
use archipel_domain::entity::Kind;
use archipel_domain::id::{Hash, Slug, StatementId};
use archipel_domain::proposal::ProposeAmendment;
use archipel_domain::time::Timestamp;
use archipel_domain::vote::rules::{TiePolicy, VoteRules};
use archipel_domain::vote::{
    BallotOption, BallotPaper, CastBallot, Choice, ElectorateRule, OpenVote, OpenVoteUnderRules,
};
use archipel_engine::clock::Clock as _;
use std::collections::BTreeMap;

/// Campaigns that the convention chooses.
const CAMPAIGNS: u32 = 3;
/// Days that a vote lasts.
const VOTE_DAYS: i64 = 7;

/// The grades, worst first.
const GRADES: [&str; 6] =
    ["à rejeter", "insuffisant", "passable", "assez bien", "bien", "très bien"];

/// Opens a vote as the facilitator; answers with its id and terms.
pub(super) fn open(
    stage: &mut Stage,
    cast: &Cast,
    vote: impl Into<Act>,
) -> Result<(StatementId, Hash), ScriptError> {
    let facilitator = cast.facilitator().ok_or_else(nobody)?;
    let id = stage.by(facilitator, Some(cast.facilitation), vote)?.id;
    let world = stage.engine.views().latest().world;
    let index = world.directory.by_uuid(Kind::Vote, id.0).unwrap_or(u32::MAX);
    let terms = world.tables.votes.get(index).map(|vote| vote.terms.0);
    Ok((id, terms.unwrap_or(Hash([0; 32]))))
}

/// Four members in five vote, one in twenty of them twice; then the deadline passes.
pub(super) fn hold(
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

pub(super) fn closing(stage: &Stage) -> Timestamp {
    stage.clock.now().plus_ms(VOTE_DAYS * Timestamp::DAY_MS)
}

pub(super) fn choose_campaigns(
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

pub(super) fn plain_option(id: &str, label: &str) -> Result<BallotOption, ScriptError> {
    Ok(BallotOption { id: slug(id)?, label: line(label), proposal: None, version: None })
}

pub(super) fn adopt_charter(stage: &mut Stage, cast: &Cast) -> Result<Held, ScriptError> {
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

pub(super) fn choose_date(stage: &mut Stage, cast: &Cast) -> Result<Held, ScriptError> {
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
    let delegation = DelegationRule { topic: None, transitive: true, max_weight: Some(10) };
    let rules = VoteRules {
        tie: Some(TiePolicy::DeclaredOrder),
        delegation: Some(delegation),
        ..VoteRules::default()
    };
    let opened = open(stage, cast, OpenVoteUnderRules { vote, rules })?;
    // One member in ten trusts a neighbour with it; whoever votes all the same votes themselves.
    for (number, person) in cast.people.iter().enumerate().step_by(10) {
        let Some(to) = cast.people.get(number + 3) else { continue };
        let scope = Scope::Vote(opened.0);
        stage.by(person, None, DelegateVote { scope, to: to.member })?;
    }
    hold(stage, cast, opened, &mut |numbers| {
        let free = ids.iter().enumerate().filter(|(n, _)| numbers.below(10) < 3 + n);
        BallotPaper::Approve(free.map(|(_, id)| id.clone()).collect())
    })
}
