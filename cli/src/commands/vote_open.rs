//! `archipel vote open`.

use super::proposal::{Text, parse, text_of};
use crate::app::{App, Mandate};
use crate::failure::Failure;
use crate::{input, when};
use archipel_domain::counting::yes_no::{Majority, MajorityBase, Quorum, QuorumBase, Rule};
use archipel_domain::counting::{Method, MethodSpec, Ungraded};
use archipel_domain::id::{Slug, StatementId};
use archipel_domain::role::Power;
use archipel_domain::vote::{BallotOption, ElectorateRule, OpenVote};
use serde_json::Value;
use std::path::PathBuf;

/// Grades of a majority judgment unless others are given, worst first.
const GRADES_FR: &str = "à rejeter,insuffisant,passable,assez bien,bien,très bien,excellent";
const GRADES_EN: &str = "reject,poor,acceptable,fair,good,very good,excellent";

/// Arguments of `vote open`.
#[derive(Debug, clap::Args)]
pub(crate) struct OpenArgs {
    /// JSON file with the whole body of the act; --title and --closes win over what it says
    #[arg(long, value_name = "FILE.json")]
    from: Option<PathBuf>,
    /// Title for people
    #[arg(long, required_unless_present = "from")]
    title: Option<String>,
    /// The question, if the title does not say it
    #[arg(long)]
    question: Option<String>,
    /// Counting method: yes-no, approval, majority-judgment, or one of rankings (count --list)
    #[arg(long, required_unless_present = "from")]
    method: Option<Method>,
    /// An option, id=label or id=label@proposal; may be repeated. A yes/no vote has one
    #[arg(long = "option", value_name = "ID=LABEL[@PROPOSAL]")]
    options: Vec<String>,
    /// End of the vote: a date, or +7d from now
    #[arg(long, value_name = "DATE", required_unless_present = "from")]
    closes: Option<String>,
    /// Beginning: a date, or +1d from now [default: at once]
    #[arg(long, value_name = "DATE")]
    opens: Option<String>,
    /// A group whose members may vote; may be repeated [default: every member]
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<Slug>,
    /// Yes/no: participation below which nothing is adopted, such as 1/4
    #[arg(long, value_name = "P/Q")]
    quorum: Option<String>,
    /// Yes/no: which ballots count for the quorum
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
    /// Approval and majority judgment: options to elect
    #[arg(long, default_value_t = 1)]
    seats: u32,
    /// Approval: most options that one ballot may approve of
    #[arg(long, value_name = "N")]
    max_choices: Option<u32>,
    /// Majority judgment: names of the grades, worst first, as a list a,b,c
    #[arg(long, value_delimiter = ',', value_name = "A,B,C")]
    grades: Vec<String>,
    /// Majority judgment: what an ungraded option is given: error, worst, static:N, median,
    /// normalize
    #[arg(long, default_value = "worst")]
    ungraded: Ungraded,
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

/// Runs the command.
pub(crate) fn run(app: &App, args: &OpenArgs) -> Result<(), Failure> {
    let act = match &args.from {
        Some(file) => from_file(file, args)?,
        None => from_flags(app, args)?,
    };
    app.act(act, Mandate::Power(Power::Votes))
}

fn from_file(file: &std::path::Path, args: &OpenArgs) -> Result<OpenVote, Failure> {
    let text = input::read_file(file, 1 << 20)?;
    let failed = |error: serde_json::Error| Failure::file(file, error);
    let mut body: Value = serde_json::from_str(&text).map_err(failed)?;
    if let Value::Object(members) = &mut body {
        if let Some(closes) = &args.closes {
            let closes_at = when::parse(closes, when::now())?;
            members.insert("closes_at".to_owned(), closes_at.0.into());
        }
        if let Some(title) = &args.title {
            members.insert("title".to_owned(), title.clone().into());
        }
    }
    serde_json::from_value(body).map_err(failed)
}

fn from_flags(app: &App, args: &OpenArgs) -> Result<OpenVote, Failure> {
    let missing = |name: &str| Failure::with("usage.arguments", name);
    let title = args.title.as_deref().ok_or_else(|| missing("--title"))?;
    let closes = args.closes.as_deref().ok_or_else(|| missing("--closes"))?;
    let method = args.method.ok_or_else(|| missing("--method"))?;
    let now = when::now();
    let opens_at = args.opens.as_deref().map(|opens| when::parse(opens, now)).transpose()?;
    let options = args.options.iter().map(|option| ballot_option(app, option));
    let electorate = if args.groups.is_empty() {
        ElectorateRule::Members
    } else {
        ElectorateRule::Groups(args.groups.clone())
    };
    let question = args.question.as_deref().map(|text| input::prose("--question", text));
    Ok(OpenVote {
        title: input::line("--title", title)?,
        question: question.transpose()?,
        options: options.collect::<Result<_, _>>()?,
        method: spec(app, args, method)?,
        electorate,
        opens_at,
        closes_at: when::parse(closes, now)?,
    })
}

/// Reads `id=label` or `id=label@proposal`; the proposal's current version is what is voted on.
fn ballot_option(app: &App, text: &str) -> Result<BallotOption, Failure> {
    let wrong = || Failure::with("usage.option", text);
    let (id, label) = text.split_once('=').ok_or_else(wrong)?;
    let id: Slug = id.parse().map_err(|_| wrong())?;
    let named = label.rsplit_once('@').filter(|(_, name)| is_uuid_start(name));
    let (label, proposal) = match named {
        Some((label, name)) => (label, Some(Text::current(app, name)?)),
        None => (label, None),
    };
    Ok(BallotOption {
        id,
        label: input::line("--option", label)?,
        version: proposal.as_ref().map(|text| text.version),
        proposal: proposal.map(|text| text.proposal),
    })
}

/// Labels may hold an `@` too: only what can be a UUID, or the beginning of one, is a proposal.
fn is_uuid_start(text: &str) -> bool {
    let hex = |byte: u8| byte == b'-' || byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() >= 6 && text.bytes().all(hex)
}

fn spec(app: &App, args: &OpenArgs, method: Method) -> Result<MethodSpec, Failure> {
    Ok(match method {
        Method::YesNo => MethodSpec::YesNo { rule: rule(args)? },
        Method::Approval => {
            MethodSpec::Approval { seats: args.seats, max_choices: args.max_choices }
        }
        Method::MajorityJudgment => {
            let usual = app.lang().pick(GRADES_FR, GRADES_EN);
            let grades = match args.grades.as_slice() {
                [] => usual.split(',').map(str::to_owned).collect(),
                given => given.iter().map(|grade| input::tidy(grade.trim())).collect(),
            };
            MethodSpec::MajorityJudgment { grades, seats: args.seats, ungraded: args.ungraded }
        }
        Method::Ranked(rule) => MethodSpec::Ranked { rule, seats: args.seats },
    })
}

fn rule(args: &OpenArgs) -> Result<Rule, Failure> {
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
    let quorum_base = match args.quorum_base {
        QuorumBaseArg::Cast => QuorumBase::Cast,
        QuorumBaseArg::Expressed => QuorumBase::Expressed,
    };
    let quorum = args.quorum.as_deref().map(|share| {
        Ok::<_, Failure>(Quorum { ratio: input::fraction(share)?, base: quorum_base })
    });
    Ok(Rule { quorum: quorum.transpose()?, majority })
}

/// The vote named by a view, by its whole name.
pub(super) fn id_of(vote: &Value) -> Result<StatementId, Failure> {
    parse(text_of(vote, "id")?)
}
