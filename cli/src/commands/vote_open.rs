//! `archipel vote open`.

use super::proposal::{Text, parse, text_of};
use super::vote_method::{self, MethodArgs};
use super::vote_rules::{self, RuleArgs};
use crate::app::{App, Mandate};
use crate::failure::Failure;
use crate::{input, when};
use archipel_domain::act::Act;
use archipel_domain::counting::Method;
use archipel_domain::counting::yes_no::Quorum;
use archipel_domain::id::{MemberId, Slug, StatementId};
use archipel_domain::role::Power;
use archipel_domain::vote::{
    BallotOption, ElectorateRule, OpenQuestions, OpenVote, OpenVoteUnderRules,
};
use serde_json::Value;
use std::path::PathBuf;

/// Arguments of `vote open`.
#[derive(Debug, clap::Args)]
pub(crate) struct OpenArgs {
    /// JSON file with the whole body of the act, which may put several questions; --title and
    /// --closes win over what it says
    #[arg(long, value_name = "FILE.json")]
    from: Option<PathBuf>,
    /// Title for people
    #[arg(long, required_unless_present = "from")]
    title: Option<String>,
    /// The question, if the title does not say it
    #[arg(long)]
    question: Option<String>,
    /// Counting method, see count --list
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
    #[command(flatten)]
    of_method: MethodArgs,
    #[command(flatten)]
    rules: RuleArgs,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &OpenArgs) -> Result<(), Failure> {
    let act = match &args.from {
        Some(file) => from_file(file, args)?,
        None => match vote_rules::rules(app, &args.rules, quorum(args)?)? {
            Some(rules) => OpenVoteUnderRules { vote: from_flags(app, args)?, rules }.into(),
            None => from_flags(app, args)?.into(),
        },
    };
    app.act(act, Mandate::Power(Power::Votes))
}

/// The quorum that is a rule of the vote: of yes/no votes and consent rounds it belongs to the
/// method.
fn quorum(args: &OpenArgs) -> Result<Option<Quorum>, Failure> {
    match args.method {
        Some(Method::YesNo | Method::Consent) | None => Ok(None),
        Some(_) => vote_method::quorum(&args.of_method),
    }
}

/// The body of `vote.opened/1`; with `vote` and `rules`, of `vote.opened/2`; with `questions`, of
/// `votes.opened/1`.
fn from_file(file: &std::path::Path, args: &OpenArgs) -> Result<Act, Failure> {
    let text = input::read_file(file, 1 << 20)?;
    let failed = |error: serde_json::Error| Failure::file(file, error);
    let mut body: Value = serde_json::from_str(&text).map_err(failed)?;
    let under_rules = body.get("rules").is_some();
    let vote = if under_rules { body.get_mut("vote") } else { Some(&mut body) };
    if let Some(Value::Object(members)) = vote {
        if let Some(closes) = &args.closes {
            let closes_at = when::parse(closes, when::now())?;
            members.insert("closes_at".to_owned(), closes_at.0.into());
        }
        if let Some(title) = &args.title {
            members.insert("title".to_owned(), title.clone().into());
        }
    }
    if body.get("questions").is_some() {
        return serde_json::from_value::<OpenQuestions>(body).map(Act::from).map_err(failed);
    }
    if under_rules {
        return serde_json::from_value::<OpenVoteUnderRules>(body).map(Act::from).map_err(failed);
    }
    serde_json::from_value::<OpenVote>(body).map(Act::from).map_err(failed)
}

fn from_flags(app: &App, args: &OpenArgs) -> Result<OpenVote, Failure> {
    let missing = |name: &str| Failure::with("usage.arguments", name);
    let title = args.title.as_deref().ok_or_else(|| missing("--title"))?;
    let closes = args.closes.as_deref().ok_or_else(|| missing("--closes"))?;
    let method = args.method.ok_or_else(|| missing("--method"))?;
    let now = when::now();
    let opens_at = args.opens.as_deref().map(|opens| when::parse(opens, now)).transpose()?;
    let options = args.options.iter().map(|option| ballot_option(app, option));
    let mut options = options.collect::<Result<Vec<_>, _>>()?;
    for option in &mut options {
        // What names nobody is left as it is, for the rules to refuse.
        let member = Some(&option.id).filter(|id| args.rules.names_member(id));
        let found = member.map(|id| app.resolve::<MemberId>("members", id.as_str()));
        if let Some(Ok(found)) = found {
            option.id = found.to_string().parse().map_err(Failure::answer)?;
        }
    }
    let ids: Vec<Slug> = options.iter().map(|option| option.id.clone()).collect();
    let electorate = if args.groups.is_empty() {
        ElectorateRule::Members
    } else {
        ElectorateRule::Groups(args.groups.clone())
    };
    let question = args.question.as_deref().map(|text| input::prose("--question", text));
    Ok(OpenVote {
        title: input::line("--title", title)?,
        question: question.transpose()?,
        method: vote_method::spec(app, &args.of_method, method, &ids, None)?,
        options,
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

/// The vote named by a view, by its whole name.
pub(super) fn id_of(vote: &Value) -> Result<StatementId, Failure> {
    parse(text_of(vote, "id")?)
}
