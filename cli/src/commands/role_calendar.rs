//! `archipel role calendar` and `role load`: who is foreseen when, and who carries how much.

use super::rotation_say::short;
use crate::app::{App, AtArgs};
use crate::failure::Failure;
use crate::ical::{self, Event};
use crate::lang::Lang;
use crate::output::cell;
use crate::{show, when};
use archipel_domain::time::Timestamp;
use archipel_engine::draw::in_words;
use serde_json::Value;
use std::path::PathBuf;

/// Arguments of `role calendar`.
#[derive(Debug, clap::Args)]
pub(crate) struct CalendarArgs {
    /// From this moment on [default: that of the state]
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Until this moment: a date, or +90d
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Write it as an iCalendar file, for calendar programs
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    #[command(flatten)]
    at: AtArgs,
}

/// Shows the calendar of roles.
pub(crate) fn calendar(app: &App, args: &CalendarArgs) -> Result<(), Failure> {
    let now = when::now();
    let parse = |text: &Option<String>| -> Result<Option<Timestamp>, Failure> {
        text.as_deref().map(|text| when::parse(text, now)).transpose()
    };
    let (from, until) = (parse(&args.from)?, parse(&args.until)?);
    let part = |name: &str, at: Option<Timestamp>| at.map(|at| format!("{name}={}", at.0));
    let parts: Vec<String> =
        [part("from", from), part("until", until)].into_iter().flatten().collect();
    let path = if parts.is_empty() {
        "calendar".to_owned()
    } else {
        format!("calendar?{}", parts.join("&"))
    };
    let answer = app.backend()?.read(&path, args.at.state()?)?;
    let items = answer.pointer("/data/items").and_then(Value::as_array);
    let items = items.ok_or_else(|| Failure::answer(&path))?;
    if let Some(file) = &args.ics {
        let stamp = answer.get("recorded_at").and_then(Value::as_i64).unwrap_or(0);
        let origin = app.origin()?;
        let events: Vec<Event> =
            items.iter().filter_map(|item| event(app.lang(), &origin, item)).collect();
        let text = ical::calendar(Timestamp(stamp), &events)?;
        std::fs::write(file, text).map_err(|error| Failure::file(file, error))?;
        let events = events.len();
        app.output.say(match app.lang() {
            Lang::Fr => format!("{events} événement(s) dans {}", file.display()),
            Lang::En => format!("{events} event(s) in {}", file.display()),
        })?;
    }
    if app.output.json {
        return app.output.json(&answer);
    }
    if args.ics.is_some() {
        return Ok(());
    }
    show::items_table(app, items, &["from", "until", "role", "seat", "member", "kind", "given"])?;
    if answer.pointer("/data/cut") == Some(&Value::Bool(true)) {
        let more = app.lang().pick(
            "Il y en a davantage : donnez --from et --until.",
            "There is more: give --from and --until.",
        );
        app.output.say(more)?;
    }
    next(app, &answer)?;
    show::footer(app, &answer)
}

/// Whose turn is next.
fn next(app: &App, answer: &Value) -> Result<(), Failure> {
    let all = answer.pointer("/data/next").and_then(Value::as_array);
    for one in all.into_iter().flatten() {
        let text = |name: &str| one.get(name).map(cell).unwrap_or_default();
        let members = one.get("members").and_then(Value::as_array).into_iter().flatten();
        let members: Vec<String> = members.map(|id| short(&cell(id))).collect();
        let members = members.join(", ");
        let from = when::show(one.get("from").and_then(Value::as_i64).unwrap_or(0));
        let role = text("role");
        app.output.say(match app.lang() {
            Lang::Fr => format!("Prochain tour de {role} : {members}, à partir du {from}"),
            Lang::En => format!("Next turn of {role}: {members}, from {from}"),
        })?;
    }
    Ok(())
}

fn event(lang: Lang, origin: &str, item: &Value) -> Option<Event> {
    let text = |name: &str| item.get(name).map(cell).unwrap_or_default();
    let moment = |name: &str| item.get(name).and_then(Value::as_i64).map(Timestamp);
    let kind = text("kind");
    // A mandate that was given says it already.
    if item.get("given") == Some(&Value::Bool(true)) {
        return None;
    }
    let (id, role) = (text("id"), text("role"));
    let uid = if kind == "mandate" {
        format!("{id}@{origin}")
    } else {
        format!("{id}-{}-{role}-{}@{origin}", text("period"), text("seat"))
    };
    let member = short(&text("member"));
    let summary = match kind.as_str() {
        "mandate" => format!("{role}: {member}"),
        "planned" => format!("{role}: {member} ({})", lang.pick("prévu", "planned")),
        _ => format!("{role}: ({})", lang.pick("vacant", "vacant")),
    };
    let source = match kind.as_str() {
        "mandate" => lang.pick("Mandat", "Mandate"),
        _ => lang.pick("Rotation", "Rotation"),
    };
    let description = format!("{source} {id}\n{}", text("member"));
    Some(Event { uid, from: moment("from")?, until: moment("until")?, summary, description })
}

/// Arguments of `role load`.
#[derive(Debug, clap::Args)]
pub(crate) struct LoadArgs {
    /// How many carry most, for their share of the whole
    #[arg(long, value_name = "N", default_value_t = 1)]
    top: u64,
    #[command(flatten)]
    at: AtArgs,
}

/// Shows who carries how much, and how concentrated that is.
pub(crate) fn load(app: &App, args: &LoadArgs) -> Result<(), Failure> {
    let path = format!("load?top={}&limit=1000", args.top);
    let answer = app.backend()?.read(&path, args.at.state()?)?;
    if app.output.json {
        return app.output.json(&answer);
    }
    let people = answer.pointer("/data/people/items").and_then(Value::as_array);
    let columns = ["member", "active", "past", "coming", "days", "planned"];
    show::items_table(app, people.map_or(&[][..], Vec::as_slice), &columns)?;
    let of = |path: &str| answer.pointer(path).map(cell).unwrap_or_default();
    let lang = app.lang();
    for (kind, what) in [
        ("active", lang.pick("mandats en cours", "running mandates")),
        ("days", lang.pick("jours de mandat", "days of mandates")),
    ] {
        let part = |name: &str| {
            let text = of(&format!("/data/concentration/{kind}/{name}"));
            text.parse().map_or_else(|_| text.clone(), |value| in_words(&value))
        };
        let (gini, share, top) = (part("gini"), part("top_share"), args.top);
        let (holders, people) = (part("holders"), part("people"));
        app.output.say(match lang {
            Lang::Fr => format!(
                "{what} : {holders} titulaires sur {people} membres ; Gini {gini} ; part des \
                 {top} plus chargé·es {share}"
            ),
            Lang::En => format!(
                "{what}: {holders} holders of {people} members; Gini {gini}; share of the {top} \
                 who carry most {share}"
            ),
        })?;
    }
    let never = of("/data/concentration/never_held");
    app.output.say(match lang {
        Lang::Fr => format!("Membres qui n'ont jamais eu de mandat : {never}"),
        Lang::En => format!("Members who never held a mandate: {never}"),
    })?;
    show::footer(app, &answer)
}
