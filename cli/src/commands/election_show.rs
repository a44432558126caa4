//! `archipel election show`: what a person wants of an election; all of it for machines.

use crate::app::{App, AtArgs};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::cell;
use crate::show;
use serde_json::{Map, Value, json};

pub(super) fn show(app: &App, election: &str, at: &AtArgs) -> Result<(), Failure> {
    let path = format!("elections/{election}");
    if app.output.json {
        return show::one(app, &path, at);
    }
    let answer = app.backend()?.read(&path, at.state()?)?;
    let data = answer.get("data").unwrap_or(&Value::Null);
    show::object(app, &Value::Object(summary(app.lang(), data)))?;
    for candidate in list(data, "candidates") {
        objections(app, candidate)?;
    }
    explain(app, data)?;
    show::footer(app, &answer)
}

fn list<'a>(data: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    data.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Terms, dates and counts, then who named whom and who was proposed.
fn summary(lang: Lang, data: &Value) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    let word = |value: &Value| Value::String(show::word(lang, &cell(value)));
    let of = |name: &str| data.get(name).filter(|value| !value.is_null());
    for name in ["phase", "silence"] {
        of(name).map(|value| put(name, word(value)));
    }
    for name in [
        "id",
        "role",
        "ends_at",
        "criteria",
        "from",
        "until",
        "facilitator",
        "electors",
        "incumbents",
        "lot_at",
        "awaited",
        "tally",
        "notes",
        "proposed",
        "elected",
    ] {
        of(name).map(|value| put(name, value.clone()));
    }
    let ties = list(data, "ties").map(word).chain([word(&json!("lot"))]);
    put("ties", ties.collect());
    let counts = data.get("counts");
    let sealed = counts.and_then(|counts| counts.get("sealed"));
    put("sealed", sealed.cloned().unwrap_or(Value::Null));
    let nominated = list(data, "nominated").map(|one| {
        let now = ["/moved/reason", "/changed/reason", "/revealed/reason"];
        let reason = now.iter().find_map(|path| one.pointer(path));
        json!({"elector": one.get("elector"), "nominee": one.get("nominee"), "reason": reason})
    });
    put("nominated", nominated.collect());
    let candidates = list(data, "candidates").map(|one| {
        let consents = one.get("consents").and_then(Value::as_array).map(Vec::len);
        json!({
            "member": one.get("member"),
            "by": one.get("by").map(word),
            "consents": consents,
            "out": one.get("out").filter(|out| !out.is_null()).map(word),
        })
    });
    put("candidates", candidates.collect());
    shown
}

/// Which objections there were, and what became of them.
fn objections(app: &App, candidate: &Value) -> Result<(), Failure> {
    for objection in list(candidate, "objections") {
        let heading = app.lang().pick("Objection de", "Objection by");
        let state = show::word(app.lang(), &objection.get("state").map(cell).unwrap_or_default());
        let author = objection.get("author").map(cell).unwrap_or_default();
        app.output.say(format!("\n{heading} {author} ({state})"))?;
        for step in list(objection, "history") {
            let of = |key: &str| step.get(key).map(cell).unwrap_or_default();
            app.output.say(format!(
                "  {}: {}",
                show::word(app.lang(), &of("state")),
                of("reason")
            ))?;
        }
    }
    Ok(())
}

fn explain(app: &App, data: &Value) -> Result<(), Failure> {
    let tongue = app.lang().pick("fr", "en");
    let sentences = data.get("explanation").and_then(|words| words.get(tongue));
    app.output.say("")?;
    for sentence in sentences.and_then(Value::as_array).into_iter().flatten() {
        app.output.say(cell(sentence))?;
    }
    Ok(())
}
