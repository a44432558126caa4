//! `archipel group`: collectives, associations and informal groups.

use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show};
use archipel_domain::id::Slug;
use archipel_domain::membership::{GroupKind, RegisterGroup};
use archipel_domain::role::Power;

/// Groups.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum GroupCommand {
    /// Register a group, under the power over membership
    Register {
        /// Short name: lower-case letters, digits, '-', '.' and ':'
        slug: Slug,
        /// Name for people
        #[arg(long)]
        name: String,
        /// What kind of group
        #[arg(long, value_enum, default_value = "informal")]
        kind: KindArg,
    },
    /// List groups
    List(AtArgs),
    /// Show a group with its members
    Show {
        /// Short name
        slug: Slug,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// What kind of group.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum KindArg {
    /// A collective
    Collective,
    /// A registered association
    Association,
    /// People without any form
    Informal,
}

impl From<KindArg> for GroupKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Collective => Self::Collective,
            KindArg::Association => Self::Association,
            KindArg::Informal => Self::Informal,
        }
    }
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &GroupCommand) -> Result<(), Failure> {
    match command {
        GroupCommand::Register { slug, name, kind } => {
            let name = input::line("--name", name)?;
            let act = RegisterGroup { group: slug.clone(), name, kind: (*kind).into() };
            app.act(act, Mandate::Power(Power::Membership))
        }
        GroupCommand::List(at) => {
            show::list(app, "groups", at, &["slug", "name", "kind", "members"])
        }
        GroupCommand::Show { slug, at } => show::one(app, &format!("groups/{slug}"), at),
    }
}
