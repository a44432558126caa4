//! `archipel objection`: what stands in the way of a text in a consent round.

use super::proposal::{Text, text_of};
use super::{proposal_edit, vote_open, vote_terms};
use crate::app::{App, Mandate};
use crate::failure::Failure;
use crate::output::cell;
use crate::{input, show, when};
use archipel_domain::id::{Hash, Prose};
use archipel_domain::role::Power;
use archipel_domain::vote::{
    AmendConsent, Answer, AnswerObjection, MaintainObjection, Position, RaiseObjection,
    WithdrawObjection,
};
use serde_json::Value;
use std::path::PathBuf;

/// Objections.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ObjectionCommand {
    /// Object to the text of a consent round
    Raise {
        /// The round: UUID, or its first digits
        vote: String,
        /// Why the text would harm what the group is for
        #[arg(long)]
        reason: String,
        /// The terms that were read [default: those that the instance shows]
        #[arg(long, value_name = "HASH")]
        terms: Option<Hash>,
    },
    /// Say that an objection is understood, or doubt it, under the power over votes
    Answer {
        /// The round: UUID, or its first digits
        vote: String,
        /// Who objects: pseudonym, or its first digits
        member: String,
        /// The answer
        #[arg(long, value_enum)]
        answer: AnswerArg,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Maintain your objection
    Maintain {
        /// The round: UUID, or its first digits
        vote: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Withdraw your objection: you consent then, or stand aside
    Withdraw {
        /// The round: UUID, or its first digits
        vote: String,
        /// Stand aside rather than consent
        #[arg(long)]
        stand_aside: bool,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Amend the text so as to integrate objections, under the power over votes: the round begins
    /// again, and everybody consents anew
    Integrate {
        /// The round: UUID, or its first digits
        vote: String,
        /// File that holds the whole text as amended
        #[arg(long)]
        file: PathBuf,
        /// Whose objection it integrates: pseudonym, or its first digits; may be repeated
        #[arg(long = "member", value_name = "MEMBER")]
        members: Vec<String>,
        /// Why
        #[arg(long)]
        reason: String,
        /// End of the new round: a date, or +7d from now
        #[arg(long, value_name = "DATE")]
        closes: String,
    },
}

/// What whoever facilitates makes of an objection.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum AnswerArg {
    /// It is understood as paramount and argued
    Validated,
    /// It is doubted: its author maintains or withdraws it
    Challenged,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &ObjectionCommand) -> Result<(), Failure> {
    let round = |vote: &str| app.resolve("votes", vote);
    let why = |reason: &str| -> Result<Prose, Failure> { input::prose("--reason", reason) };
    match command {
        ObjectionCommand::Raise { vote, reason, terms } => {
            let shown = app.data_of(&format!("votes/{vote}"))?;
            let current: Hash = super::proposal::parse(text_of(&shown, "terms")?)?;
            if terms.is_some_and(|read| read != current) {
                return Err(Failure::new("ballot.other-terms"));
            }
            let vote = vote_open::id_of(&shown)?;
            vote_terms::check(app, &shown, current)?;
            app.act(RaiseObjection { vote, terms: current, reason: why(reason)? }, Mandate::Own)
        }
        ObjectionCommand::Answer { vote, member, answer, reason } => {
            let answer = match answer {
                AnswerArg::Validated => Answer::Validated,
                AnswerArg::Challenged => Answer::Challenged,
            };
            let objector = app.resolve("members", member)?;
            let (vote, reason) = (round(vote)?, why(reason)?);
            let act = AnswerObjection { vote, objector, answer, reason };
            app.act(act, Mandate::Power(Power::Votes))
        }
        ObjectionCommand::Maintain { vote, reason } => {
            app.act(MaintainObjection { vote: round(vote)?, reason: why(reason)? }, Mandate::Own)
        }
        ObjectionCommand::Withdraw { vote, stand_aside, reason } => {
            let then = if *stand_aside { Position::StandAside } else { Position::Consent };
            let act = WithdrawObjection { vote: round(vote)?, then, reason: why(reason)? };
            app.act(act, Mandate::Own)
        }
        ObjectionCommand::Integrate { vote, file, members, reason, closes } => {
            let shown = app.data_of(&format!("votes/{vote}"))?;
            let proposal = shown.pointer("/options/0/proposal").and_then(Value::as_str);
            let proposal = proposal.ok_or_else(|| Failure::new("consent.no-text"))?;
            let current = Text::current(app, proposal)?;
            let changes = proposal_edit::changes(&current.text, &input::read_text(file)?)?;
            app.output_diff(&changes)?;
            let members = members.iter().map(|member| app.resolve("members", member));
            let act = AmendConsent {
                vote: vote_open::id_of(&shown)?,
                terms: super::proposal::parse(text_of(&shown, "terms")?)?,
                base: current.version,
                changes,
                integrates: members.collect::<Result<_, _>>()?,
                reason: why(reason)?,
                closes_at: when::parse(closes, when::now())?,
            };
            app.act(act, Mandate::Power(Power::Votes))
        }
    }
}

/// Says which objections were raised, and what became of them.
pub(super) fn say(app: &App, vote: &Value) -> Result<(), Failure> {
    for objection in vote.get("objections").and_then(Value::as_array).into_iter().flatten() {
        let of = |key: &str| objection.get(key).map(cell).unwrap_or_default();
        let heading = app.lang().pick("Objection de", "Objection by");
        let state = show::word(app.lang(), &of("state"));
        app.output.say(format!("{heading} {} ({state})", of("author")))?;
        for step in objection.get("history").and_then(Value::as_array).into_iter().flatten() {
            let of = |key: &str| step.get(key).map(cell).unwrap_or_default();
            let state = show::word(app.lang(), &of("state"));
            app.output.say(format!("  {state}: {}", of("reason")))?;
        }
    }
    Ok(())
}
