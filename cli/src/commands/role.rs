//! `archipel role`: roles, and who holds them for a term.

use super::role_charter::CharterArgs;
use super::role_holders::{self, AssignArgs, HolderCommand};
use super::{role_calendar, role_plan, role_show};
use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show};
use archipel_domain::id::Slug;
use archipel_domain::role::{AmendRole, CharterRole, DefineRole, Power, RetireRole};

/// Roles.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RoleCommand {
    /// Define a role of a circle, under the power over roles
    ///
    /// With --filled-by or --charter the role has a charter: limits, reach of its powers, and ways
    /// to fill it that are verified. Without, it is given by whoever has the power over roles.
    Define {
        /// Short name
        slug: Slug,
        /// Its circle
        #[arg(long, default_value = "assembly")]
        circle: Slug,
        #[command(flatten)]
        charter: Box<CharterArgs>,
    },
    /// Give a role a new charter, under the power over roles
    Amend {
        /// Short name
        slug: Slug,
        #[command(flatten)]
        charter: Box<CharterArgs>,
    },
    /// Retire a role that nobody holds, under the power over roles
    Retire {
        /// Short name
        slug: Slug,
    },
    /// Give a role to a member for a term
    ///
    /// By appointment and as an interim under the power over roles; whoever was chosen by
    /// a vote, an election, a lot or a rotation is recorded by any member.
    Assign(Box<AssignArgs>),
    #[command(flatten)]
    Holder(HolderCommand),
    /// Plan who holds which role when, as fairly as can be, or check such a plan; needs no instance
    Plan(role_plan::PlanArgs),
    /// Show who holds or is to hold which role, and who is next
    Calendar(role_calendar::CalendarArgs),
    /// Show what each member carries, and how concentrated mandates are
    Load(role_calendar::LoadArgs),
    /// List roles
    List(AtArgs),
    /// Show a role with its mandates
    Show {
        /// Short name
        slug: Slug,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// What a role allows.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum PowerArg {
    /// Groups, members, keys of others, calls
    Membership,
    /// Circles, roles and mandates
    Roles,
    /// Amendments and versions on behalf of authors
    Proposals,
    /// Opening votes
    Votes,
    /// Units and accounts
    Accounts,
    /// Moves from the accounts of which the role is the steward
    Ledger,
    /// What is seen of other logs
    Federation,
}

impl From<PowerArg> for Power {
    fn from(power: PowerArg) -> Self {
        match power {
            PowerArg::Membership => Self::Membership,
            PowerArg::Roles => Self::Roles,
            PowerArg::Proposals => Self::Proposals,
            PowerArg::Votes => Self::Votes,
            PowerArg::Accounts => Self::Accounts,
            PowerArg::Ledger => Self::Ledger,
            PowerArg::Federation => Self::Federation,
        }
    }
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &RoleCommand) -> Result<(), Failure> {
    match command {
        RoleCommand::Define { slug, circle, charter } => define(app, slug, circle, charter),
        RoleCommand::Amend { slug, charter } => {
            let terms = charter.terms()?;
            let charter = terms.ok_or_else(|| Failure::with("usage.arguments", "--filled-by"))?;
            let act = AmendRole { role: slug.clone(), charter };
            app.act(act, Mandate::Power(Power::Roles))
        }
        RoleCommand::Retire { slug } => {
            app.act(RetireRole { role: slug.clone() }, Mandate::Power(Power::Roles))
        }
        RoleCommand::Assign(args) => role_holders::assign(app, args),
        RoleCommand::Holder(command) => role_holders::run(app, command),
        RoleCommand::Plan(args) => role_plan::run(app.output, args),
        RoleCommand::Calendar(args) => role_calendar::calendar(app, args),
        RoleCommand::Load(args) => role_calendar::load(app, args),
        RoleCommand::List(at) => show::list(
            app,
            "roles",
            at,
            &["slug", "circle", "purpose", "powers", "seats", "holders", "vacant"],
        ),
        RoleCommand::Show { slug, at } => role_show::run(app, slug, at),
    }
}

fn define(app: &App, slug: &Slug, circle: &Slug, args: &CharterArgs) -> Result<(), Failure> {
    let (role, circle) = (slug.clone(), circle.clone());
    if let Some(charter) = args.terms()? {
        return app.act(CharterRole { role, circle, charter }, Mandate::Power(Power::Roles));
    }
    let act = DefineRole {
        role,
        circle,
        purpose: input::prose("--purpose", args.purpose.as_deref().unwrap_or_default())?,
        powers: args.powers.iter().map(|power| (*power).into()).collect(),
        seats: args.seats,
        term_days: args.term_days,
    };
    app.act(act, Mandate::Power(Power::Roles))
}
