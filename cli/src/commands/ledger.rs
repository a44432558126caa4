//! `archipel ledger`: units and accounts.

use super::ledger_books::{self, ExportArgs};
use super::ledger_move::{self, MoveArgs};
use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{amount, input, show};
use archipel_domain::id::Slug;
use archipel_domain::ledger::{CloseAccount, DefineUnit, OpenAccount, Owner, UnitCode, UnitKind};
use archipel_domain::role::Power;
use serde_json::Value;

/// The ledger.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum LedgerCommand {
    /// Define a unit of account, under the power over accounts
    Unit {
        /// Code in capitals, such as EUR or MIN
        code: UnitCode,
        /// Name for people
        #[arg(long)]
        name: String,
        /// Decimals: 2 for euros and cents, 0 for minutes
        #[arg(long, default_value_t = 0)]
        scale: u8,
        /// What it measures
        #[arg(long, value_enum, default_value = "other")]
        kind: UnitKindArg,
    },
    /// List units of account
    Units(AtArgs),
    /// Open an account, under the power over accounts
    Open {
        /// Short name
        account: Slug,
        /// Its unit
        #[arg(long)]
        unit: UnitCode,
        /// Whose it is: fund, exterior, member:UUID, group:NAME or circle:NAME
        #[arg(long)]
        owner: String,
        /// The role that may take from it (not for a member's account)
        #[arg(long, value_name = "ROLE")]
        steward: Option<Slug>,
        /// Lowest balance, such as -50.00 [default: 0; none for exterior accounts]
        #[arg(long, allow_hyphen_values = true, value_name = "AMOUNT")]
        floor: Option<String>,
        /// Highest balance [default: none]
        #[arg(long, allow_hyphen_values = true, value_name = "AMOUNT")]
        ceiling: Option<String>,
    },
    /// Close an empty account, under the power over accounts
    Close {
        /// Short name
        account: Slug,
    },
    /// Move an amount from one account to another, or between several with --leg
    Move(MoveArgs),
    /// Reverse a whole move, once
    Reverse {
        /// The move: the UUID of its statement
        #[arg(value_name = "MOVE")]
        original: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Show balances: of one account, or of all
    Balance {
        /// Short name
        account: Option<Slug>,
        #[command(flatten)]
        at: AtArgs,
    },
    /// List accounts with their limits
    Accounts(AtArgs),
    /// Show the moves of an account with the running balance
    Statement {
        /// Short name
        account: Slug,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Write the books for another program, or the balances as CSV (--data only)
    Export(ExportArgs),
    /// Add up all moves again: every unit must sum to zero (--data only)
    Check(AtArgs),
}

/// What a unit measures.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum UnitKindArg {
    /// Euros
    Euro,
    /// Time
    Time,
    /// Something else
    Other,
}

impl From<UnitKindArg> for UnitKind {
    fn from(kind: UnitKindArg) -> Self {
        match kind {
            UnitKindArg::Euro => Self::Euro,
            UnitKindArg::Time => Self::Time,
            UnitKindArg::Other => Self::Other,
        }
    }
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &LedgerCommand) -> Result<(), Failure> {
    match command {
        LedgerCommand::Unit { code, name, scale, kind } => {
            let act = DefineUnit {
                unit: code.clone(),
                name: input::line("--name", name)?,
                scale: *scale,
                kind: (*kind).into(),
            };
            app.act(act, Mandate::Power(Power::Accounts))
        }
        LedgerCommand::Units(at) => {
            show::list(app, "units", at, &["code", "name", "scale", "kind", "accounts", "sum"])
        }
        LedgerCommand::Open { account, unit, owner, steward, floor, ceiling } => {
            let act = OpenAccount {
                account: account.clone(),
                unit: unit.clone(),
                owner: parse_owner(owner)?,
                steward: steward.clone(),
                floor: limit(app, unit, floor.as_deref())?,
                ceiling: limit(app, unit, ceiling.as_deref())?,
            };
            app.act(act, Mandate::Power(Power::Accounts))
        }
        LedgerCommand::Close { account } => {
            let act = CloseAccount { account: account.clone() };
            app.act(act, Mandate::Power(Power::Accounts))
        }
        LedgerCommand::Move(args) => ledger_move::post(app, args),
        LedgerCommand::Reverse { original, reason } => ledger_move::reverse(app, original, reason),
        LedgerCommand::Balance { account: Some(account), at } => {
            show::one(app, &format!("accounts/{account}"), at)
        }
        LedgerCommand::Balance { account: None, at } => {
            show::list(app, "accounts", at, &["account", "balance_text", "unit"])
        }
        LedgerCommand::Accounts(at) => accounts(app, at),
        LedgerCommand::Statement { account, at } => show::list(
            app,
            &format!("accounts/{account}/statement"),
            at,
            &["position", "recorded_at", "label", "amount_text", "balance_text", "reversed"],
        ),
        LedgerCommand::Export(args) => ledger_books::export(app, args),
        LedgerCommand::Check(at) => ledger_books::check(app, at),
    }
}

fn accounts(app: &App, at: &AtArgs) -> Result<(), Failure> {
    let columns =
        ["account", "owner", "steward", "balance_text", "unit", "floor", "ceiling", "closed"];
    show::list(app, "accounts", at, &columns)
}

fn parse_owner(text: &str) -> Result<Owner, Failure> {
    let wrong = || Failure::with("usage.value", format!("--owner {text}"));
    Ok(match text.split_once(':') {
        None if text == "fund" => Owner::Fund,
        None if text == "exterior" => Owner::Exterior,
        Some(("member", id)) => Owner::Member(id.parse().map_err(|_| wrong())?),
        Some(("group", slug)) => Owner::Group(slug.parse().map_err(|_| wrong())?),
        Some(("circle", slug)) => Owner::Circle(slug.parse().map_err(|_| wrong())?),
        _ => return Err(wrong()),
    })
}

fn limit(app: &App, unit: &UnitCode, text: Option<&str>) -> Result<Option<i64>, Failure> {
    let Some(text) = text else { return Ok(None) };
    amount::parse(text, scale(app, unit)?).map(Some)
}

/// Decimals of a unit, as the instance defines it.
pub(super) fn scale(app: &App, unit: &UnitCode) -> Result<u8, Failure> {
    let units = app.data_of("units?limit=1000")?;
    let units = units.get("items").and_then(Value::as_array);
    let found = units
        .into_iter()
        .flatten()
        .find(|one| one.get("code").and_then(Value::as_str) == Some(unit.as_str()));
    let scale = found.and_then(|unit| unit.get("scale")).and_then(Value::as_u64);
    let scale = scale.and_then(|scale| u8::try_from(scale).ok());
    scale.ok_or_else(|| Failure::with("ledger.unit-unknown", unit))
}
