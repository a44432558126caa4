//! The method of a vote and its parameters, from flags.

use crate::app::App;
use crate::failure::Failure;
use crate::input;
use archipel_domain::counting::budget::{BudgetPaper, Completion};
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
    /// Consent: most objections that may stand; k for consensus minus k
    #[arg(long, default_value_t = 0, value_name = "K")]
    blocks: u32,
    /// Consent: most members who may stand aside
    #[arg(long, value_name = "N")]
    stand_asides: Option<u32>,
    /// Consent: fewest consents [default: 1]
    #[arg(long, value_name = "N")]
    minimum: Option<u32>,
    /// Yes/no, consent: participation below which nothing is adopted, such as 1/4
    #[arg(long, value_name = "P/Q")]
    quorum: Option<String>,
    /// Yes/no, consent: which ballots count for the quorum
    #[arg(long, value_enum, default_value = "cast")]
    quorum_base: QuorumBaseArg,
    /// Yes/no: simple, absolute, or a share such as 2/3
    #[arg(long, default_value = "simple", value_name = "simple|absolute|P/Q")]
    majority: String,
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
    /// Only votes for and against
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
    let missing = |name: &str| Failure::with("usage.arguments", name);
    let (ungraded, max_choices) = (args.ungraded, args.max_choices);
    let seats = args.seats.unwrap_or(usual_seats);
    Ok(match method {
        Method::YesNo => MethodSpec::YesNo { rule: rule(args)? },
        Method::Consent => MethodSpec::Consent { rule: consent_rule(args)? },
        Method::Approval => MethodSpec::Approval { seats, max_choices },
        Method::MajorityJudgment => {
            MethodSpec::MajorityJudgment { grades: grades(app, args), seats, ungraded }
        }
        Method::Judgment(rule) => {
            MethodSpec::Judgment { rule, grades: grades(app, args), seats, ungraded }
        }
        Method::Ranked(rule) => MethodSpec::Ranked { rule, seats },
        Method::Score | Method::Dots | Method::Quadratic => {
            MethodSpec::Points { rule: points_rule(args, method)?, seats }
        }
        Method::Committee(rule) => {
            let completion = args.completion.unwrap_or(match rule {
                CommitteeRule::EqualShares => Completion::Phragmen,
                _ => Completion::None,
            });
            MethodSpec::Committee { rule, seats, completion, max_choices }
        }
        Method::Budget(rule) => {
            let usual = if rule.can_complete(Completion::Add1u) {
                Completion::Add1u
            } else {
                Completion::None
            };
            let paper = match (args.points, args.cap) {
                (None, None) => BudgetPaper::Approvals { max_choices },
                (total, cap) => BudgetPaper::Points { total, cap },
            };
            MethodSpec::Budget {
                rule,
                completion: args.completion.unwrap_or(usual),
                budget: args.budget.ok_or_else(|| missing("--budget"))?,
                costs: costs(&args.costs, ids)?,
                unit: 1,
                paper,
            }
        }
    })
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

fn consent_rule(args: &MethodArgs) -> Result<consent::Rule, Failure> {
    Ok(consent::Rule {
        blocks: args.blocks,
        minimum: args.minimum,
        stand_asides: args.stand_asides,
        quorum: quorum(args)?,
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

fn rule(args: &MethodArgs) -> Result<Rule, Failure> {
    let base = match args.majority_base {
        MajorityBaseArg::Expressed => MajorityBase::Expressed,
        MajorityBaseArg::Cast => MajorityBase::Cast,
        MajorityBaseArg::Eligible => MajorityBase::Eligible,
    };
    let majority = match args.majority.as_str() {
        "simple" => Majority::Simple,
        "absolute" => Majority::Absolute { base },
        share => Majority::Qualified { ratio: input::fraction(share)?, base, strict: args.strict },
    };
    Ok(Rule { quorum: quorum(args)?, majority })
}

fn quorum(args: &MethodArgs) -> Result<Option<Quorum>, Failure> {
    let quorum_base = match args.quorum_base {
        QuorumBaseArg::Cast => QuorumBase::Cast,
        QuorumBaseArg::Expressed => QuorumBase::Expressed,
    };
    let quorum = args.quorum.as_deref().map(|share| {
        Ok::<_, Failure>(Quorum { ratio: input::fraction(share)?, base: quorum_base })
    });
    quorum.transpose()
}
