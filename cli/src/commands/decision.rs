//! `archipel decision`: the register of what votes decided, and its reviews.

use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show, when};
use archipel_domain::role::Power;
use archipel_domain::vote::{ReviewDecision, Verdict};

/// Decisions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum DecisionCommand {
    /// List decisions, with their state and when they are to be reviewed
    List(AtArgs),
    /// Record the review of a decision, under the power over votes
    Review {
        /// The vote that made the decision: UUID, or its first digits
        vote: String,
        /// What the review makes of it
        #[arg(long, value_enum)]
        verdict: VerdictArg,
        /// Why
        #[arg(long)]
        note: String,
        /// When the next review is due: a date, or +90d from now
        #[arg(long, value_name = "DATE")]
        next: Option<String>,
    },
}

/// What a review makes of a decision.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum VerdictArg {
    /// It stands
    Kept,
    /// It is to be changed: a proposal follows
    Revised,
    /// It no longer holds
    Ended,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &DecisionCommand) -> Result<(), Failure> {
    match command {
        DecisionCommand::List(at) => {
            let columns =
                ["vote", "title", "decided", "state", "circle", "budget", "review_at", "dissents"];
            show::list(app, "decisions", at, &columns)
        }
        DecisionCommand::Review { vote, verdict, note, next } => {
            let next = next.as_deref().map(|next| when::parse(next, when::now())).transpose()?;
            let verdict = match verdict {
                VerdictArg::Kept => Verdict::Kept,
                VerdictArg::Revised => Verdict::Revised,
                VerdictArg::Ended => Verdict::Ended,
            };
            let vote = app.resolve("votes", vote)?;
            let note = input::prose("--note", note)?;
            let act = ReviewDecision { vote, verdict, note, next };
            app.act(act, Mandate::Power(Power::Votes))
        }
    }
}
