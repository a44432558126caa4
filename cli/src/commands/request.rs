//! `archipel request`: acts that wait for countersignatures.

use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show};
use archipel_domain::act::Act;
use archipel_domain::id::StatementId;
use archipel_domain::role::Power;
use archipel_domain::safeguard::{
    Asked, CarryRequest, CountersignRequest, OpenRequest, StopRequest,
};
use serde_json::Value;
use std::path::PathBuf;

/// Largest file of an act: as much as a statement holds.
const FILE_BYTES_MAX: u64 = 65_535;

/// Requests.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RequestCommand {
    /// Request an act that needs several holders or a delay
    Open {
        /// A file with the act, as {"act":"group.registered/1","body":{...}}
        file: PathBuf,
    },
    /// Agree to a requested act, as another holder, having read it
    Countersign {
        /// The request: UUID, or its first digits
        request: String,
    },
    /// Stop a request of one's own, or one that would replace one's key
    Stop {
        /// The request: UUID, or its first digits
        request: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Do what was requested, once enough agree and the delay is over
    Carry {
        /// The request: UUID, or its first digits
        request: String,
    },
    /// List requests, the latest first: what is lacking, who may sign, until when
    List(AtArgs),
    /// Show a requested act, whole, with those who agree
    Show {
        /// The request: UUID, or its first digits
        request: String,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// Requests an act, under a mandate that carries the power.
pub(super) fn open(app: &App, act: impl Into<Act>, power: Power) -> Result<(), Failure> {
    app.act(OpenRequest { asked: Asked::from(act.into()) }, Mandate::Power(power))
}

/// The power that acts of a type use; those that use another take `--as`.
fn power_of(act: &str) -> Power {
    match act.split('.').next().unwrap_or_default() {
        "group" | "member" | "key" | "call" => Power::Membership,
        "proposal" | "version" | "amendment" => Power::Proposals,
        "vote" | "votes" | "tie" | "decision" | "objection" | "consent" => Power::Votes,
        "unit" | "account" => Power::Accounts,
        "move" => Power::Ledger,
        "checkpoint" => Power::Federation,
        _ => Power::Roles,
    }
}

/// The request that is meant, and its act as it is shown: whoever signs names the hash of what
/// they were shown, not one that they were told.
fn shown(app: &App, request: &str) -> Result<(StatementId, Asked, Power), Failure> {
    let request: StatementId = app.resolve("requests", request)?;
    let data = app.data_of(&format!("requests/{request}"))?;
    let part = |name: &str| data.get(name).cloned().unwrap_or_default();
    let text = serde_json::json!({"act": part("act"), "body": part("body")});
    let asked = read(&text).ok_or_else(|| Failure::answer("act"))?;
    let power = part("act").as_str().map_or(Power::Roles, power_of);
    Ok((request, asked, power))
}

fn read(text: &Value) -> Option<Asked> {
    let request: OpenRequest = serde_json::from_value(text.clone()).ok()?;
    request.asked.act()?;
    Some(request.asked)
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &RequestCommand) -> Result<(), Failure> {
    match command {
        RequestCommand::Open { file } => {
            let text = input::read_file(file, FILE_BYTES_MAX)?;
            let wrong = || Failure::with("usage.value", file.display());
            let text: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
            let asked = read(&text).ok_or_else(wrong)?;
            let power = asked.act().map_or(Power::Roles, |act| power_of(act.type_name()));
            app.act(OpenRequest { asked }, Mandate::Power(power))
        }
        RequestCommand::Countersign { request } => {
            let (request, asked, power) = shown(app, request)?;
            if !app.output.json && app.is_for_real() {
                app.output.say(asked.text())?;
            }
            let hash = asked.hash();
            app.act(CountersignRequest { request, hash }, Mandate::Power(power))
        }
        RequestCommand::Stop { request, reason } => {
            let request = app.resolve("requests", request)?;
            let reason = input::prose("--reason", reason)?;
            app.act(StopRequest { request, reason }, Mandate::Own)
        }
        RequestCommand::Carry { request } => {
            let (request, asked, power) = shown(app, request)?;
            app.act(CarryRequest { request, asked }, Mandate::Power(power))
        }
        RequestCommand::List(at) => {
            let columns =
                ["id", "act", "state", "agreed", "needed", "may_sign", "ready_at", "lapses_at"];
            show::list(app, "requests", at, &columns)
        }
        RequestCommand::Show { request, at } => show::one(app, &format!("requests/{request}"), at),
    }
}
