//! `archipel safeguard`: which acts need several holders, and how long a delay.

use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::show;
use archipel_domain::role::Power;
use archipel_domain::safeguard::{LiftSafeguard, SetSafeguard, Subject};

/// Safeguards.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum SafeguardCommand {
    /// Have acts need several holders or a delay, under the power over roles
    Set {
        /// founders, recovery, rules, or a power as power-ledger
        subject: String,
        /// How many different holders must agree, the one who requests being one
        #[arg(long, value_name = "N")]
        holders: u32,
        /// Hours before an act can be carried
        #[arg(long, default_value_t = 0, value_name = "HOURS")]
        delay: u32,
        /// Hours after which a request lapses
        #[arg(long, default_value_t = 720, value_name = "HOURS")]
        window: u32,
    },
    /// Lift a safeguard: it covers this itself, so it takes a request (add --request)
    Lift {
        /// founders, recovery, rules, or a power as power-ledger
        subject: String,
        /// Request it, for others to countersign
        #[arg(long)]
        request: bool,
    },
    /// List safeguards
    List(AtArgs),
}

fn subject(text: &str) -> Result<Subject, Failure> {
    Subject::from_word(text).ok_or_else(|| Failure::with("usage.value", text))
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &SafeguardCommand) -> Result<(), Failure> {
    match command {
        SafeguardCommand::Set { subject: word, holders, delay, window } => {
            let (subject, holders) = (subject(word)?, *holders);
            let (delay_hours, window_hours) = (*delay, *window);
            let act = SetSafeguard { subject, holders, delay_hours, window_hours };
            app.act(act, Mandate::Power(Power::Roles))
        }
        SafeguardCommand::Lift { subject: word, request } => {
            let act = LiftSafeguard { subject: subject(word)? };
            if *request {
                return super::request::open(app, act, Power::Roles);
            }
            app.act(act, Mandate::Power(Power::Roles))
        }
        SafeguardCommand::List(at) => {
            let columns = ["subject", "holders", "delay_hours", "window_hours", "live", "set"];
            show::list(app, "safeguards", at, &columns)
        }
    }
}
