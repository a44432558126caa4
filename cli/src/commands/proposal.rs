//! `archipel proposal`: texts, their support and their versions.

use super::proposal_edit::{self, AmendArgs, DiffArgs, IntegrateArgs, ReviseArgs};
use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::input::{self, TextArgs};
use crate::show;
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::proposal::{
    DeclineAmendment, SubmitProposal, SupportProposal, WithdrawProposal,
};
use archipel_domain::role::Power;
use serde_json::Value;

/// Proposals.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ProposalCommand {
    /// Submit a proposal
    Submit {
        /// Title for people
        #[arg(long)]
        title: String,
        #[command(flatten)]
        text: TextArgs,
    },
    /// Support the current version of a proposal
    Support {
        /// The proposal: UUID, or its first digits
        proposal: String,
        /// The version that was read [default: the current one]
        #[arg(long, value_name = "HASH")]
        version: Option<Hash>,
    },
    /// Withdraw a proposal: its author, or a role with the power over proposals
    Withdraw {
        /// The proposal: UUID, or its first digits
        proposal: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Publish a new version of a proposal
    Revise(ReviseArgs),
    /// Propose an amendment: the new text is compared with the version that it changes
    Amend(AmendArgs),
    /// Integrate an amendment by three-way merge, making a new version
    Integrate(IntegrateArgs),
    /// Decline an amendment, with the reason
    Decline {
        /// The amendment: UUID, or its first digits
        amendment: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// List proposals
    List(AtArgs),
    /// Show a proposal, or an amendment
    Show {
        /// The proposal or amendment: UUID, or its first digits
        proposal: String,
        /// The text of this version, by its hash or the beginning of it
        #[arg(long, value_name = "HASH")]
        version: Option<String>,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Show what differs between two versions, or what an amendment changes
    Diff(DiffArgs),
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &ProposalCommand) -> Result<(), Failure> {
    match command {
        ProposalCommand::Submit { title, text } => {
            let title = input::line("--title", title)?;
            let text = input::document("--text", &text.read()?)?;
            app.act(SubmitProposal { title, text }, Mandate::Own)
        }
        ProposalCommand::Support { proposal, version } => {
            let (proposal, current) = match version {
                Some(version) => (app.resolve("proposals", proposal)?, *version),
                None => Text::current(app, proposal).map(|text| (text.proposal, text.version))?,
            };
            app.act(SupportProposal { proposal, version: current }, Mandate::Own)
        }
        ProposalCommand::Withdraw { proposal, reason } => {
            let text = Text::current(app, proposal)?;
            let reason = input::prose("--reason", reason)?;
            let mandate = text.mandate(app)?;
            app.act(WithdrawProposal { proposal: text.proposal, reason }, mandate)
        }
        ProposalCommand::Revise(args) => proposal_edit::revise(app, args),
        ProposalCommand::Amend(args) => proposal_edit::amend(app, args),
        ProposalCommand::Integrate(args) => proposal_edit::integrate(app, args),
        ProposalCommand::Decline { amendment, reason } => {
            let found = app.data_of(&format!("amendments/{amendment}"))?;
            let text = Text::current(app, text_of(&found, "proposal")?)?;
            let act = DeclineAmendment {
                amendment: parse(text_of(&found, "id")?)?,
                reason: input::prose("--reason", reason)?,
            };
            app.act(act, text.mandate(app)?)
        }
        ProposalCommand::List(at) => show::list(
            app,
            "proposals",
            at,
            &["id", "title", "state", "version_number", "support", "open_amendments"],
        ),
        ProposalCommand::Show { proposal, version: Some(version), at } => {
            show::one(app, &format!("proposals/{proposal}/versions/{version}"), at)
        }
        ProposalCommand::Show { proposal, version: None, at } => {
            proposal_edit::show_either(app, &either(app, proposal)?, at)
        }
        ProposalCommand::Diff(args) => proposal_edit::diff(app, args),
    }
}

/// The path of a proposal, or of an amendment if that is what is named.
pub(super) fn either(app: &App, name: &str) -> Result<String, Failure> {
    let path = format!("proposals/{name}");
    match app.backend()?.read(&path, crate::backend::At::Latest) {
        Err(failure) if failure.code == "query.not-found" => Ok(format!("amendments/{name}")),
        _ => Ok(path),
    }
}

/// The text of a version, checked against its name.
pub(super) struct Text {
    pub(super) proposal: StatementId,
    pub(super) version: Hash,
    pub(super) text: String,
    author: Option<String>,
}

impl Text {
    /// The current version.
    pub(super) fn current(app: &App, proposal: &str) -> Result<Self, Failure> {
        let found = app.data_of(&format!("proposals/{proposal}"))?;
        let author = found.get("author").and_then(Value::as_str).map(str::to_owned);
        Self::checked(
            text_of(&found, "id")?,
            text_of(&found, "version")?,
            text_of(&found, "text")?,
            author,
        )
    }

    /// A version by its hash.
    pub(super) fn version(app: &App, proposal: &str, version: &str) -> Result<Self, Failure> {
        let found = app.data_of(&format!("proposals/{proposal}/versions/{version}"))?;
        Self::checked(
            text_of(&found, "proposal")?,
            text_of(&found, "hash")?,
            text_of(&found, "text")?,
            None,
        )
    }

    /// Nobody signs for a text that is not the one named.
    fn checked(
        proposal: &str,
        version: &str,
        text: &str,
        author: Option<String>,
    ) -> Result<Self, Failure> {
        let version: Hash = parse(version)?;
        if Hash::of(text.as_bytes()) != version {
            return Err(Failure::with("cli.terms", version));
        }
        Ok(Self { proposal: parse(proposal)?, version, text: text.to_owned(), author })
    }

    /// The author needs no mandate; others edit under a role.
    pub(super) fn mandate(&self, app: &App) -> Result<Mandate, Failure> {
        let own = self.author.as_ref() == Some(&app.author()?.to_string());
        Ok(if own { Mandate::Own } else { Mandate::Power(Power::Proposals) })
    }
}

/// A member of a view that must be a text.
pub(super) fn text_of<'a>(value: &'a Value, name: &str) -> Result<&'a str, Failure> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| Failure::answer(name))
}

/// A name of a view in its own type.
pub(super) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::answer(text))
}
