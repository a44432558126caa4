//! Views as tables.

use crate::app::{App, AtArgs};
use crate::backend::read_all;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::cell;
use crate::when;
use serde_json::Value;

/// Names of members of views: as they are, in French, in English.
#[rustfmt::skip]
const LABELS: &[(&str, &str, &str)] = &[
    ("account", "compte", "account"), ("accounts", "comptes", "accounts"),
    ("acts", "actes", "acts"),
    ("admitted", "admis·e à", "admitted at"), ("adopted_by", "adoptée par", "adopted by"),
    ("amendments", "amendements", "amendments"), ("amount_text", "montant", "amount"),
    ("as", "mandat", "mandate"), ("author", "auteur·rice", "author"),
    ("balance_text", "solde", "balance"), ("base", "base", "base"),
    ("ceiling", "plafond", "ceiling"), ("charter", "charte", "charter"),
    ("circle", "cercle", "circle"), ("circles", "cercles", "circles"),
    ("closed", "clos à", "closed at"),
    ("closes_at", "clôture", "closes"), ("code", "code", "code"), ("date", "date", "date"),
    ("declared", "proclamé", "declared"), ("declined_because", "décliné parce que", "declined because"),
    ("dissolved", "dissous à", "dissolved at"), ("electorate", "corps électoral", "electorate"),
    ("eligible", "électeur·rices", "eligible"), ("ended", "fin anticipée", "ended"),
    ("floor", "plancher", "floor"), ("founded", "fondée", "founded"),
    ("founded_at", "fondée le", "founded"),
    ("founding_role", "rôle fondateur", "founding role"), ("from", "depuis", "from"),
    ("groups", "groupes", "groups"), ("hash", "empreinte", "hash"),
    ("holders", "titulaires", "holders"), ("id", "identifiant", "id"),
    ("issued_at", "signé le", "issued"),
    ("key", "clé", "key"), ("key_file", "fichier de clé", "key file"),
    ("keys", "clés", "keys"), ("kind", "nature", "kind"), ("label", "libellé", "label"),
    ("leaf", "feuille", "leaf"), ("left", "parti·e à", "left at"), ("legs", "lignes", "legs"),
    ("mandate", "mandat", "mandate"), ("mandates", "mandats", "mandates"),
    ("member", "membre", "member"), ("members", "membres", "members"),
    ("method", "méthode", "method"), ("moves", "mouvements", "moves"), ("name", "nom", "name"),
    ("number", "numéro", "number"), ("open_amendments", "amendements ouverts", "open amendments"),
    ("open_vote", "vote ouvert", "open vote"), ("open_votes", "votes ouverts", "open votes"),
    ("opened", "ouvert à", "opened at"),
    ("opens_at", "ouverture", "opens"), ("options", "options", "options"),
    ("origin", "origine", "origin"), ("owner", "titulaire", "owner"),
    ("parent", "au sein de", "within"), ("payload", "texte signé", "payload"),
    ("position", "position", "position"),
    ("powers", "pouvoirs", "powers"), ("profile", "profil", "profile"),
    ("proof", "preuve", "proof"),
    ("proposal", "proposition", "proposal"), ("proposals", "propositions", "proposals"),
    ("public_key", "clé publique", "public key"), ("purpose", "raison d'être", "purpose"),
    ("question", "question", "question"),
    ("reason", "motif", "reason"), ("recorded_at", "enregistré le", "recorded"),
    ("registrar", "clé de l'instance", "instance's key"), ("reversed", "annulé", "reversed"),
    ("reverses", "annule", "reverses"), ("revoked", "révoquée à", "revoked at"),
    ("role", "rôle", "role"), ("roles", "rôles", "roles"), ("root", "racine", "root"),
    ("root_circle", "cercle racine", "root circle"), ("scale", "décimales", "decimals"),
    ("seats", "sièges", "seats"), ("settled", "réglé à", "settled at"),
    ("signatory", "signataire", "signatory"), ("signature", "signature", "signature"),
    ("signatures", "signatures", "signatures"), ("since", "depuis", "since"),
    ("slug", "nom court", "name"), ("state", "état", "state"),
    ("state_hash", "empreinte d'état", "state hash"),
    ("steward", "gardien", "steward"), ("sum", "somme", "sum"), ("support", "soutiens", "support"),
    ("supporters_ever", "soutiens (toutes versions)", "supporters (any version)"),
    ("tally", "décompte", "tally"), ("term_days", "durée (jours)", "term (days)"),
    ("terms", "termes", "terms"), ("text", "texte", "text"), ("title", "titre", "title"),
    ("type", "acte", "act"), ("unit", "unité", "unit"), ("units", "unités", "units"),
    ("until", "jusqu'à", "until"), ("version", "version", "version"),
    ("version_number", "version n°", "version no."), ("versions", "versions", "versions"),
    ("view", "vue", "view"), ("votes", "votes", "votes"), ("withdrawn", "retirée à", "withdrawn at"),
];

/// The name of a member of a view, for people.
pub(crate) fn label(lang: Lang, name: &str) -> String {
    let known = LABELS.iter().find(|(known, ..)| *known == name);
    known.map_or_else(|| name.replace('_', " "), |(_, fr, en)| lang.pick(fr, en).to_owned())
}

/// A member of a view as the text of one cell.
pub(crate) fn member_cell(name: &str, value: &Value) -> String {
    let is_time = name.ends_with("_at") || matches!(name, "from" | "until");
    match value {
        Value::Number(number) if is_time => {
            number.as_i64().map_or_else(|| number.to_string(), when::show)
        }
        Value::Object(members) if name == "method" => {
            members.keys().next().cloned().unwrap_or_default()
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
            item.get(column).map_or_else(|| "-".to_owned(), |value| member_cell(column, value))
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
    let Some(members) = data.as_object() else { return app.output.say(cell(data)) };
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
            (None, value) => pairs.push((label(app.lang(), name), member_cell(name, value))),
        }
    }
    app.output.pairs(pairs)?;
    for (name, items) in tables {
        app.output.say(format!("\n{}", label(app.lang(), name)))?;
        let columns = items.first().and_then(Value::as_object);
        let columns: Vec<&str> = columns.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
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
