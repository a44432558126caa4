//! The global options, and the options of every read.

use crate::backend::At;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::when;
use archipel_domain::id::{MemberId, StatementId};
use std::path::PathBuf;

/// Options of every command.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Directory of a local instance
    #[arg(long, global = true, env = "ARCHIPEL_DATA_DIR", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address of a server, such as http://localhost:8080
    #[arg(long, global = true, env = "ARCHIPEL_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Profile: member, key and instance in one file
    #[arg(long, global = true, env = "ARCHIPEL_ME", value_name = "FILE")]
    pub(crate) me: Option<PathBuf>,
    /// Private key to sign with (PEM)
    #[arg(long, global = true, env = "ARCHIPEL_KEY", value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// File whose first line is the key's password; asked for otherwise
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Pseudonym of the member who signs
    #[arg(long, global = true, value_name = "UUID")]
    pub(crate) author: Option<MemberId>,
    /// Mandate under which the act is done: its UUID, or its first digits, or the role's name
    #[arg(long = "as", global = true, value_name = "ASSIGNMENT")]
    pub(crate) acting_as: Option<String>,
    /// Name of the log to sign for, when the instance can not be asked
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) origin: Option<String>,
    /// Id of the statement (a UUIDv7): repeats an act without doing it twice
    #[arg(long, global = true, value_name = "UUID")]
    pub(crate) id: Option<StatementId>,
    /// What must still hold for the act to be accepted, as JSON (see docs/spec/statement.md)
    #[arg(long = "if", global = true, value_name = "JSON")]
    pub(crate) condition: Option<String>,
    /// Print the exact text that would be signed, and stop
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Print the signed line for a later `log import`, and stop
    #[arg(long, global = true, conflicts_with = "dry_run")]
    pub(crate) sign_only: bool,
    /// Write JSON for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of messages [default: fr, or en if the locale is English]
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub(crate) lang: Option<Lang>,
}

/// Which state of the log is read.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct AtArgs {
    /// As things stood: after so many statements, or at a moment (2026-12-31, -1d...)
    #[arg(long, value_name = "POSITION|DATE", allow_hyphen_values = true)]
    pub(crate) at: Option<String>,
}

impl AtArgs {
    /// The state meant.
    pub(crate) fn state(&self) -> Result<At, Failure> {
        self.at.as_deref().map_or(Ok(At::Latest), parse_at)
    }
}

/// Reads a position or a moment.
pub(crate) fn parse_at(text: &str) -> Result<At, Failure> {
    if let Ok(position) = text.parse::<u64>() {
        return Ok(At::Position(position));
    }
    let now = when::now();
    let moment = match text.strip_prefix('-') {
        // So far back from now.
        Some(length) => {
            let later = when::parse(&format!("+{length}"), now)?;
            now.plus_ms(now.0.saturating_sub(later.0))
        }
        None => when::parse(text, now)?,
    };
    Ok(At::Moment(moment.0))
}
