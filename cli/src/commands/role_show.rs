//! `archipel role show`: a role, its charter and its mandates, in words.

use crate::app::{App, AtArgs};
use crate::backend::read_all_of;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::cell;
use crate::{show, when};
use archipel_domain::id::Slug;
use serde_json::{Map, Value};

/// Members of a role that are said before its charter.
const OF_ROLE: [&str; 5] = ["slug", "circle", "purpose", "holders", "vacant"];
/// Members that the charter says more about.
const WITHOUT_CHARTER: [&str; 3] = ["powers", "seats", "term_days"];
/// What is shown of a mandate.
const OF_MANDATE: [&str; 7] = ["member", "from", "until", "way", "state", "delegated_to", "id"];

/// Prints a role.
pub(super) fn run(app: &App, slug: &Slug, at: &AtArgs) -> Result<(), Failure> {
    let path = format!("roles/{slug}");
    let answer = read_all_of(app.backend()?, &path, at.state()?, "/data/mandates")?;
    if app.output.json {
        return app.output.json(&answer);
    }
    let lang = app.lang();
    let data = answer.get("data").unwrap_or(&Value::Null);
    let charter = data.get("charter").filter(|charter| charter.is_object());
    let mut names = OF_ROLE.to_vec();
    if charter.is_none() {
        names.extend(WITHOUT_CHARTER);
    }
    let told = |name: &&str| data.get(name).is_some_and(|value| !value.is_null());
    names.extend(["retired"].iter().filter(|name| told(name)));
    let member = |name: &str| {
        let value = data.get(name).unwrap_or(&Value::Null);
        (show::label(lang, name), show::member_cell(lang, name, value))
    };
    app.output.pairs(names.into_iter().map(member).collect())?;
    if let Some(charter) = charter {
        app.output.say(format!("\n{}", show::label(lang, "charter")))?;
        app.output.pairs(charter_pairs(lang, charter))?;
    }
    let mandates = data.pointer("/mandates/items").and_then(Value::as_array);
    let mandates: Vec<Value> = mandates.into_iter().flatten().map(mandate_line).collect();
    if !mandates.is_empty() {
        app.output.say(format!("\n{}", show::label(lang, "mandates")))?;
        show::items_table(app, &mandates, &OF_MANDATE)?;
    }
    show::footer(app, &answer)
}

/// A mandate as a line of a table: how it came to be in a word, and who acts under it.
pub(super) fn mandate_line(mandate: &Value) -> Value {
    let mut line = mandate.as_object().cloned().unwrap_or_default();
    let way = mandate.get("basis").and_then(Value::as_object);
    let way = way.and_then(|basis| basis.keys().next()).cloned();
    line.insert("way".to_owned(), way.map_or(Value::Null, Value::String));
    let delegate = mandate.pointer("/delegation/to").cloned();
    line.insert("delegated_to".to_owned(), delegate.unwrap_or_default());
    Value::Object(line)
}

/// What a charter says, one line a rule; what it does not limit is left out.
fn charter_pairs(lang: Lang, charter: &Value) -> Vec<(String, String)> {
    let of = |path: &str| charter.pointer(path).filter(|value| is_said(value));
    let mut pairs = Vec::new();
    let mut pair = |name: &str, text: Option<String>| {
        pairs.extend(text.map(|text| (show::label(lang, name), text)));
    };
    pair("since", of("/since").map(cell));
    pair("accountabilities", of("/accountabilities").map(list));
    pair("domains", of("/domains").map(list));
    let powers = charter.get("powers").and_then(Value::as_array).into_iter().flatten();
    let powers: Vec<String> = powers.map(|grant| grant_words(lang, grant)).collect();
    pair("powers", (!powers.is_empty()).then(|| powers.join("; ")));
    let (least, most) = (charter.pointer("/seats/least").map(cell), of("/seats/most").map(cell));
    let range = |(least, most): (String, String)| {
        if least == most { most } else { format!("{least}–{most}") }
    };
    pair("seats", least.zip(most).map(range));
    pair("term_days", of("/term_days").map(cell));
    let ways = charter.get("filled_by").and_then(Value::as_array).into_iter().flatten();
    let ways: Vec<String> = ways.map(|way| show::way(lang, &cell(way))).collect();
    pair("filled_by", Some(ways.join(", ")));
    pair("electorate", of("/electorate").map(|voters| electorate_words(lang, voters)));
    for name in ["consecutive", "cooling_off_days", "total", "incompatible"] {
        pair(name, of(&format!("/limits/{name}")).map(cell));
    }
    // What everybody's role weighs says nothing.
    let weight = of("/limits/weight").filter(|weight| weight.as_u64() != Some(1));
    pair("weight", weight.map(cell));
    pair("most_weight", of("/limits/most_weight").map(cell));
    pair("link", of("/link").map(|link| link_words(lang, link)));
    for name in ["acceptance", "delegable"] {
        pair(name, of(&format!("/{name}")).map(|said| show::member_cell(lang, name, said)));
    }
    pair("interim_days", of("/interim_days").map(cell));
    pair("review_at", of("/review_at").and_then(Value::as_i64).map(when::show));
    pairs
}

/// Whether a member says anything.
fn is_said(value: &Value) -> bool {
    let nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let no_pause = value.as_u64() == Some(0);
    !nothing && !no_pause
}

fn list(value: &Value) -> String {
    let lines = value.as_array().into_iter().flatten().map(cell);
    lines.collect::<Vec<_>>().join("; ")
}

/// A power and where it reaches.
fn grant_words(lang: Lang, grant: &Value) -> String {
    let said = Map::new();
    let of = grant.as_object().unwrap_or(&said);
    let power = of.get("power").map(cell).unwrap_or_default();
    let mut reach = Vec::new();
    if let Some(circles) = of.get("reaches") {
        reach.push(format!("{} {}", lang.pick("dans", "in"), cell(circles)));
    }
    if let Some(groups) = of.get("groups") {
        reach.push(format!("{} {}", lang.pick("pour", "for"), cell(groups)));
    }
    let caps = of.get("caps").and_then(Value::as_array).into_iter().flatten();
    let caps: Vec<String> = caps.map(super::vote_rules::grant_words).collect();
    if !caps.is_empty() {
        reach.push(format!("{} {}", lang.pick("au plus", "at most"), caps.join(", ")));
    }
    if reach.is_empty() { power } else { format!("{power} ({})", reach.join(", ")) }
}

fn electorate_words(lang: Lang, voters: &Value) -> String {
    match voters.get("groups") {
        Some(groups) => cell(groups),
        None => lang.pick("tous les membres", "every member").to_owned(),
    }
}

fn link_words(lang: Lang, link: &Value) -> String {
    match link.as_str() {
        Some("lead") => lang.pick("premier lien", "lead").to_owned(),
        Some("delegate") => lang.pick("second lien", "delegate").to_owned(),
        _ => cell(link),
    }
}
