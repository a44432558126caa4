//! `archipel vote cast`.

use super::proposal::{parse, text_of};
use super::{vote, vote_open, vote_terms};
use crate::app::{App, Mandate};
use crate::failure::Failure;
use crate::input;
use crate::output::cell;
use archipel_domain::counting::{MethodSpec, Paper};
use archipel_domain::id::{Hash, Slug};
use archipel_domain::vote::{BallotPaper, CastBallot, Choice};
use clap::ValueEnum as _;
use serde_json::Value;
use std::collections::BTreeMap;

/// Arguments of `vote cast`.
#[derive(Debug, clap::Args)]
pub(crate) struct CastArgs {
    /// The vote: UUID, or its first digits
    vote: String,
    #[command(flatten)]
    paper: PaperArgs,
    /// The terms that were read [default: those that the instance shows, checked]
    #[arg(long, value_name = "HASH")]
    terms: Option<Hash>,
}

/// What the ballot says.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct PaperArgs {
    /// Yes/no: for, against or abstain. Consent: consent or stand-aside
    #[arg(long, value_enum)]
    choice: Option<ChoiceArg>,
    /// Approvals: ids of the options approved, as a list a,b
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    approve: Vec<Slug>,
    /// Rankings: ids of options, best first; `a>b=c` ranks b and c level, below a
    #[arg(long, value_name = "A>B=C")]
    rank: Option<String>,
    /// Judgments: a grade for each option id, as a list a=good,b=poor
    #[arg(long, value_delimiter = ',', value_name = "A=GRADE,B=GRADE")]
    grade: Vec<String>,
    /// Points: for each option id, as a list a=3,b=-1
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true, value_name = "A=N,B=N")]
    points: Vec<String>,
    /// A blank ballot
    #[arg(long)]
    blank: bool,
    /// Several questions opened together: what is answered to the Nth, in the words of the other
    /// options, such as 1=for 2=a,b 3=a>b=c 4=a=good,b=poor 5=blank; may be repeated
    #[arg(long = "answer", value_name = "N=PAPER")]
    answers: Vec<String>,
}

/// A choice in a yes/no vote.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ChoiceArg {
    /// For the text
    #[value(aliases = ["pour", "consent"])]
    For,
    /// Against it
    #[value(alias = "contre")]
    Against,
    /// Neither, on purpose
    #[value(aliases = ["abstention", "stand-aside"])]
    Abstain,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &CastArgs) -> Result<(), Failure> {
    if !args.paper.answers.is_empty() {
        return answer(app, args);
    }
    let paper = paper(&args.paper)?;
    if let (Some(terms), Ok(id)) = (args.terms, args.vote.parse()) {
        // Everything is known: a ballot can be signed far from any instance.
        return app.act(CastBallot { vote: id, terms, paper }, Mandate::Own);
    }
    let shown = app.data_of(&format!("votes/{}", args.vote))?;
    let id = vote_open::id_of(&shown)?;
    let terms: Hash = parse(text_of(&shown, "terms")?)?;
    if args.terms.is_some_and(|read| read != terms) {
        return Err(Failure::new("ballot.other-terms"));
    }
    vote_terms::check(app, &shown, terms)?;
    if app.is_for_real() {
        vote::terms(app, &shown)?;
    }
    let paper = with_whole_ids(paper, &shown);
    app.act(CastBallot { vote: id, terms, paper }, Mandate::Own)
}

/// In a vote that fills a role the options are pseudonyms: the first digits name one, if they are
/// those of no other.
fn with_whole_ids(paper: BallotPaper, shown: &Value) -> BallotPaper {
    if shown.pointer("/rules/subject/fill").is_none() {
        return paper;
    }
    let options = shown.get("options").and_then(Value::as_array).into_iter().flatten();
    let ids = options.filter_map(|option| option.get("id")?.as_str());
    let ids: Vec<&str> = ids.collect();
    let whole = |given: Slug| {
        let mut meant = ids.iter().filter(|id| id.starts_with(given.as_str()));
        let one = meant.next().filter(|_| given.as_str().len() >= 6 && meant.next().is_none());
        one.and_then(|id| id.parse().ok()).unwrap_or(given)
    };
    match paper {
        BallotPaper::Approve(ids) => BallotPaper::Approve(ids.into_iter().map(whole).collect()),
        BallotPaper::Ranks(ranks) => {
            let level = |ids: Vec<Slug>| ids.into_iter().map(whole).collect();
            BallotPaper::Ranks(ranks.into_iter().map(level).collect())
        }
        BallotPaper::Grades(given) => {
            BallotPaper::Grades(given.into_iter().map(|(id, grade)| (whole(id), grade)).collect())
        }
        BallotPaper::Points(given) => {
            BallotPaper::Points(given.into_iter().map(|(id, points)| (whole(id), points)).collect())
        }
        other @ (BallotPaper::Choice(_) | BallotPaper::Blank) => other,
    }
}

/// Answers questions that were opened together, by one ballot each.
fn answer(app: &App, args: &CastArgs) -> Result<(), Failure> {
    let shown = app.data_of(&format!("votes/{}", args.vote))?;
    let sheet = shown.pointer("/sheet/votes").and_then(Value::as_array);
    let sheet = sheet.ok_or_else(|| Failure::new("usage.one-question"))?;
    let mut papers = BTreeMap::new();
    for given in &args.paper.answers {
        let wrong = || Failure::with("usage.value", format!("--answer {given}"));
        let (number, text) = given.split_once('=').ok_or_else(wrong)?;
        let number: usize = number.trim().parse().map_err(|_| wrong())?;
        let vote = number.checked_sub(1).and_then(|place| sheet.get(place)).ok_or_else(wrong)?;
        let shown = app.data_of(&format!("votes/{}", cell(vote)))?;
        let method = shown.get("method").cloned().unwrap_or_default();
        let method: MethodSpec = serde_json::from_value(method).map_err(Failure::answer)?;
        let paper = answer_paper(method.paper(), text.trim())?.ok_or_else(wrong)?;
        if papers.insert(number, (shown, paper)).is_some() {
            return Err(wrong());
        }
    }
    // Everything is read and checked before anything is handed in.
    for (shown, _) in papers.values() {
        let terms: Hash = parse(text_of(shown, "terms")?)?;
        if args.terms.is_some_and(|read| read != terms) {
            return Err(Failure::new("ballot.other-terms"));
        }
        vote_terms::check(app, shown, terms)?;
    }
    for (shown, paper) in papers.into_values() {
        if app.is_for_real() {
            vote::terms(app, &shown)?;
        }
        let terms = parse(text_of(&shown, "terms")?)?;
        app.act(CastBallot { vote: vote_open::id_of(&shown)?, terms, paper }, Mandate::Own)?;
    }
    Ok(())
}

/// A paper of that kind from the words of the command's options.
fn answer_paper(paper: Paper, text: &str) -> Result<Option<BallotPaper>, Failure> {
    if text == "blank" || text == "blanc" {
        return Ok(Some(BallotPaper::Blank));
    }
    let list = || text.split(',').map(|one| one.trim().to_owned()).collect::<Vec<String>>();
    Ok(match paper {
        Paper::Choice => ChoiceArg::from_str(text, true).ok().map(ChoiceArg::paper),
        Paper::Approvals => {
            let ids = list().iter().map(|id| id.parse::<Slug>().ok()).collect::<Option<Vec<_>>>();
            ids.map(BallotPaper::Approve)
        }
        Paper::Ranks => Some(ranks(text)?),
        Paper::Grades => {
            let grade = |text: &str| Some(input::tidy(text));
            Some(BallotPaper::Grades(pairs("--answer", &list(), grade)?))
        }
        Paper::Points => {
            let points = |text: &str| text.parse().ok();
            Some(BallotPaper::Points(pairs("--answer", &list(), points)?))
        }
    })
}

impl ChoiceArg {
    fn paper(self) -> BallotPaper {
        BallotPaper::Choice(match self {
            Self::For => Choice::For,
            Self::Against => Choice::Against,
            Self::Abstain => Choice::Abstain,
        })
    }
}

fn paper(args: &PaperArgs) -> Result<BallotPaper, Failure> {
    if args.blank {
        return Ok(BallotPaper::Blank);
    }
    if let Some(choice) = args.choice {
        return Ok(choice.paper());
    }
    if !args.approve.is_empty() {
        return Ok(BallotPaper::Approve(args.approve.clone()));
    }
    if let Some(order) = &args.rank {
        return ranks(order);
    }
    let grade = |text: &str| Some(input::tidy(text));
    let grades = pairs("--grade", &args.grade, grade)?;
    let points = pairs("--points", &args.points, |text| text.parse().ok())?;
    match (grades.is_empty(), points.is_empty()) {
        (false, _) => Ok(BallotPaper::Grades(grades)),
        (true, false) => Ok(BallotPaper::Points(points)),
        (true, true) => Err(Failure::new("usage.paper")),
    }
}

/// Reads a list a=x,b=y.
fn pairs<T>(
    name: &str,
    given: &[String],
    value: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<Slug, T>, Failure> {
    let mut pairs = BTreeMap::new();
    for pair in given {
        let wrong = || Failure::with("usage.value", format!("{name} {pair}"));
        let (id, text) = pair.split_once('=').ok_or_else(wrong)?;
        let id: Slug = id.trim().parse().map_err(|_| wrong())?;
        if pairs.insert(id, value(text.trim()).ok_or_else(wrong)?).is_some() {
            return Err(wrong());
        }
    }
    Ok(pairs)
}

fn ranks(order: &str) -> Result<BallotPaper, Failure> {
    let wrong = |_| Failure::with("usage.value", format!("--rank {order}"));
    let group = |group: &str| group.split('=').map(|id| id.trim().parse::<Slug>()).collect();
    let ranks: Result<Vec<Vec<Slug>>, _> = order.split('>').map(group).collect();
    Ok(BallotPaper::Ranks(ranks.map_err(wrong)?))
}
