//! Views as tables.

use crate::app::{App, AtArgs};
use crate::backend::read_all;
use crate::failure::Failure;
pub(crate) use crate::labels::{label, way, word};
use crate::lang::Lang;
use crate::output::cell;
use crate::when;
use serde_json::Value;

/// A member of a view as the text of one cell.
pub(crate) fn member_cell(lang: Lang, name: &str, value: &Value) -> String {
    let is_time = name.ends_with("_at") || matches!(name, "from" | "until" | "on");
    match value {
        Value::Number(number) if is_time => {
            number.as_i64().map_or_else(|| number.to_string(), when::show)
        }
        Value::Object(members) if name == "method" => {
            members.keys().next().cloned().unwrap_or_default()
        }
        Value::String(text) if name == "way" => way(lang, text),
        Value::Bool(known) => word(lang, &known.to_string()),
        Value::String(text) if matches!(name, "state" | "kind" | "owner" | "reason" | "tally") => {
            word(lang, text)
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let items = items.iter().map(|item| member_cell(lang, name, item));
            items.collect::<Vec<_>>().join(", ")
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| {
                format!("{}={}", label(lang, name), member_cell(lang, name, value))
            });
            members.collect::<Vec<_>>().join(" ")
        }
        other => cell(other),
    }
}

/// Prints a list with these columns, or the whole answer for machines.
pub(crate) fn list(app: &App, path: &str, at: &AtArgs, columns: &[&str]) -> Result<(), Failure> {
    let answer = read_all(app.backend()?, path, at.state()?)?;
    if app.output.json {
        return app.output.json(&answer);
    }
    let items = answer.pointer("/data/items").and_then(Value::as_array);
    items_table(app, items.map_or(&[], Vec::as_slice), columns)?;
    footer(app, &answer)
}

/// Prints a table of items.
pub(crate) fn items_table(app: &App, items: &[Value], columns: &[&str]) -> Result<(), Failure> {
    let rows = items.iter().map(|item| {
        let cells = columns.iter().map(|column| {
            item.get(column)
                .map_or_else(|| "-".to_owned(), |value| member_cell(app.lang(), column, value))
        });
        cells.collect()
    });
    let header: Vec<String> = columns.iter().map(|column| label(app.lang(), column)).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    app.output.table(&header, rows.collect())
}

/// Prints one thing, or the whole answer for machines.
pub(crate) fn one(app: &App, path: &str, at: &AtArgs) -> Result<(), Failure> {
    let answer = app.backend()?.read(path, at.state()?)?;
    if app.output.json {
        return app.output.json(&answer);
    }
    object(app, answer.get("data").unwrap_or(&Value::Null))?;
    footer(app, &answer)
}

/// Prints the members of an object; lists of objects as tables of their own, long texts last.
pub(crate) fn object(app: &App, data: &Value) -> Result<(), Failure> {
    let Some(members) = data.as_object() else {
        return app.output.say(cell(data));
    };
    let (mut pairs, mut tables, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in members {
        let items = value.get("items").unwrap_or(value).as_array();
        match (items, value) {
            (Some(items), _) if items.iter().any(Value::is_object) => tables.push((name, items)),
            (Some(items), _) => {
                let items: Vec<String> = items.iter().map(cell).collect();
                pairs.push((label(app.lang(), name), or_dash(items.join(", "))));
            }
            (None, Value::String(text)) if text.contains('\n') || name == "text" => {
                texts.push((name, text));
            }
            (None, value) => {
                pairs.push((label(app.lang(), name), member_cell(app.lang(), name, value)));
            }
        }
    }
    app.output.pairs(pairs)?;
    for (name, items) in tables {
        app.output.say(format!("\n{}", label(app.lang(), name)))?;
        let columns = items.first().and_then(Value::as_object);
        let columns: Vec<&str> =
            columns.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        items_table(app, items, &columns)?;
    }
    for (name, text) in texts {
        app.output.say(format!("\n{}\n\n{text}", label(app.lang(), name)))?;
    }
    Ok(())
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

/// Says at which position of the log what was shown stands.
pub(crate) fn footer(app: &App, answer: &Value) -> Result<(), Failure> {
    let position = answer.get("position").map(cell).unwrap_or_default();
    let recorded_at = answer.get("recorded_at").and_then(Value::as_i64).unwrap_or(0);
    let at = app.lang().pick("à la position", "at position");
    app.output.say(format!("\n{at} {position} ({})", when::show(recorded_at)))
}
