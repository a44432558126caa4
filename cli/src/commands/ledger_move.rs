//! Moves and their reversal.

use super::ledger::scale;
use super::proposal::{parse, text_of};
use crate::app::{App, Mandate};
use crate::failure::Failure;
use crate::{amount, input};
use archipel_domain::id::Slug;
use archipel_domain::ledger::{PostLeg, PostMove, ReverseMove, UnitCode};
use serde_json::Value;

/// Arguments of `ledger move`.
#[derive(Debug, clap::Args)]
pub(crate) struct MoveArgs {
    /// The account that gives
    #[arg(requires = "to")]
    from: Option<Slug>,
    /// The account that receives
    #[arg(requires = "amount")]
    to: Option<Slug>,
    /// How much, as an exact decimal such as 12.50
    #[arg(requires = "unit")]
    amount: Option<String>,
    /// The unit, such as EUR
    unit: Option<UnitCode>,
    /// Instead: what is added to an account, such as fund=-12.50; repeated, with sum zero
    #[arg(long = "leg", value_name = "ACCOUNT=AMOUNT", conflicts_with = "from")]
    legs: Vec<String>,
    /// What it is for. Never personal data: the log is for ever
    #[arg(long)]
    label: String,
}

/// Posts a move.
pub(crate) fn post(app: &App, args: &MoveArgs) -> Result<(), Failure> {
    let label = input::line("--label", &args.label)?;
    let legs = match (&args.from, &args.to, &args.amount, &args.unit) {
        (Some(from), Some(to), Some(text), Some(unit)) => {
            let minor = amount::parse(text, scale(app, unit)?)?;
            let wrong = || Failure::with("usage.amount", text);
            // A negative amount would take from the account that should receive.
            let given = minor.checked_neg().filter(|given| *given < 0).ok_or_else(wrong)?;
            let leg = |account: &Slug, amount| PostLeg {
                account: account.clone(),
                amount,
                unit: unit.clone(),
            };
            vec![leg(from, given), leg(to, minor)]
        }
        _ if !args.legs.is_empty() => {
            args.legs.iter().map(|leg| parse_leg(app, leg)).collect::<Result<_, _>>()?
        }
        _ => return Err(Failure::new("usage.legs")),
    };
    let giving = legs.iter().filter(|leg| leg.amount < 0).map(|leg| leg.account.as_str());
    let mandate = steward(app, giving)?;
    app.act(PostMove { label, legs }, mandate)
}

fn parse_leg(app: &App, text: &str) -> Result<PostLeg, Failure> {
    let wrong = || Failure::with("usage.legs", text);
    let (account, minor) = text.split_once('=').ok_or_else(wrong)?;
    let account: Slug = account.parse().map_err(|_| wrong())?;
    let unit = known(app, account.as_str())?;
    let unit: UnitCode = parse(text_of(&unit, "unit")?)?;
    let amount = amount::parse(minor, scale(app, &unit)?)?;
    Ok(PostLeg { account, amount, unit })
}

/// An account, named as the rules would name it if it is not there.
fn known(app: &App, account: &str) -> Result<Value, Failure> {
    app.data_of(&format!("accounts/{account}")).map_err(|failure| match failure.code.as_str() {
        "query.not-found" => Failure::with("ledger.account-unknown", account),
        _ => failure,
    })
}

/// The mandate for taking from accounts: that of the first steward among them. One's own account
/// needs none, and a mandate would even forbid receiving.
fn steward<'a>(app: &App, giving: impl Iterator<Item = &'a str>) -> Result<Mandate, Failure> {
    if app.global.acting_as.is_some() || app.backend().is_err() {
        return Ok(Mandate::Own);
    }
    for account in giving {
        let account = known(app, account)?;
        if let Some(role) = account.get("steward").and_then(Value::as_str) {
            return Ok(Mandate::Role(role.to_owned()));
        }
    }
    Ok(Mandate::Own)
}

/// Reverses a move.
pub(crate) fn reverse(app: &App, id: &str, reason: &str) -> Result<(), Failure> {
    let original = id.parse().map_err(|_| Failure::with("usage.value", id))?;
    let reason = input::line("--reason", reason)?;
    let mandate = match app.data_of(&format!("moves/{id}")) {
        // What the original gave is taken back.
        Ok(found) => {
            let legs = found.get("legs").and_then(Value::as_array).cloned().unwrap_or_default();
            let given = legs.iter().filter(|leg| {
                leg.get("amount").and_then(Value::as_i64).is_some_and(|amount| amount > 0)
            });
            steward(app, given.filter_map(|leg| leg.get("account").and_then(Value::as_str)))?
        }
        // The rules say what is wrong with it.
        Err(_) => Mandate::Own,
    };
    app.act(ReverseMove { original, reason }, mandate)
}
