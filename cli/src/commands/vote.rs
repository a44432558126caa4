//! `archipel vote`: consultations and their outcomes.

use super::{count, objection, vote_after, vote_ballots, vote_cast, vote_open, vote_rules};
use crate::app::{App, AtArgs};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::cell;
use crate::{show, when};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Votes.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum VoteCommand {
    /// Open a vote, under the power over votes; texts, rules and electorate are frozen
    Open(Box<vote_open::OpenArgs>),
    /// Cast a ballot; the last valid one before the closing counts
    Cast(vote_cast::CastArgs),
    /// List votes
    List(AtArgs),
    /// Show a vote; its tally once it is closed
    Show {
        /// The vote: UUID, or its first digits
        vote: String,
        /// Draw the outcome into this file, as SVG
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Count the recorded ballots under other rules; hypothetical, and says so
    Recount(Box<vote_ballots::RecountArgs>),
    /// Write the recorded ballots for other tools: PrefLib, Pabulib, BLT or CSV
    Export(vote_ballots::ExportArgs),
    /// Break a tie, under the power over votes, if the rules of the vote say so
    BreakTie(vote_after::BreakTieArgs),
    /// Make a secret for a lot, and the commitment to it that vote open takes
    LotSecret,
    /// Draw the lot that breaks a tie, by revealing the secrets committed to at the opening
    DrawLot(vote_after::DrawLotArgs),
    /// Attach a dissenting opinion to an outcome, or join one
    Dissent(vote_after::DissentArgs),
    /// Say why you agree with an outcome, to be kept beside it
    Reasons(vote_after::ReasonsArgs),
    /// Have the instance state what is due: closings and outcomes. A server does it by itself
    Close {
        /// A vote to show afterwards: UUID, or its first digits
        vote: Option<String>,
    },
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &VoteCommand) -> Result<(), Failure> {
    match command {
        VoteCommand::Open(args) => vote_open::run(app, args),
        VoteCommand::Cast(args) => vote_cast::run(app, args),
        VoteCommand::List(at) => list(app, at),
        VoteCommand::Recount(args) => vote_ballots::recount(app, args),
        VoteCommand::Export(args) => vote_ballots::export(app, args),
        VoteCommand::BreakTie(args) => vote_after::break_tie(app, args),
        VoteCommand::LotSecret => vote_after::lot_secret(app),
        VoteCommand::DrawLot(args) => vote_after::draw_lot(app, args),
        VoteCommand::Dissent(args) => vote_after::dissent(app, args),
        VoteCommand::Reasons(args) => vote_after::reasons(app, args),
        VoteCommand::Show { vote, svg, at } => {
            if let Some(path) = svg {
                draw(app, vote, path, at)?;
            }
            show_vote(app, vote, at)
        }
        VoteCommand::Close { vote } => {
            app.backend()?.tick()?;
            match vote {
                Some(vote) => show_vote(app, vote, &AtArgs::default()),
                None => list(app, &AtArgs::default()),
            }
        }
    }
}

fn list(app: &App, at: &AtArgs) -> Result<(), Failure> {
    show::list(app, "votes", at, &["id", "title", "state", "counted_by", "eligible", "closes_at"])
}

/// Writes the picture of a closed vote.
fn draw(app: &App, vote: &str, path: &Path, at: &AtArgs) -> Result<(), Failure> {
    let answer = app.backend()?.read(&format!("votes/{vote}/picture"), at.state()?)?;
    let svg = answer.get("data").and_then(|data| data.get(app.lang().pick("fr", "en")));
    let svg = svg.and_then(Value::as_str).ok_or_else(|| Failure::new("outcome.still-open"))?;
    std::fs::write(path, svg).map_err(|error| Failure::file(path, error))
}

fn show_vote(app: &App, vote: &str, at: &AtArgs) -> Result<(), Failure> {
    let answer = app.backend()?.read(&format!("votes/{vote}"), at.state()?)?;
    if app.output.json {
        return app.output.json(&answer);
    }
    let data = answer.get("data").unwrap_or(&Value::Null);
    terms(app, data)?;
    let name = |name: &str| show::label(app.lang(), name);
    let value = |path: &str| data.pointer(path).map(cell).unwrap_or_default();
    let mut pairs = vec![
        (name("state"), show::word(app.lang(), &value("/state"))),
        (name("eligible"), value("/eligible")),
        (name("terms"), value("/terms")),
    ];
    pairs.extend(phases(app.lang(), data).map(|phase| (name("phase"), phase)));
    if let Some(questions) = data.pointer("/sheet/votes").and_then(Value::as_array) {
        let all: Vec<String> = questions.iter().map(cell).collect();
        pairs.push((name("sheet"), format!("{} : {}", value("/sheet/title"), all.join(", "))));
    }
    app.output.pairs(pairs)?;
    match data.pointer("/tally/outcome") {
        Some(counted) => {
            outcome(app, counted)?;
            if let Some(why) = data.pointer("/tally/explanation") {
                count::say_why(app.output, why)?;
            }
            app.output.say("")?;
            vote_after::say(app, data)?;
        }
        None if data.get("state").is_some_and(|state| state == "amended") => {
            let said = app.lang().pick(
                "Le texte a été amendé : un nouveau tour a pris sa place",
                "The text was amended: another round took its place",
            );
            app.output.say(format!("\n{said} ({}).", value("/amended_by")))?;
        }
        None if data.pointer("/tally/uncountable").is_some() => {
            let said = app.lang().pick(
                "Ces bulletins ne peuvent pas être dépouillés exactement par cette méthode, et \
                 rien n’est décidé",
                "These ballots can not be counted exactly by this method, and nothing is decided",
            );
            let hint = app.lang().pick(
                "Voyez ce qu’en fait une autre méthode (vote recount), puis ouvrez un autre vote.",
                "See what another method makes of them (vote recount), then open another vote.",
            );
            app.output.say(format!("\n{said} ({}).\n{hint}", value("/tally/uncountable")))?;
        }
        None => app.output.say(app.lang().pick(
            "\nLe décompte ne se montre qu'après la clôture.",
            "\nThe tally is only shown once the vote is closed.",
        ))?,
    }
    objection::say(app, data)?;
    show::footer(app, &answer)
}

/// The phases in which a vote is at the state's own time, each with its end.
fn phases(lang: Lang, vote: &Value) -> impl Iterator<Item = String> {
    let calendar = vote.get("calendar").and_then(Value::as_array).into_iter().flatten();
    let current = calendar.filter(|phase| phase.get("current").is_some_and(|now| now == true));
    current.filter_map(move |phase| {
        let word = show::word(lang, phase.get("phase")?.as_str()?);
        let until = when::show(phase.get("until")?.as_i64()?);
        Some(format!("{word} {} {until}", lang.pick("jusqu’au", "until")))
    })
}

/// What is voted on, by which method and until when.
pub(super) fn terms(app: &App, vote: &Value) -> Result<(), Failure> {
    let text = |name: &str| vote.get(name).map(cell).unwrap_or_default();
    app.output.say(text("title"))?;
    if vote.get("question").is_some_and(Value::is_string) {
        app.output.say(text("question"))?;
    }
    app.output.say(method(app.lang(), vote.get("method").unwrap_or(&Value::Null)))?;
    let until = vote.get("closes_at").and_then(Value::as_i64).map(when::show);
    let label = show::label(app.lang(), "closes_at");
    app.output.say(format!("{label}: {}\n", until.unwrap_or_default()))?;
    let options = vote.get("options").and_then(Value::as_array);
    let with_texts = options
        .into_iter()
        .flatten()
        .any(|one| one.get("proposal").is_some_and(|proposal| !proposal.is_null()));
    let columns: &[&str] =
        if with_texts { &["id", "label", "proposal", "version"] } else { &["id", "label"] };
    show::items_table(app, options.map_or(&[], Vec::as_slice), columns)?;
    app.output.say("")?;
    vote_rules::say(app, vote)
}

/// A method with its parameters, in a few words.
fn method(lang: Lang, method: &Value) -> String {
    let Some((name, parameters)) = method.as_object().and_then(|method| method.iter().next())
    else {
        return cell(method);
    };
    // The rule says more than the family: `irv`, not `ranked`.
    let rule = parameters.get("rule");
    let named = rule.and_then(|rule| match rule {
        Value::String(rule) => Some((rule.clone(), None)),
        Value::Object(rule) if name == "points" => rule
            .iter()
            .next()
            .filter(|(_, of)| of.is_object())
            .map(|(name, of)| (name.clone(), of.as_object())),
        _ => None,
    });
    let (name, own) = named.unwrap_or_else(|| (name.clone(), rule.and_then(Value::as_object)));
    let mut words = vec![name];
    let others = parameters.as_object().into_iter().flatten().filter(|(key, _)| *key != "rule");
    for (key, value) in own.into_iter().flatten().chain(others) {
        let value = match key.as_str() {
            "majority" => majority(lang, value),
            "quorum" => quorum(lang, value),
            _ => cell(value),
        };
        words.push(format!("{}: {value}", show::label(lang, key)));
    }
    words.join(" · ")
}

/// A majority: what it takes to be adopted.
fn majority(lang: Lang, majority: &Value) -> String {
    let (share, rule) = match (majority.get("absolute"), majority.get("qualified")) {
        (Some(absolute), _) => ("1/2".to_owned(), absolute),
        (_, Some(qualified)) => {
            (qualified.get("ratio").map(fraction).unwrap_or_default(), qualified)
        }
        _ if majority == "simple" => {
            return lang.pick("plus de pour que de contre", "more for than against").to_owned();
        }
        _ => return cell(majority),
    };
    let base = match rule.get("base").and_then(Value::as_str) {
        Some("expressed") => lang.pick("des suffrages exprimés", "of the votes for and against"),
        Some("cast") => lang.pick("des bulletins", "of the ballots cast"),
        Some("eligible") => lang.pick("du corps électoral", "of all who may vote"),
        _ => return cell(majority),
    };
    // An absolute majority is always more than its share.
    let strict = rule.get("strict").is_none_or(|strict| strict == true);
    let least =
        if strict { lang.pick("plus de", "more than") } else { lang.pick("au moins", "at least") };
    format!("{least} {share} {base}")
}

/// A quorum: a share of the electorate, and who counts as present.
pub(super) fn quorum(lang: Lang, quorum: &Value) -> String {
    let Some(ratio) = quorum.get("ratio") else {
        return cell(quorum);
    };
    let present = match quorum.get("base").and_then(Value::as_str) {
        Some("cast") => lang.pick("tous bulletins comptés", "counting all ballots cast"),
        Some("expressed") => {
            lang.pick("suffrages exprimés comptés", "counting ballots that say something")
        }
        _ => return cell(quorum),
    };
    let share = fraction(ratio);
    let of = lang.pick("du corps électoral", "of all who may vote");
    format!("{} {share} {of}, {present}", lang.pick("au moins", "at least"))
}

fn fraction(ratio: &Value) -> String {
    let part = |name: &str| ratio.get(name).map(cell).unwrap_or_default();
    format!("{}/{}", part("numerator"), part("denominator"))
}

/// An outcome as tables; its exact JSON is what `--json` prints.
pub(super) fn outcome(app: &App, outcome: &Value) -> Result<(), Failure> {
    count::show(app.output, outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rules_are_said_in_words() {
        let third = json!({"numerator": 2, "denominator": 3});
        let qualified =
            |strict: bool| json!({"qualified": {"ratio": third, "base": "cast", "strict": strict}});
        let cases = [
            (json!("simple"), "plus de pour que de contre", "more for than against"),
            (
                json!({"absolute": {"base": "eligible"}}),
                "plus de 1/2 du corps électoral",
                "more than 1/2 of all who may vote",
            ),
            (qualified(false), "au moins 2/3 des bulletins", "at least 2/3 of the ballots cast"),
            (qualified(true), "plus de 2/3 des bulletins", "more than 2/3 of the ballots cast"),
        ];
        for (rule, french, english) in cases {
            assert_eq!(majority(Lang::Fr, &rule), french);
            assert_eq!(majority(Lang::En, &rule), english);
        }
        let quarter = json!({"ratio": {"numerator": 1, "denominator": 4}, "base": "cast"});
        let rule = json!({"yes-no": {"rule": {"majority": "simple", "quorum": quarter}}});
        let whole = "yes-no · majority: more for than against · quorum: at least 1/4 of all who \
                     may vote, counting all ballots cast";
        assert_eq!(method(Lang::En, &rule), whole);
        let absolute = json!({"yes-no": {"rule": {"majority": {"absolute": {"base": "cast"}}}}});
        let whole = "yes-no · majority: more than 1/2 of the ballots cast";
        assert_eq!(method(Lang::En, &absolute), whole);
        // A voter sees the rule, not only what kind of paper it takes.
        let irv = json!({"ranked": {"rule": "irv", "seats": 1}});
        assert_eq!(method(Lang::Fr, &irv), "irv · sièges: 1");
        let dots = json!({"points": {"rule": {"dots": {"points": 7}}, "seats": 2}});
        assert_eq!(method(Lang::En, &dots), "dots · points: 7 · seats: 2");
        let approval = json!({"approval": {"seats": 3, "max_choices": 5}});
        assert!(method(Lang::Fr, &approval).contains("sièges: 3"));
    }
}
