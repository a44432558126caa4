//! `archipel delegation`: letting others vote in one's place.

use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::show;
use archipel_domain::delegation::{DelegateVote, RevokeDelegation, Scope};
use archipel_domain::id::Slug;

/// Delegations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum DelegationCommand {
    /// Let another member vote in your place, in votes that admit it; your own ballot always wins
    Give {
        /// The delegate: pseudonym, or its first digits
        member: String,
        #[command(flatten)]
        scope: ScopeArgs,
    },
    /// Take a delegation back; this counts until a vote closes
    Revoke {
        #[command(flatten)]
        scope: ScopeArgs,
    },
    /// List delegations in force
    List {
        /// Only those of this member: pseudonym, or its first digits
        member: Option<String>,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// For which votes.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct ScopeArgs {
    /// For votes on a topic [default: for all]
    #[arg(long, value_name = "TOPIC")]
    topic: Option<Slug>,
    /// For one vote: UUID, or its first digits
    #[arg(long, value_name = "VOTE")]
    vote: Option<String>,
}

impl ScopeArgs {
    fn scope(&self, app: &App) -> Result<Scope, Failure> {
        Ok(match (&self.topic, &self.vote) {
            (Some(topic), _) => Scope::Topic(topic.clone()),
            (None, Some(vote)) => Scope::Vote(app.resolve("votes", vote)?),
            (None, None) => Scope::All,
        })
    }
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &DelegationCommand) -> Result<(), Failure> {
    match command {
        DelegationCommand::Give { member, scope } => {
            let to = app.resolve("members", member)?;
            app.act(DelegateVote { scope: scope.scope(app)?, to }, Mandate::Own)
        }
        DelegationCommand::Revoke { scope } => {
            app.act(RevokeDelegation { scope: scope.scope(app)? }, Mandate::Own)
        }
        DelegationCommand::List { member, at } => {
            let path = match member {
                Some(member) => format!("delegations?member={member}"),
                None => "delegations".to_owned(),
            };
            show::list(app, &path, at, &["member", "scope", "to", "since"])
        }
    }
}
