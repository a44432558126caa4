//! The sentences: who wins by what, then the steps, then what is left open.

use super::Tongue;
use archipel_domain::counting::budget::BudgetEvidence;
use archipel_domain::counting::committee::CommitteeEvidence;
use archipel_domain::counting::consent::ConsentEvidence;
use archipel_domain::counting::majority_judgment::MajorityJudgmentEvidence;
use archipel_domain::counting::outcome::{Evidence, Outcome, Score, Seats, TieRule, TieStage};
use archipel_domain::counting::ranked::{RankedEvidence, Round};
use archipel_domain::counting::yes_no::{Decision, QuorumEvidence, YesNoEvidence};
use archipel_domain::counting::{Method, RankedRule};

/// Most steps or rounds that are told; the outcome has all of them.
const STEPS_MAX: usize = 60;

pub(super) fn sentences(outcome: &Outcome, tongue: Tongue) -> Vec<String> {
    let mut said = vec![ballots(outcome, tongue)];
    match &outcome.evidence {
        Evidence::YesNo(evidence) => said.extend(yes_no(evidence, tongue)),
        Evidence::Consent(evidence) => said.extend(consent(evidence, tongue)),
        Evidence::Approval { seats } => {
            let unit = tongue.pick("approbations", "approvals");
            said.extend(by_score(outcome, seats, unit, tongue));
        }
        Evidence::Points(evidence) => {
            let unit = tongue.pick("points", "points");
            said.extend(by_score(outcome, &evidence.seats, unit, tongue));
        }
        Evidence::MajorityJudgment(evidence) => said.extend(judgment(outcome, evidence, tongue)),
        Evidence::Ranked(evidence) => said.extend(ranked(outcome, evidence, tongue)),
        Evidence::Committee(evidence) => said.extend(committee(evidence, tongue)),
        Evidence::Budget(evidence) => said.extend(budget(evidence, tongue)),
        // What is kept in brief is counted anew before it is explained.
        Evidence::Brief { .. } => {}
    }
    said.extend(open(outcome, tongue));
    said
}

fn score(outcome: &Outcome, name: &str) -> String {
    outcome.scores.get(name).map(Score::rounded).unwrap_or_default()
}

fn ballots(outcome: &Outcome, tongue: Tongue) -> String {
    let counts = outcome.ballots;
    match tongue {
        Tongue::French => format!(
            "{} : {}, {}, {}.",
            of(counts.cast, "bulletin reçu", "bulletins reçus"),
            of(counts.valid, "valable", "valables"),
            of(counts.blank, "blanc", "blancs"),
            of(counts.invalid, "nul", "nuls"),
        ),
        Tongue::English => format!(
            "{} received: {} valid, {} blank, {} invalid.",
            if counts.cast == 1 {
                "1 ballot".to_owned()
            } else {
                format!("{} ballots", counts.cast)
            },
            counts.valid,
            counts.blank,
            counts.invalid
        ),
    }
}

/// A number of things in French, in which 0 and 1 are singular.
fn of(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count < 2 { one } else { many })
}

fn quorum(quorum: &QuorumEvidence, eligible: u64, tongue: Tongue) -> String {
    let met = if quorum.met {
        tongue.pick("il est atteint", "it is met")
    } else {
        tongue.pick("il n’est pas atteint, rien n’est adopté", "it is missed, nothing is adopted")
    };
    match tongue {
        Tongue::French => format!(
            "Quorum : {} des {eligible} inscrits, soit au moins {} ; il y en a {} : {met}.",
            quorum.ratio, quorum.needed, quorum.present
        ),
        Tongue::English => format!(
            "Quorum: {} of the {eligible} who may vote, at least {}; there are {}: {met}.",
            quorum.ratio, quorum.needed, quorum.present
        ),
    }
}

fn consent(evidence: &ConsentEvidence, tongue: Tongue) -> Vec<String> {
    let ConsentEvidence { consents, stand_asides, objections, consents_needed, .. } = *evidence;
    let mut said = vec![match tongue {
        Tongue::French => format!(
            "Consentements : {consents}. Retraits sans objection : {stand_asides}. Objections qui \
             demeurent : {objections}."
        ),
        Tongue::English => format!(
            "Consents: {consents}. Stand aside: {stand_asides}. Objections that stand: \
             {objections}."
        ),
    }];
    said.extend(evidence.quorum.as_ref().map(|met| quorum(met, evidence.eligible, tongue)));
    let most = evidence.objections_max;
    let mut needed = match tongue {
        Tongue::French => {
            format!("Au moins {consents_needed} pour, au plus {most} contre")
        }
        Tongue::English => {
            format!("At least {consents_needed} who consent, at most {most} who object")
        }
    };
    if let Some(most) = evidence.stand_asides_max {
        needed.push_str(&match tongue {
            Tongue::French => format!(", au plus {most} en retrait"),
            Tongue::English => format!(", at most {most} who stand aside"),
        });
    }
    let decided = match evidence.decision {
        Decision::Adopted => tongue.pick("le texte est adopté", "the text is adopted"),
        Decision::Rejected => tongue.pick("le texte n’est pas adopté", "the text is not adopted"),
    };
    let colon = tongue.pick(" :", ":");
    said.push(format!("{needed}{colon} {decided}."));
    said
}

fn yes_no(evidence: &YesNoEvidence, tongue: Tongue) -> Vec<String> {
    let mut said = vec![match tongue {
        Tongue::French => format!(
            "{} voix pour, {} contre, {}.",
            evidence.in_favour,
            evidence.against,
            of(evidence.abstain, "abstention", "abstentions")
        ),
        Tongue::English => format!(
            "{} votes for, {} against, {} abstentions.",
            evidence.in_favour, evidence.against, evidence.abstain
        ),
    }];
    said.extend(evidence.quorum.as_ref().map(|met| quorum(met, evidence.eligible, tongue)));
    let majority = &evidence.majority;
    let reached = if majority.reached {
        tongue.pick("elle est réunie", "it is reached")
    } else if majority.tied {
        tongue.pick(
            "il y a égalité, le décompte n’adopte rien",
            "it is a tie, the count adopts nothing",
        )
    } else {
        tongue
            .pick("elle n’est pas réunie, le statu quo reste", "it is missed, the status quo stays")
    };
    said.push(match tongue {
        Tongue::French => format!(
            "Majorité : il faut au moins {} voix pour, sur {} comptées ; il y en a {} : {reached}.",
            majority.needed, majority.base_count, evidence.in_favour
        ),
        Tongue::English => format!(
            "Majority: at least {} votes for are needed, of {} counted; there are {}: {reached}.",
            majority.needed, majority.base_count, evidence.in_favour
        ),
    });
    said
}

/// Those elected with what they have, and the best of the others.
fn by_score(outcome: &Outcome, seats: &Seats, unit: &str, tongue: Tongue) -> Vec<String> {
    let mut said: Vec<String> = (seats.elected.iter())
        .map(|name| {
            let (name, score) = (tongue.quoted(name), score(outcome, name));
            match tongue {
                Tongue::French => format!("{name} est retenu·e avec {score} {unit}."),
                Tongue::English => format!("{name} wins with {score} {unit}."),
            }
        })
        .collect();
    let is_out = |name: &&String| !outcome.winners.contains(name);
    if let Some(next) = outcome.ranking.iter().flatten().find(is_out) {
        let (name, score) = (tongue.quoted(next), score(outcome, next));
        said.push(match tongue {
            Tongue::French => format!("Ensuite vient {name}, avec {score} {unit}."),
            Tongue::English => format!("Next comes {name}, with {score} {unit}."),
        });
    }
    said
}

/// The majority grade of an option, and the option.
fn majority_grade<'a>(
    evidence: &'a MajorityJudgmentEvidence,
    name: &'a String,
) -> Option<(&'a String, &'a String)> {
    let grade = evidence.merits.get(name)?.majority_grade?;
    evidence.grades.get(usize::try_from(grade).ok()?).map(|grade| (grade, name))
}

fn judgment(outcome: &Outcome, evidence: &MajorityJudgmentEvidence, tongue: Tongue) -> Vec<String> {
    let grade = |name| majority_grade(evidence, name);
    let best: Vec<&String> = outcome.winners.iter().collect();
    let mut said: Vec<String> = (best.iter())
        .filter_map(|name| grade(name))
        .map(|(grade, name)| {
            let (name, grade) = (tongue.quoted(name), tongue.quoted(grade));
            match tongue {
                Tongue::French => format!(
                    "{name} a la mention majoritaire {grade} : au moins la moitié des bulletins \
                     lui donnent {grade} ou mieux."
                ),
                Tongue::English => format!(
                    "The majority grade of {name} is {grade}: at least half of the ballots give \
                     it {grade} or better."
                ),
            }
        })
        .collect();
    let is_out = |name: &&String| !outcome.winners.contains(name);
    if let Some((next_grade, next)) = outcome.ranking.iter().flatten().find(is_out).and_then(grade)
    {
        let last = outcome.winners.last().and_then(grade);
        let is_level = last.is_some_and(|(grade, _)| grade == next_grade);
        let (shown_next, shown_grade) = (tongue.quoted(next), tongue.quoted(next_grade));
        let own = outcome.winners.last().map(|name| score(outcome, name)).unwrap_or_default();
        let others = score(outcome, next);
        said.push(match (tongue, is_level) {
            (Tongue::French, true) => format!(
                "{shown_next} a la même mention : la suite départage, valeur {own} contre {others}."
            ),
            (Tongue::English, true) => format!(
                "{shown_next} has the same grade: what follows decides, value {own} against \
                 {others}."
            ),
            (Tongue::French, false) => format!("Ensuite vient {shown_next}, avec {shown_grade}."),
            (Tongue::English, false) => format!("Next comes {shown_next}, with {shown_grade}."),
        });
    }
    said
}

fn ranked(outcome: &Outcome, evidence: &RankedEvidence, tongue: Tongue) -> Vec<String> {
    let mut said = Vec::new();
    match outcome.method {
        Method::Ranked(
            RankedRule::Irv | RankedRule::TwoRound | RankedRule::StvScottish | RankedRule::StvMeek,
        ) => {
            said.extend(rounds(&evidence.rounds, tongue));
            if !evidence.seats.elected.is_empty() {
                let names = tongue.list(&evidence.seats.elected);
                said.push(match tongue {
                    Tongue::French => format!("Sont retenu·es : {names}."),
                    Tongue::English => format!("Elected: {names}."),
                });
            }
        }
        Method::Ranked(RankedRule::MinimaxMargins | RankedRule::MinimaxWinningVotes) => {
            let unit = tongue.pick("voix comme pire défaite", "votes as worst defeat");
            said.extend(by_score(outcome, &evidence.seats, unit, tongue));
        }
        Method::Ranked(
            RankedRule::SchulzeMargins
            | RankedRule::SchulzeWinningVotes
            | RankedRule::RankedPairsMargins
            | RankedRule::RankedPairsWinningVotes,
        ) => {
            let unit = tongue.pick("options au-dessous", "options below");
            said.extend(by_score(outcome, &evidence.seats, unit, tongue));
        }
        _ => {
            let unit = match outcome.method {
                Method::Ranked(RankedRule::Plurality) => tongue.pick("voix", "votes"),
                _ => tongue.pick("points", "points"),
            };
            said.extend(by_score(outcome, &evidence.seats, unit, tongue));
        }
    }
    said.push(duels(evidence, tongue));
    said
}

/// Who beats all others one against one.
fn duels(evidence: &RankedEvidence, tongue: Tongue) -> String {
    match &evidence.condorcet_winner {
        Some(name) => {
            let name = tongue.quoted(name);
            match tongue {
                Tongue::French => format!("En duel, {name} bat chacune des autres options."),
                Tongue::English => format!("One against one, {name} beats every other option."),
            }
        }
        None => {
            let names = tongue.list(&evidence.smith);
            match tongue {
                Tongue::French => format!(
                    "En duel, aucune option ne bat toutes les autres ; le plus petit groupe qui \
                     bat le reste est {names}."
                ),
                Tongue::English => format!(
                    "One against one, no option beats all others; the smallest group that beats \
                     the rest is {names}."
                ),
            }
        }
    }
}

fn rounds(rounds: &[Round], tongue: Tongue) -> Vec<String> {
    let mut said = Vec::new();
    for (number, round) in (1..).zip(rounds.iter().take(STEPS_MAX)) {
        let mut votes: Vec<String> = Vec::new();
        for (name, score) in &round.votes {
            votes.push(format!("{name} {}", score.rounded()));
        }
        let mut line = match tongue {
            Tongue::French => format!("Tour {number} : {}", votes.join(", ")),
            Tongue::English => format!("Round {number}: {}", votes.join(", ")),
        };
        if !matches!(round.exhausted, Score::Integer(0)) {
            let label = tongue.pick("épuisés", "exhausted");
            line.push_str(&format!(" ({label} {})", round.exhausted.rounded()));
        }
        for (names, verb) in [
            (&round.elected, tongue.pick("élu·e", "elected")),
            (&round.eliminated, tongue.pick("sort", "goes out")),
        ] {
            if !names.is_empty() {
                line.push_str(&format!(" ; {verb} : {}", tongue.list(names)));
            }
        }
        line.push('.');
        said.push(line);
    }
    said.extend(cut(rounds.len(), tongue));
    said
}

/// That not all steps were told.
fn cut(steps: usize, tongue: Tongue) -> Option<String> {
    let more = steps.checked_sub(STEPS_MAX).filter(|more| *more > 0)?;
    Some(match tongue {
        Tongue::French => format!("… et {more} autres étapes, dans le résultat complet."),
        Tongue::English => format!("… and {more} more steps, in the whole outcome."),
    })
}

fn committee(evidence: &CommitteeEvidence, tongue: Tongue) -> Vec<String> {
    let mut said: Vec<String> = (1..)
        .zip(evidence.steps.iter().take(STEPS_MAX))
        .map(|(number, step)| {
            let (name, value) = (tongue.quoted(&step.option), step.value.rounded());
            match tongue {
                Tongue::French => format!("Étape {number} : {name} ({value})."),
                Tongue::English => format!("Step {number}: {name} ({value})."),
            }
        })
        .collect();
    said.extend(cut(evidence.steps.len(), tongue));
    let names = tongue.list(&evidence.seats.elected);
    let common = !evidence.seats.elected.is_empty();
    said.extend(match (tongue, evidence.committees.len()) {
        // Too many to be listed: the tie says who could be elected.
        (_, 0) => None,
        (Tongue::French, 1) => Some(format!("Le comité : {names}.")),
        (Tongue::English, 1) => Some(format!("The committee: {names}.")),
        (Tongue::French, sets) if common => {
            Some(format!("{sets} comités sont à égalité ; tous comprennent : {names}."))
        }
        (Tongue::English, sets) if common => {
            Some(format!("{sets} committees tie; all of them have: {names}."))
        }
        (Tongue::French, sets) => Some(format!("{sets} comités sont à égalité.")),
        (Tongue::English, sets) => Some(format!("{sets} committees tie.")),
    });
    said
}

/// An amount in the currency.
pub(super) fn money(amount: i128, unit: u32) -> String {
    let unit = i128::from(unit.max(1));
    match unit {
        1 => amount.to_string(),
        _ => {
            let digits = unit.to_string().len() - 1;
            let sign = if amount < 0 { "-" } else { "" };
            let (whole, part) = (amount.abs() / unit, amount.abs() % unit);
            format!("{sign}{whole}.{part:0digits$}")
        }
    }
}

fn budget(evidence: &BudgetEvidence, tongue: Tongue) -> Vec<String> {
    let unit = evidence.unit;
    let cost = |name: &String| money(evidence.costs.get(name).copied().unwrap_or(0).into(), unit);
    let mut said = Vec::new();
    if evidence.raised > 0 {
        said.push(match tongue {
            Tongue::French => format!(
                "Pour que l’argent soit dépensé, la part de chacun·e a été relevée de {} unités.",
                evidence.raised
            ),
            Tongue::English => format!(
                "To have the money spent, everybody’s share was raised by {} units.",
                evidence.raised
            ),
        });
    }
    for step in evidence.steps.iter().take(STEPS_MAX) {
        let (name, cost) = (tongue.quoted(&step.option), cost(&step.option));
        let (value, left) = (step.value.rounded(), money(step.left.into(), unit));
        said.push(match tongue {
            Tongue::French => format!("{name} est financé ({value}) : {cost}, reste {left}."),
            Tongue::English => format!("{name} is funded ({value}): {cost}, {left} left."),
        });
    }
    said.extend(cut(evidence.steps.len(), tongue));
    let total = money(evidence.budget.into(), unit);
    let spent: Vec<String> =
        evidence.spent.iter().take(3).map(|spent| money((*spent).into(), unit)).collect();
    said.push(match (tongue, evidence.committees.len()) {
        (Tongue::French, 1) => format!("En tout {} sur {total}.", spent.join(", ")),
        (Tongue::English, 1) => format!("In all {} of {total}.", spent.join(", ")),
        (Tongue::French, sets) => {
            format!("Choix de projets à égalité : {sets}, sur un budget de {total}.")
        }
        (Tongue::English, sets) => {
            format!("{sets} choices of projects tie, in a budget of {total}.")
        }
    });
    said
}

/// What is left open.
fn open(outcome: &Outcome, tongue: Tongue) -> Vec<String> {
    let tie = |tie: &archipel_domain::counting::outcome::Tie| {
        let names = match tie.stage {
            TieStage::Majority => tongue.pick("le pour et le contre", "for and against").to_owned(),
            _ => tongue.list(&tie.options),
        };
        let rule = match tie.rule {
            TieRule::None => {
                tongue.pick("le décompte ne la tranche pas", "the count does not settle it")
            }
            TieRule::StatusQuo => tongue.pick(
                "sans autre règle, le statu quo reste",
                "without another rule, the status quo stays",
            ),
            TieRule::AllWays => {
                tongue.pick("toutes les issues sont suivies", "all ways to break it are followed")
            }
            TieRule::DeclaredOrder => {
                tongue.pick("l’ordre déclaré départage", "the declared order decides")
            }
            TieRule::TooMany => tongue.pick(
                "trop d’issues pour les suivre toutes, elle reste ouverte entre qui peut gagner",
                "too many ways to follow, it is left open between all who could win",
            ),
        };
        match tongue {
            Tongue::French => format!("Égalité entre {names} : {rule}."),
            Tongue::English => format!("A tie between {names}: {rule}."),
        }
    };
    let mut said: Vec<String> = outcome.ties.iter().take(STEPS_MAX).map(tie).collect();
    said.extend(cut(outcome.ties.len(), tongue));
    said
}
