//! `archipel role`: roles, and who holds them for a term.

use super::{role_calendar, role_plan};
use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show, when};
use archipel_domain::id::{Slug, StatementId};
use archipel_domain::role::{AssignRole, DefineRole, EndAssignment, EndReason, Power};

/// Roles.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RoleCommand {
    /// Define a role of a circle, under the power over roles
    Define {
        /// Short name
        slug: Slug,
        /// Its circle
        #[arg(long, default_value = "assembly")]
        circle: Slug,
        /// What it is for
        #[arg(long)]
        purpose: String,
        /// A power of its holders; may be repeated, or given as a list a,b
        #[arg(long = "power", value_enum, value_delimiter = ',', value_name = "POWER")]
        powers: Vec<PowerArg>,
        /// How many can hold it at once
        #[arg(long, default_value_t = 1)]
        seats: u32,
        /// Longest mandate, in days
        #[arg(long, default_value_t = 365, value_name = "DAYS")]
        term_days: u32,
    },
    /// Give a role to a member for a term, under the power over roles
    Assign {
        /// The role
        role: Slug,
        /// The member: pseudonym, or its first digits
        member: String,
        /// Beginning: a date, or +7d from now [default: now]
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// End: a date, or +90d from the beginning
        #[arg(long, value_name = "DATE")]
        until: String,
        /// How the holder was chosen
        #[arg(long)]
        basis: String,
    },
    /// End a mandate before its term
    End {
        /// The mandate: UUID, or its first digits
        assignment: String,
        /// Resigned by the holder, or recalled under the power over roles
        #[arg(long, value_enum, default_value = "resigned")]
        reason: ReasonArg,
    },
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
        }
    }
}

/// Why a mandate ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ReasonArg {
    /// The holder gives it back
    Resigned,
    /// It is taken back
    Recalled,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &RoleCommand) -> Result<(), Failure> {
    match command {
        RoleCommand::Define { slug, circle, purpose, powers, seats, term_days } => {
            let act = DefineRole {
                role: slug.clone(),
                circle: circle.clone(),
                purpose: input::prose("--purpose", purpose)?,
                powers: powers.iter().map(|power| (*power).into()).collect(),
                seats: *seats,
                term_days: *term_days,
            };
            app.act(act, Mandate::Power(Power::Roles))
        }
        RoleCommand::Assign { role, member, from, until, basis } => {
            let now = when::now();
            let from = from.as_deref().map_or(Ok(now), |from| when::parse(from, now))?;
            let act = AssignRole {
                role: role.clone(),
                member: app.resolve("members", member)?,
                from,
                until: when::parse(until, from)?,
                basis: input::prose("--basis", basis)?,
            };
            app.act(act, Mandate::Power(Power::Roles))
        }
        RoleCommand::End { assignment, reason } => {
            let assignment: StatementId = app.resolve("assignments", assignment)?;
            let (reason, mandate) = match reason {
                ReasonArg::Resigned => (EndReason::Resigned, Mandate::Own),
                ReasonArg::Recalled => (EndReason::Recalled, Mandate::Power(Power::Roles)),
            };
            app.act(EndAssignment { assignment, reason }, mandate)
        }
        RoleCommand::Plan(args) => role_plan::run(app.output, args),
        RoleCommand::Calendar(args) => role_calendar::calendar(app, args),
        RoleCommand::Load(args) => role_calendar::load(app, args),
        RoleCommand::List(at) => show::list(
            app,
            "roles",
            at,
            &["slug", "circle", "purpose", "powers", "seats", "holders"],
        ),
        RoleCommand::Show { slug, at } => show::one(app, &format!("roles/{slug}"), at),
    }
}
