//! Checking that an instance shows of a vote what was signed at its opening.

use super::proposal::{Text, text_of};
use crate::app::App;
use crate::failure::Failure;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::proposal::text::{self, Change};
use archipel_domain::vote::{QUESTIONS_MAX, question_id};
use serde::Deserialize as _;
use serde_json::{Value, json};

/// Most rounds that are followed back to the opening.
const ROUNDS_MAX: usize = 64;

/// The terms are the hash of the opening statement: it must be the one that is shown, and say
/// what is shown. Where the text of a consent round was amended, the terms are the hash of the
/// amendment, which names those of the round before; every text on the way is worked out again.
pub(super) fn check(app: &App, shown: &Value, terms: Hash) -> Result<(), Failure> {
    let wrong = || Failure::with("cli.terms", text_of(shown, "id").unwrap_or_default());
    let member = |of: &Value, name: &str| of.get(name).cloned().unwrap_or_default();
    let frozen = shown.pointer("/options/0/version").and_then(Value::as_str).map(str::to_owned);
    let (mut round, mut terms) = (shown.clone(), terms);
    let mut version = None;
    for _ in 0..ROUNDS_MAX {
        let (id, place) = opened_by(&round)?;
        let statement = signed(app, &id, terms)?;
        let body = statement.get("body").ok_or_else(wrong)?;
        if statement.get("act").is_some_and(|act| act == "consent.amended/1") {
            let expected = version.or_else(|| frozen.clone()).ok_or_else(wrong)?;
            let base = text_of(body, "base")?.to_owned();
            if amended(app, shown, &base, body)?.to_string() != expected {
                return Err(wrong());
            }
            version = Some(base);
            round = app.data_of(&format!("votes/{}", text_of(body, "vote")?))?;
            terms = super::proposal::parse(text_of(body, "terms")?)?;
            continue;
        }
        let question = body.get("questions").map(|all| all.get(place).ok_or_else(wrong));
        let question = question.transpose()?;
        // Rules of its own are part of the terms too; a question without any has empty ones.
        let rules = match question {
            Some(one) => Some(one.get("rules").cloned().unwrap_or_else(|| json!({}))),
            None => body.get("rules").cloned(),
        };
        let rules = rules.as_ref() == shown.get("rules");
        let opening = question.or_else(|| body.get("vote")).unwrap_or(body);
        let first =
            |one: &Value| version.clone().map_or_else(|| member(one, "version"), Value::from);
        let options =
            |of: &Value, version: &dyn Fn(&Value) -> Value| -> Vec<(Value, Value, Value)> {
                let options = of.get("options").and_then(Value::as_array);
                let read = |one| (member(one, "id"), member(one, "label"), version(one));
                options.into_iter().flatten().map(read).collect()
            };
        let same = |name: &str| opening.get(name) == shown.get(name);
        let as_signed = options(opening, &|one| member(one, "version")) == options(shown, &first);
        let all = rules && same("title") && same("method") && as_signed;
        return if all { Ok(()) } else { Err(wrong()) };
    }
    Err(wrong())
}

/// The statement that opened a vote, and the vote's place among the questions that it puts.
fn opened_by(vote: &Value) -> Result<(String, usize), Failure> {
    let id = text_of(vote, "id")?;
    let Some(sheet) = vote.get("sheet") else { return Ok((id.to_owned(), 0)) };
    let wrong = || Failure::with("cli.terms", id);
    let statement: StatementId = super::proposal::parse(text_of(sheet, "statement")?)?;
    let places = 0..u32::try_from(QUESTIONS_MAX).unwrap_or(u32::MAX);
    let mut named = places.map(|place| question_id(statement, place).to_string());
    let place = named.position(|named| named == id).ok_or_else(wrong)?;
    Ok((statement.to_string(), place))
}

/// The statement with an id, if it has that hash.
fn signed(app: &App, id: &str, terms: Hash) -> Result<Value, Failure> {
    let found = app.data_of(&format!("statements/{id}"))?;
    let payload = text_of(&found, "payload")?;
    let wrong = || Failure::with("cli.terms", id);
    if Hash::of(payload.as_bytes()) != terms {
        return Err(wrong());
    }
    serde_json::from_str(payload).map_err(|_| wrong())
}

/// The name of the version that an amendment makes.
fn amended(app: &App, shown: &Value, base: &str, body: &Value) -> Result<Hash, Failure> {
    let wrong = || Failure::with("cli.terms", base);
    let proposal = shown.pointer("/options/0/proposal").and_then(Value::as_str);
    let before = Text::version(app, proposal.ok_or_else(wrong)?, base)?;
    let changes = body.get("changes").ok_or_else(wrong)?;
    let changes = Vec::<Change>::deserialize(changes).map_err(|_| wrong())?;
    let lines = text::apply(&text::lines(&before.text), &changes).map_err(|_| wrong())?;
    Ok(text::version_of(&lines))
}
