//! `archipel circle`: circles within circles.

use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show, when};
use archipel_domain::id::Slug;
use archipel_domain::role::{DissolveCircle, ExtendCircle, FormCircle, FormCircleWithRemit, Power};

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
        /// What it alone controls within the outer circle; may be repeated
        #[arg(long = "domain", value_name = "DOMAIN")]
        domains: Vec<Slug>,
        /// An ephemeral circle: when it ends, with all its mandates (a date, or +90d from now)
        #[arg(long, value_name = "DATE")]
        ends_at: Option<String>,
        /// When it is to be reviewed: a date, or +90d from now
        #[arg(long, value_name = "DATE")]
        review_at: Option<String>,
    },
    /// Let an ephemeral circle go on, as a consent round has decided
    Extend {
        /// Short name
        slug: Slug,
        /// The consent round: UUID, or its first digits
        #[arg(long)]
        vote: String,
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
        CircleCommand::Form { slug, parent, purpose, domains, ends_at, review_at } => {
            let (circle, parent) = (slug.clone(), parent.clone());
            let purpose = input::prose("--purpose", purpose)?;
            let date = |text: &Option<String>| {
                text.as_deref().map(|text| when::parse(text, when::now())).transpose()
            };
            let (domains, ends_at, review_at) = (domains.clone(), date(ends_at)?, date(review_at)?);
            if domains.is_empty() && ends_at.is_none() && review_at.is_none() {
                let act = FormCircle { circle, parent, purpose };
                return app.act(act, Mandate::Power(Power::Roles));
            }
            let act = FormCircleWithRemit { circle, parent, purpose, domains, ends_at, review_at };
            app.act(act, Mandate::Power(Power::Roles))
        }
        CircleCommand::Extend { slug, vote } => {
            let act = ExtendCircle { circle: slug.clone(), vote: app.resolve("votes", vote)? };
            app.act(act, Mandate::Own)
        }
        CircleCommand::Dissolve { slug } => {
            app.act(DissolveCircle { circle: slug.clone() }, Mandate::Power(Power::Roles))
        }
        CircleCommand::List(at) => show::list(
            app,
            "circles",
            at,
            &[
                "slug",
                "parent",
                "purpose",
                "domains",
                "ends_at",
                "lead",
                "delegate",
                "roles",
                "dissolved",
            ],
        ),
    }
}
