//! The rules of a vote beside its method, from flags and in words.

use super::vote;
use crate::app::App;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::cell;
use crate::{show, when};
use archipel_domain::counting::yes_no::Quorum;
use archipel_domain::delegation::DelegationRule;
use archipel_domain::id::{Hash, Slug};
use archipel_domain::ledger::UnitCode;
use archipel_domain::role::{Extension, Fill, Subject};
use archipel_domain::vote::rules::{
    BudgetLine, DecisionTerms, FollowUp, Follows, TiePolicy, VoteRules,
};
use serde_json::Value;

/// Rules of a vote.
#[derive(Debug, clap::Args)]
pub(crate) struct RuleArgs {
    /// What is done about a tie
    #[arg(long, value_enum, default_value = "none")]
    tie: TieArg,
    /// Tie by lot: the commitment to a secret, see vote lot-secret; may be repeated
    #[arg(long = "lot-commitment", value_name = "HASH")]
    lot_commitments: Vec<Hash>,
    /// The option that stands for no change: others are adopted only if they rank before it
    #[arg(long, value_name = "ID")]
    status_quo: Option<Slug>,
    /// Whether votes can be delegated: to proxies only, or passed on by those who do not vote
    #[arg(long, value_enum)]
    delegation: Option<DelegationArg>,
    /// The topic, for delegations by topic
    #[arg(long, requires = "delegation", value_name = "TOPIC")]
    topic: Option<Slug>,
    /// Most votes that anybody casts, their own included
    #[arg(long, requires = "delegation", value_name = "N")]
    max_weight: Option<u32>,
    /// The vote that this one follows: UUID, or its first digits
    #[arg(long, requires = "follows_as", value_name = "VOTE")]
    follows: Option<String>,
    /// Why it follows it
    #[arg(long, value_enum, requires = "follows")]
    follows_as: Option<FollowArg>,
    /// The circle in which the decision holds
    #[arg(long, value_name = "CIRCLE")]
    circle: Option<Slug>,
    /// Days after the closing at which the decision is to be reviewed
    #[arg(long, value_name = "DAYS")]
    review_days: Option<u32>,
    /// What the decision grants, in the smallest part of the unit; may be repeated
    #[arg(long = "grant", value_name = "UNIT=N")]
    grants: Vec<String>,
    /// Days after the closing during which dissent and reasons can be attached [default: 30]
    #[arg(long, value_name = "DAYS")]
    dissent_days: Option<u32>,
    #[command(flatten)]
    subject: SubjectArgs,
}

/// What a vote decides beside texts.
#[derive(Debug, clap::Args)]
#[group(id = "subject", multiple = false)]
struct SubjectArgs {
    /// It fills this role for a term, as ROLE,FROM,UNTIL; the ids of its options are pseudonyms,
    /// or their first digits
    #[arg(long, value_name = "ROLE,DATE,DATE")]
    fill: Option<String>,
    /// It recalls the holder of this mandate, who does not vote: UUID, or its first digits
    #[arg(long, value_name = "MANDATE")]
    recall: Option<String>,
    /// It lets an ephemeral circle go on until a date, as CIRCLE,DATE
    #[arg(long, value_name = "CIRCLE,DATE")]
    extend: Option<String>,
}

impl RuleArgs {
    /// Whether an option is a member, who may fill a role.
    pub(super) fn names_member(&self, option: &Slug) -> bool {
        self.subject.fill.is_some() && self.status_quo.as_ref() != Some(option)
    }
}

impl SubjectArgs {
    fn subject(&self, app: &App) -> Result<Option<Subject>, Failure> {
        if let Some(text) = &self.fill {
            return Ok(Some(Subject::Fill(fill("--fill", text)?)));
        }
        if let Some(text) = &self.recall {
            return Ok(Some(Subject::Recall(app.resolve("assignments", text)?)));
        }
        let Some(text) = &self.extend else { return Ok(None) };
        let wrong = || Failure::with("usage.value", format!("--extend {text}"));
        let (circle, date) = text.split_once(',').ok_or_else(wrong)?;
        let circle = circle.parse().map_err(|_| wrong())?;
        let ends_at = when::parse(date, when::now())?;
        Ok(Some(Subject::Extend(Extension { circle, ends_at })))
    }
}

/// A term of a role that is to be filled, as ROLE,FROM,UNTIL.
pub(super) fn fill(flag: &str, text: &str) -> Result<Fill, Failure> {
    let wrong = || Failure::with("usage.value", format!("{flag} {text}"));
    let [role, from, until] = text.split(',').collect::<Vec<_>>()[..] else { return Err(wrong()) };
    let from = when::parse(from, when::now())?;
    let until = when::parse(until, from)?;
    Ok(Fill { role: role.parse().map_err(|_| wrong())?, from, until })
}

/// What is done about a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TieArg {
    /// It is reported
    None,
    /// The option listed first is preferred
    DeclaredOrder,
    /// Nothing changes
    StatusQuo,
    /// A role with the power over votes decides
    Chair,
    /// Another vote on the tied options
    SecondBallot,
    /// A lot is drawn from secrets committed to now
    Lot,
}

/// How votes can be delegated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DelegationArg {
    /// Only those who hold a delegation directly vote with it
    Proxy,
    /// Those who do not vote pass on what they hold
    Liquid,
}

/// Why a vote follows another.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FollowArg {
    /// The quorum was not met
    SecondConvocation,
    /// A tie
    SecondBallot,
    /// A consent round that adopted nothing
    Fallback,
}

/// The rules that flags ask for; none if none was given.
pub(super) fn rules(
    app: &App,
    args: &RuleArgs,
    quorum: Option<Quorum>,
) -> Result<Option<VoteRules>, Failure> {
    let commitments = args.lot_commitments.clone();
    let tie = match args.tie {
        TieArg::None => None,
        TieArg::DeclaredOrder => Some(TiePolicy::DeclaredOrder),
        TieArg::StatusQuo => Some(TiePolicy::StatusQuo),
        TieArg::Chair => Some(TiePolicy::Chair),
        TieArg::SecondBallot => Some(TiePolicy::SecondBallot),
        TieArg::Lot if commitments.is_empty() => {
            return Err(Failure::with("usage.arguments", "--lot-commitment"));
        }
        TieArg::Lot => Some(TiePolicy::Lot { commitments }),
    };
    if args.tie != TieArg::Lot && !args.lot_commitments.is_empty() {
        return Err(Failure::with("usage.value", "--lot-commitment"));
    }
    let delegation = args.delegation.map(|delegation| DelegationRule {
        topic: args.topic.clone(),
        transitive: delegation == DelegationArg::Liquid,
        max_weight: args.max_weight,
    });
    let follows = match (&args.follows, args.follows_as) {
        (Some(vote), Some(kind)) => {
            let kind = match kind {
                FollowArg::SecondConvocation => FollowUp::SecondConvocation,
                FollowArg::SecondBallot => FollowUp::SecondBallot,
                FollowArg::Fallback => FollowUp::Fallback,
            };
            Some(Follows { vote: app.resolve("votes", vote)?, kind })
        }
        _ => None,
    };
    let budget = args.grants.iter().map(|text| grant(text)).collect::<Result<_, _>>()?;
    let decision =
        DecisionTerms { circle: args.circle.clone(), review_days: args.review_days, budget };
    let decision = (decision != DecisionTerms::default()).then_some(decision);
    let rules = VoteRules {
        tie,
        status_quo: args.status_quo.clone(),
        quorum,
        delegation,
        follows,
        decision,
        dissent_days: args.dissent_days,
        subject: args.subject.subject(app)?,
    };
    Ok((rules != VoteRules::default()).then_some(rules))
}

fn grant(text: &str) -> Result<BudgetLine, Failure> {
    let wrong = || Failure::with("usage.value", format!("--grant {text}"));
    let (unit, amount) = text.split_once('=').ok_or_else(wrong)?;
    let unit: UnitCode = unit.parse().map_err(|_| wrong())?;
    Ok(BudgetLine { unit, amount: amount.parse().map_err(|_| wrong())? })
}

/// Says the rules of a vote, one a line.
pub(super) fn say(app: &App, vote: &Value) -> Result<(), Failure> {
    let Some(rules) = vote.get("rules") else { return Ok(()) };
    let lang = app.lang();
    let mut pairs = Vec::new();
    let mut pair = |key: &str, text: String| pairs.push((show::label(lang, key), text));
    if let Some(tie) = rules.get("tie") {
        pair("tie", tie_words(lang, tie));
    }
    if let Some(option) = rules.get("status_quo") {
        pair("status_quo", cell(option));
    }
    if let Some(quorum) = rules.get("quorum") {
        pair("quorum", vote::quorum(lang, quorum));
    }
    if let Some(rule) = rules.get("delegation") {
        pair("delegation", delegation_words(lang, rule));
    }
    if let Some(follows) = rules.get("follows") {
        let kind = follows.get("as").map(|kind| show::word(lang, &cell(kind)));
        let first = follows.get("vote").map(cell).unwrap_or_default();
        pair("follows", format!("{} · {first}", kind.unwrap_or_default()));
    }
    for key in ["circle", "review_days", "budget"] {
        let value = rules.pointer(&format!("/decision/{key}"));
        if let Some(value) =
            value.filter(|value| value.as_array().is_none_or(|all| !all.is_empty()))
        {
            let lines = value.as_array().into_iter().flatten().map(grant_words);
            let text =
                if key == "budget" { lines.collect::<Vec<_>>().join(", ") } else { cell(value) };
            pair(key, text);
        }
    }
    if let Some(days) = rules.get("dissent_days") {
        pair("dissent_days", cell(days));
    }
    if let Some(subject) = rules.get("subject") {
        pair("subject", subject_words(lang, subject));
    }
    app.output.pairs(pairs)
}

/// A line of a budget.
pub(super) fn grant_words(line: &Value) -> String {
    let of = |key: &str| line.get(key).map(cell).unwrap_or_default();
    format!("{} {}", of("amount"), of("unit"))
}

fn subject_words(lang: Lang, subject: &Value) -> String {
    let of = |path: &str| subject.pointer(path).map(cell).unwrap_or_default();
    if let Some(fill) = subject.get("fill") {
        return format!("{} {}", lang.pick("pourvoit le rôle", "fills the role"), fill_words(fill));
    }
    if subject.get("recall").is_some() {
        let recalls = lang.pick("révoque le mandat", "recalls the mandate");
        return format!("{recalls} {}", of("/recall"));
    }
    let extends = lang.pick("prolonge le cercle", "lets the circle go on");
    format!("{extends} {} · {}", of("/extend/circle"), date_of(subject, "/extend/ends_at"))
}

/// A term of a role that is to be filled.
pub(super) fn fill_words(fill: &Value) -> String {
    let role = fill.get("role").map(cell).unwrap_or_default();
    format!("{role} · {} – {}", date_of(fill, "/from"), date_of(fill, "/until"))
}

fn date_of(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_i64).map(when::show).unwrap_or_default()
}

fn tie_words(lang: Lang, tie: &Value) -> String {
    match tie.pointer("/lot/commitments").and_then(Value::as_array) {
        Some(commitments) => {
            let hashes: Vec<String> = commitments.iter().map(cell).collect();
            format!("{} ({})", lang.pick("tirage au sort", "lot"), hashes.join(", "))
        }
        None => show::word(lang, &cell(tie)),
    }
}

fn delegation_words(lang: Lang, rule: &Value) -> String {
    let liquid = rule.get("transitive").is_some_and(|transitive| transitive == true);
    let mut words = vec![if liquid {
        lang.pick("liquide : qui ne vote pas transmet", "liquid: passed on by who does not vote")
            .to_owned()
    } else {
        lang.pick("par procuration", "by proxy").to_owned()
    }];
    if let Some(topic) = rule.get("topic") {
        words.push(format!("{}: {}", show::label(lang, "topic"), cell(topic)));
    }
    if let Some(most) = rule.get("max_weight") {
        words.push(format!("{} {}", lang.pick("au plus", "at most"), cell(most)));
    }
    words.join(" · ")
}
