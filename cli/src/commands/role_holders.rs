//! Mandates: who is given a role and why, what the holder answers, who acts for them.

use super::role::PowerArg;
use super::role_show;
use crate::app::{App, AtArgs, Mandate};
use crate::backend::{At, read_all};
use crate::failure::Failure;
use crate::{input, show, when};
use archipel_domain::id::{Slug, StatementId};
use archipel_domain::role::{
    AcceptAssignment, AssignRole, BasisTerms, DeclineAssignment, DelegateAssignment, EndAssignment,
    EndReason, FillRole, Power, RecallAssignment, ReclaimAssignment,
};
use archipel_domain::time::Timestamp;
use serde_json::Value;

/// Who is given a role, when, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct AssignArgs {
    /// The role
    role: Slug,
    /// The member: pseudonym, or its first digits
    member: String,
    /// Beginning: a date, or +7d from now [default: now, or as the vote or lot says]
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// End: a date, or +90d from the beginning [default: as the vote or lot says]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    #[command(flatten)]
    basis: BasisArgs,
}

/// How the holder was chosen.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct BasisArgs {
    /// Of a role without charter: how the holder was chosen, in words
    #[arg(long, value_name = "TEXT")]
    basis: Option<String>,
    /// Appointed, for this reason
    #[arg(long, value_name = "REASON")]
    appointed: Option<String>,
    /// For the time being, for this reason, while seats are vacant
    #[arg(long, value_name = "REASON")]
    interim: Option<String>,
    /// By this vote: UUID, or its first digits
    #[arg(long, value_name = "VOTE")]
    vote: Option<String>,
    /// By this draw: UUID, or its first digits
    #[arg(long, value_name = "DRAW")]
    draw: Option<String>,
    /// By this election without candidates: UUID, or its first digits
    #[arg(long, value_name = "ELECTION")]
    election: Option<String>,
    /// By this rotation: UUID, or its first digits; --from and --until are those of its periods
    #[arg(long, value_name = "ROTATION")]
    rotation: Option<String>,
}

/// What becomes of a mandate.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum HolderCommand {
    /// Accept a mandate of one's own
    Accept {
        /// The mandate: UUID, or its first digits
        assignment: String,
    },
    /// Decline a mandate of one's own that is not accepted
    Decline {
        /// The mandate: UUID, or its first digits
        assignment: String,
    },
    /// End a mandate as a vote on its recall has decided
    Recall {
        /// The mandate: UUID, or its first digits
        assignment: String,
        /// The vote: UUID, or its first digits
        #[arg(long)]
        vote: String,
    },
    /// Let somebody act under one's own mandate for a while
    Delegate {
        /// The mandate: UUID, or its first digits
        assignment: String,
        /// Who may act: pseudonym, or its first digits
        to: String,
        /// End: a date, or +7d from now
        #[arg(long, value_name = "DATE")]
        until: String,
        /// With this power of the role; may be repeated, or given as a list a,b
        #[arg(long = "power", value_enum, value_delimiter = ',', required = true)]
        powers: Vec<PowerArg>,
    },
    /// Take a delegation back, or give it back
    Reclaim {
        /// The mandate: UUID, or its first digits
        assignment: String,
    },
    /// End a mandate before its term
    End {
        /// The mandate: UUID, or its first digits
        assignment: String,
        /// Resigned by the holder, or recalled under the power over roles
        #[arg(long, value_enum, default_value = "resigned")]
        reason: ReasonArg,
    },
    /// Say who holds which role, on any date, and which seats are vacant
    Holders(AtArgs),
}

/// Why a mandate ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ReasonArg {
    /// The holder gives it back
    Resigned,
    /// It is taken back
    Recalled,
}

pub(super) fn assign(app: &App, args: &AssignArgs) -> Result<(), Failure> {
    let member = app.resolve("members", &args.member)?;
    let role = args.role.clone();
    let named = &args.basis;
    let prose = |name: &str, text: &str| input::prose(name, text);
    let id = |kind: &str, text: &str| app.resolve::<StatementId>(kind, text);
    let (basis, chosen_for) = if let Some(text) = &named.basis {
        let (from, until) = args.term(None)?;
        let act = AssignRole { role, member, from, until, basis: prose("--basis", text)? };
        return app.act(act, Mandate::Power(Power::Roles));
    } else if let Some(reason) = &named.appointed {
        (BasisTerms::Appointment(prose("--appointed", reason)?), None)
    } else if let Some(reason) = &named.interim {
        (BasisTerms::Interim(prose("--interim", reason)?), None)
    } else if let Some(vote) = &named.vote {
        let data = app.data_of(&format!("votes/{vote}"))?;
        let term = data.pointer("/rules/subject/fill").cloned();
        (BasisTerms::Vote(id("votes", vote)?), term)
    } else if let Some(draw) = &named.draw {
        let term = app.data_of(&format!("draws/{draw}"))?.get("fills").cloned();
        (BasisTerms::Draw(id("draws", draw)?), term)
    } else if let Some(election) = &named.election {
        let term = app.data_of(&format!("elections/{election}"))?;
        (BasisTerms::Election(id("elections", election)?), Some(term))
    } else if let Some(rotation) = &named.rotation {
        (BasisTerms::Rotation(id("rotations", rotation)?), None)
    } else {
        return Err(Failure::with("usage.arguments", "--basis"));
    };
    let by_role = matches!(basis, BasisTerms::Appointment(_) | BasisTerms::Interim(_));
    let mandate = if by_role { Mandate::Power(Power::Roles) } else { Mandate::Own };
    let (from, until) = args.term(chosen_for.as_ref())?;
    app.act(FillRole { role, member, from, until, basis }, mandate)
}

impl AssignArgs {
    /// The term that is asked for, or that of the choice.
    fn term(&self, chosen_for: Option<&Value>) -> Result<(Timestamp, Timestamp), Failure> {
        let chosen = |name: &str| Some(Timestamp(chosen_for?.get(name)?.as_i64()?));
        let now = when::now();
        let from = match (&self.from, chosen("from")) {
            (Some(text), _) => when::parse(text, now)?,
            (None, chosen) => chosen.unwrap_or(now),
        };
        let until = match (&self.until, chosen("until")) {
            (Some(text), _) => when::parse(text, from)?,
            (None, Some(chosen)) => chosen,
            (None, None) => return Err(Failure::with("usage.arguments", "--until")),
        };
        Ok((from, until))
    }
}

/// Runs a command of the group.
pub(super) fn run(app: &App, command: &HolderCommand) -> Result<(), Failure> {
    let mandate = |text: &str| app.resolve::<StatementId>("assignments", text);
    match command {
        HolderCommand::Accept { assignment } => {
            app.act(AcceptAssignment { assignment: mandate(assignment)? }, Mandate::Own)
        }
        HolderCommand::Decline { assignment } => {
            app.act(DeclineAssignment { assignment: mandate(assignment)? }, Mandate::Own)
        }
        HolderCommand::Recall { assignment, vote } => {
            let vote = app.resolve("votes", vote)?;
            app.act(RecallAssignment { assignment: mandate(assignment)?, vote }, Mandate::Own)
        }
        HolderCommand::Delegate { assignment, to, until, powers } => {
            let act = DelegateAssignment {
                assignment: mandate(assignment)?,
                to: app.resolve("members", to)?,
                until: when::parse(until, when::now())?,
                powers: powers.iter().map(|power| (*power).into()).collect(),
            };
            app.act(act, Mandate::Own)
        }
        HolderCommand::Reclaim { assignment } => {
            app.act(ReclaimAssignment { assignment: mandate(assignment)? }, Mandate::Own)
        }
        HolderCommand::End { assignment, reason } => {
            let (reason, wanted) = match reason {
                ReasonArg::Resigned => (EndReason::Resigned, Mandate::Own),
                ReasonArg::Recalled => (EndReason::Recalled, Mandate::Power(Power::Roles)),
            };
            app.act(EndAssignment { assignment: mandate(assignment)?, reason }, wanted)
        }
        HolderCommand::Holders(at) => holders(app, at),
    }
}

/// One line a mandate, and one for each role with vacant seats.
fn holders(app: &App, at: &AtArgs) -> Result<(), Failure> {
    let path = match at.state()? {
        At::Latest => format!("holders?on={}", when::now().0),
        At::Moment(ms) => format!("holders?on={ms}"),
        At::Position(_) => "holders".to_owned(),
    };
    let answer = read_all(app.backend()?, &path, at.state()?)?;
    if app.output.json {
        return app.output.json(&answer);
    }
    table(app, answer.get("data").unwrap_or(&Value::Null))?;
    show::footer(app, &answer)
}

/// Who holds which role, of a page of `holders`.
pub(super) fn table(app: &App, data: &Value) -> Result<(), Failure> {
    let items = data.get("items").and_then(Value::as_array);
    let mut lines = Vec::new();
    for role in items.into_iter().flatten() {
        let mandates = role.get("mandates").and_then(Value::as_array).cloned().unwrap_or_default();
        let empty = mandates.is_empty();
        for mandate in mandates {
            let mut line = role_show::mandate_line(&mandate);
            if let Some(fields) = line.as_object_mut() {
                fields.insert("circle".to_owned(), role.get("circle").cloned().unwrap_or_default());
            }
            lines.push(line);
        }
        let vacant = role.get("vacant").filter(|vacant| vacant.as_u64() > Some(0));
        if empty || vacant.is_some() {
            let mut line = serde_json::Map::new();
            for key in ["role", "circle", "vacant"] {
                line.insert(key.to_owned(), role.get(key).cloned().unwrap_or_default());
            }
            lines.push(Value::Object(line));
        }
    }
    let columns =
        ["role", "circle", "member", "from", "until", "way", "delegated_to", "id", "vacant"];
    show::items_table(app, &lines, &columns)
}
