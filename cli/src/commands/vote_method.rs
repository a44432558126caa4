//! The method of a vote and its parameters, from flags.

use crate::app::App;
use crate::failure::Failure;
use crate::input;
use archipel_domain::counting::budget::{BudgetPaper, BudgetRule, Completion};
use archipel_domain::counting::committee::CommitteeRule;
use archipel_domain::counting::consent;
use archipel_domain::counting::points::{PointsRule, Unscored};
use archipel_domain::counting::yes_no::{Majority, MajorityBase, Quorum, QuorumBase, Rule};
use archipel_domain::counting::{Method, MethodSpec, Ungraded};
use archipel_domain::id::Slug;

/// Grades of a judgment unless others are given, worst first.
const GRADES_FR: &str = "à rejeter,insuffisant,passable,assez bien,bien,très bien,excellent";
const GRADES_EN: &str = "reject,poor,acceptable,fair,good,very good,excellent";

/// Parameters of a method.
#[derive(Debug, clap::Args)]
pub(crate) struct MethodArgs {
    /// Consent: most objections that may stand; k for consensus minus k [default: 0]
    #[arg(long, value_name = "K")]
    blocks: Option<u32>,
    /// Consent: most members who may stand aside
    #[arg(long, value_name = "N")]
    stand_asides: Option<u32>,
    /// Consent: fewest consents [default: 1]
    #[arg(long, value_name = "N")]
    minimum: Option<u32>,
    /// Participation below which nothing is adopted and nobody elected, such as 1/4
    #[arg(long, value_name = "P/Q")]
    quorum: Option<String>,
    /// Which ballots count for the quorum
    #[arg(long, value_enum, default_value = "cast")]
    quorum_base: QuorumBaseArg,
    /// Yes/no: simple, absolute, or a share such as 2/3 [default: simple]
    #[arg(long, value_name = "simple|absolute|P/Q")]
    majority: Option<String>,
    /// Yes/no: what an absolute or qualified majority is a share of
    #[arg(long, visible_alias = "base", value_enum, default_value = "expressed")]
    majority_base: MajorityBaseArg,
    /// Yes/no: exactly the qualified share is too little
    #[arg(long)]
    strict: bool,
    /// Options to elect, but in yes/no votes and budgets [default: 1; in a recount as in the vote]
    #[arg(long)]
    seats: Option<u32>,
    /// Approvals: most options that one ballot may approve of
    #[arg(long, value_name = "N")]
    max_choices: Option<u32>,
    /// Judgments: names of the grades, worst first, as a list a,b,c
    #[arg(long, value_delimiter = ',', value_name = "A,B,C")]
    grades: Vec<String>,
    /// Judgments: what an ungraded option is given: error, worst, static:N, median, normalize
    #[arg(long, default_value = "worst")]
    ungraded: Ungraded,
    /// Score: most points of an option. Dots: points of a ballot. Budget: points of a ballot,
    /// instead of approvals
    #[arg(long, value_name = "N")]
    points: Option<u32>,
    /// Dots, budget: most points of one option
    #[arg(long, value_name = "N")]
    cap: Option<u16>,
    /// Score: compare means of those who score an option, not sums
    #[arg(long)]
    mean: bool,
    /// Quadratic: credits of a ballot
    #[arg(long, value_name = "N")]
    credits: Option<u32>,
    /// Equal shares: what is done with what they leave: none, add1, add1u or greedy; in a
    /// committee none, greedy or phragmen [default: add1u, in a committee phragmen]
    #[arg(long)]
    completion: Option<Completion>,
    /// Budget: the money there is, in whole units of the currency
    #[arg(long, value_name = "N")]
    budget: Option<u64>,
    /// Budget: what an option costs, id=N; one for each option
    #[arg(long = "cost", value_name = "ID=N")]
    costs: Vec<String>,
}

/// Which ballots count for the quorum.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum QuorumBaseArg {
    /// All ballots cast
    Cast,
    /// Only those that say something: votes for and against, ballots that are not blank
    Expressed,
}

/// What a majority is a share of.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum MajorityBaseArg {
    /// Votes for and against
    Expressed,
    /// All ballots cast
    Cast,
    /// All who may vote
    Eligible,
}

/// The method of a vote on options of these ids; `own` is the one that a recount departs from.
pub(super) fn spec(
    app: &App,
    args: &MethodArgs,
    method: Method,
    ids: &[Slug],
    own: Option<&MethodSpec>,
) -> Result<MethodSpec, Failure> {
    let usual_seats = match method {
        Method::Ranked(rule) if rule.is_of_one_seat() => 1,
        _ => own.map_or(1, |own| own.seats().max(1)),
    };
    if let Some(flag) = unused(args, method) {
        return Err(Failure::with("usage.method-flag", format!("{flag} · {}", method.name())));
    }
    // What the ballots were cast under, if the method is the same.
    let same = own.filter(|own| own.method() == method);
    let max_choices = args.max_choices.or_else(|| same.and_then(MethodSpec::max_choices));
    let ungraded = args.ungraded;
    let seats = args.seats.unwrap_or(usual_seats);
    Ok(match method {
        Method::YesNo => MethodSpec::YesNo { rule: rule(args, own)? },
        Method::Consent => MethodSpec::Consent { rule: consent_rule(args, same)? },
        Method::Approval => MethodSpec::Approval { seats, max_choices },
        Method::MajorityJudgment => {
            MethodSpec::MajorityJudgment { grades: grades(app, args), seats, ungraded }
        }
        Method::Judgment(rule) => {
            MethodSpec::Judgment { rule, grades: grades(app, args), seats, ungraded }
        }
        Method::Ranked(rule) => MethodSpec::Ranked { rule, seats },
        Method::Score | Method::Dots | Method::Quadratic => {
            let rule = match same {
                Some(MethodSpec::Points { rule, .. })
                    if (args.points, args.credits) == (None, None) =>
                {
                    *rule
                }
                _ => points_rule(args, method)?,
            };
            MethodSpec::Points { rule, seats }
        }
        Method::Committee(rule) => {
            let usual = match (same, rule) {
                (Some(MethodSpec::Committee { completion, .. }), _) => *completion,
                (_, CommitteeRule::EqualShares) => Completion::Phragmen,
                _ => Completion::None,
            };
            let completion = args.completion.unwrap_or(usual);
            MethodSpec::Committee { rule, seats, completion, max_choices }
        }
        Method::Budget(rule) => budget(args, rule, ids, own)?,
    })
}

/// A parameter that is given and that the method does not have.
fn unused(args: &MethodArgs, method: Method) -> Option<&'static str> {
    use Method as M;
    let budget = matches!(method, M::Budget(_));
    let one_text = matches!(method, M::YesNo | M::Consent);
    let judgment = matches!(method, M::MajorityJudgment | M::Judgment(_));
    let given = [
        ("--blocks", args.blocks.is_some(), method == M::Consent),
        ("--stand-asides", args.stand_asides.is_some(), method == M::Consent),
        ("--minimum", args.minimum.is_some(), method == M::Consent),
        ("--majority", args.majority.is_some(), method == M::YesNo),
        ("--strict", args.strict, method == M::YesNo),
        ("--seats", args.seats.is_some(), !one_text && !budget),
        (
            "--max-choices",
            args.max_choices.is_some(),
            budget || matches!(method, M::Approval | M::Committee(_)),
        ),
        ("--grades", !args.grades.is_empty(), judgment),
        ("--points", args.points.is_some(), budget || matches!(method, M::Score | M::Dots)),
        ("--cap", args.cap.is_some(), budget || method == M::Dots),
        ("--mean", args.mean, method == M::Score),
        ("--credits", args.credits.is_some(), method == M::Quadratic),
        ("--completion", args.completion.is_some(), budget || matches!(method, M::Committee(_))),
        ("--budget", args.budget.is_some(), budget),
        ("--cost", !args.costs.is_empty(), budget),
    ];
    given.into_iter().find(|(_, given, fits)| *given && !fits).map(|(flag, ..)| flag)
}

/// A participatory budget; a recount has the money, the costs and the papers of the vote.
fn budget(
    args: &MethodArgs,
    rule: BudgetRule,
    ids: &[Slug],
    own: Option<&MethodSpec>,
) -> Result<MethodSpec, Failure> {
    let usual =
        if rule.can_complete(Completion::Add1u) { Completion::Add1u } else { Completion::None };
    let completion = args.completion.unwrap_or(usual);
    let known = match own {
        Some(MethodSpec::Budget { budget, costs, unit, paper, .. }) => {
            Some((*budget, costs, *unit, *paper))
        }
        _ => None,
    };
    let (money, unit) = match (args.budget, &known) {
        (Some(money), Some((.., unit, _))) => (money.saturating_mul(u64::from(*unit)), *unit),
        (Some(money), None) => (money, 1),
        (None, Some((money, _, unit, _))) => (*money, *unit),
        (None, None) => return Err(Failure::with("usage.arguments", "--budget")),
    };
    let costs = match &known {
        Some((_, known, ..)) if args.costs.is_empty() => (*known).clone(),
        _ => costs(&args.costs, ids)?,
    };
    let paper = match (args.points, args.cap, &known) {
        (None, None, Some((.., paper))) => *paper,
        (None, None, None) => BudgetPaper::Approvals { max_choices: args.max_choices },
        (total, cap, _) => BudgetPaper::Points { total, cap },
    };
    Ok(MethodSpec::Budget { rule, completion, budget: money, costs, unit, paper })
}

/// The points that a ballot may give.
fn points_rule(args: &MethodArgs, method: Method) -> Result<PointsRule, Failure> {
    let given = |value: Option<u32>, name: &str| {
        value.ok_or_else(|| Failure::with("usage.arguments", name))
    };
    Ok(match method {
        Method::Score => {
            let most = given(args.points, "--points")?;
            let most = u16::try_from(most)
                .map_err(|_| Failure::with("usage.value", format!("--points {most}")))?;
            let unscored = if args.mean { Unscored::Excluded } else { Unscored::Zero };
            PointsRule::Score { most, unscored }
        }
        Method::Dots => PointsRule::Dots { points: given(args.points, "--points")?, cap: args.cap },
        _ => PointsRule::Quadratic { credits: given(args.credits, "--credits")? },
    })
}

fn consent_rule(args: &MethodArgs, own: Option<&MethodSpec>) -> Result<consent::Rule, Failure> {
    let own = match own {
        Some(MethodSpec::Consent { rule }) => *rule,
        _ => consent::Rule { blocks: 0, minimum: None, stand_asides: None, quorum: None },
    };
    Ok(consent::Rule {
        blocks: args.blocks.unwrap_or(own.blocks),
        minimum: args.minimum.or(own.minimum),
        stand_asides: args.stand_asides.or(own.stand_asides),
        quorum: quorum(args)?.or(own.quorum),
    })
}

fn grades(app: &App, args: &MethodArgs) -> Vec<String> {
    let usual = app.lang().pick(GRADES_FR, GRADES_EN);
    match args.grades.as_slice() {
        [] => usual.split(',').map(str::to_owned).collect(),
        given => given.iter().map(|grade| input::tidy(grade.trim())).collect(),
    }
}

/// The costs in the order of the options.
fn costs(given: &[String], ids: &[Slug]) -> Result<Vec<u64>, Failure> {
    let mut costs = vec![None; ids.len()];
    for text in given {
        let wrong = || Failure::with("usage.value", format!("--cost {text}"));
        let (id, cost) = text.split_once('=').ok_or_else(wrong)?;
        let place = ids.iter().position(|known| known.to_string() == id).ok_or_else(wrong)?;
        let known = costs.get_mut(place).ok_or_else(wrong)?;
        if known.replace(cost.parse().map_err(|_| wrong())?).is_some() {
            return Err(wrong());
        }
    }
    let missing = |id: &Slug| Failure::with("usage.arguments", format!("--cost {id}=N"));
    costs.into_iter().zip(ids).map(|(cost, id)| cost.ok_or_else(|| missing(id))).collect()
}

/// The rule of a yes/no vote; a recount departs from that of the vote.
fn rule(args: &MethodArgs, own: Option<&MethodSpec>) -> Result<Rule, Failure> {
    let base = match args.majority_base {
        MajorityBaseArg::Expressed => MajorityBase::Expressed,
        MajorityBaseArg::Cast => MajorityBase::Cast,
        MajorityBaseArg::Eligible => MajorityBase::Eligible,
    };
    let own = match own {
        Some(MethodSpec::YesNo { rule }) => Some(rule),
        _ => None,
    };
    let majority = match args.majority.as_deref() {
        None => own.map_or(Majority::Simple, |own| own.majority),
        Some("simple") => Majority::Simple,
        Some("absolute") => Majority::Absolute { base },
        Some(share) => {
            Majority::Qualified { ratio: input::fraction(share)?, base, strict: args.strict }
        }
    };
    let quorum = quorum(args)?.or_else(|| own.and_then(|own| own.quorum));
    Ok(Rule { quorum, majority })
}

/// The quorum that is asked for, if one is.
pub(super) fn quorum(args: &MethodArgs) -> Result<Option<Quorum>, Failure> {
    let quorum_base = match args.quorum_base {
        QuorumBaseArg::Cast => QuorumBase::Cast,
        QuorumBaseArg::Expressed => QuorumBase::Expressed,
    };
    let quorum = args.quorum.as_deref().map(|share| {
        Ok::<_, Failure>(Quorum { ratio: input::fraction(share)?, base: quorum_base })
    });
    quorum.transpose()
}
