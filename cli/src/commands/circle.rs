//! `archipel circle`: circles within circles.

use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show};
use archipel_domain::id::Slug;
use archipel_domain::role::{DissolveCircle, FormCircle, Power};

/// Circles.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum CircleCommand {
    /// Form a circle within another, under the power over roles
    Form {
        /// Short name
        slug: Slug,
        /// The circle that it is part of
        #[arg(long, default_value = "assembly")]
        parent: Slug,
        /// What it is for
        #[arg(long)]
        purpose: String,
    },
    /// Dissolve a circle, under the power over roles
    Dissolve {
        /// Short name
        slug: Slug,
    },
    /// List circles
    List(AtArgs),
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &CircleCommand) -> Result<(), Failure> {
    match command {
        CircleCommand::Form { slug, parent, purpose } => {
            let act = FormCircle {
                circle: slug.clone(),
                parent: parent.clone(),
                purpose: input::prose("--purpose", purpose)?,
            };
            app.act(act, Mandate::Power(Power::Roles))
        }
        CircleCommand::Dissolve { slug } => {
            app.act(DissolveCircle { circle: slug.clone() }, Mandate::Power(Power::Roles))
        }
        CircleCommand::List(at) => {
            show::list(app, "circles", at, &["slug", "parent", "purpose", "roles", "dissolved"])
        }
    }
}
