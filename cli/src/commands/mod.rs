//! The commands, one file a group.

mod audit;
mod audit_diff;
mod audit_proofs;
mod audit_verify;
mod call;
mod circle;
mod count;
mod decision;
mod delegation;
mod demo;
mod draw;
mod draw_args;
mod draw_chances;
mod draw_check;
mod draw_log;
mod draw_run;
mod draw_say;
mod election;
mod election_show;
mod founding;
mod generate;
mod group;
mod key;
mod ledger;
mod ledger_books;
mod ledger_move;
mod log;
mod log_attest;
mod log_export;
mod log_import;
mod member;
mod objection;
mod proposal;
mod proposal_edit;
mod replay;
mod request;
mod restore;
mod role;
mod role_calendar;
mod role_charter;
mod role_holders;
mod role_plan;
mod role_show;
mod rotation;
mod rotation_say;
mod safeguard;
mod serve;
mod shell;
mod view;
mod vote;
mod vote_after;
mod vote_ballots;
mod vote_cast;
mod vote_method;
mod vote_open;
mod vote_rules;
mod vote_terms;
mod witness;

use crate::app::App;
use crate::failure::Failure;

/// What the binary can be asked to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Create an instance in a new directory and found it
    Init(founding::InitArgs),
    /// Make, protect and enrol keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Admit members, leave, and look them up
    #[command(subcommand)]
    Member(member::MemberCommand),
    /// Register groups
    #[command(subcommand)]
    Group(group::GroupCommand),
    /// Publish and sign calls
    #[command(subcommand)]
    Call(call::CallCommand),
    /// Form and dissolve circles
    #[command(subcommand)]
    Circle(circle::CircleCommand),
    /// Define roles, and give them to members for a term
    #[command(subcommand)]
    Role(role::RoleCommand),
    /// Propose texts, support and amend them
    #[command(subcommand)]
    Proposal(proposal::ProposalCommand),
    /// Open votes, cast ballots, see outcomes
    #[command(subcommand)]
    Vote(vote::VoteCommand),
    /// Raise, answer and integrate objections in consent rounds
    #[command(subcommand)]
    Objection(objection::ObjectionCommand),
    /// Let others vote in your place
    #[command(subcommand)]
    Delegation(delegation::DelegationCommand),
    /// Draw people by lot, so that anybody can redo it
    #[command(subcommand)]
    Lottery(draw_log::LotteryCommand),
    /// Have acts need several holders or a delay
    #[command(subcommand)]
    Safeguard(safeguard::SafeguardCommand),
    /// Request, countersign and carry acts that need several holders
    #[command(subcommand)]
    Request(request::RequestCommand),
    /// Fill a role by an election without candidates
    #[command(subcommand)]
    Election(election::ElectionCommand),
    /// Plan who holds which role when, record it, and say when you are away
    #[command(subcommand)]
    Rotation(rotation::RotationCommand),
    /// Look at what was decided, and review it
    #[command(subcommand)]
    Decision(decision::DecisionCommand),
    /// Keep accounts in euros, hours or anything else
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Serve an instance over HTTP
    Serve(serve::ServeArgs),
    /// Witness logs: cosign what continues, find what was rewritten
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Count a ballot file; needs no instance
    Count(count::CountArgs),
    /// Draw people by lot so that anybody can redo it, and check such draws; needs no instance
    #[command(subcommand)]
    Draw(draw::DrawCommand),
    /// Check a log, trusting nothing but its bytes
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Build an instance from a published log, verifying everything on the way
    Restore(restore::RestoreArgs),
    /// Fold a view from the log, at any moment, and give its state hash
    Replay(replay::ReplayArgs),
    /// Look into the log, copy it out and in
    #[command(subcommand)]
    Log(log::LogCommand),
    /// Read any view by its path, such as votes or members/0190...
    View(view::ViewArgs),
    /// Play an invented convention end to end, or cast a real ballot file again as signed acts
    Demo(demo::DemoArgs),
    /// Make a large signed log in a new directory, for measurements
    Generate(generate::GenerateArgs),
    /// Print the completions of a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page
    Man,
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(&self, app: &App) -> Result<(), Failure> {
        match self {
            Self::Init(args) => founding::run(app, args),
            Self::Key(command) => key::run(app, command),
            Self::Member(command) => member::run(app, command),
            Self::Group(command) => group::run(app, command),
            Self::Call(command) => call::run(app, command),
            Self::Circle(command) => circle::run(app, command),
            Self::Role(command) => role::run(app, command),
            Self::Proposal(command) => proposal::run(app, command),
            Self::Vote(command) => vote::run(app, command),
            Self::Objection(command) => objection::run(app, command),
            Self::Delegation(command) => delegation::run(app, command),
            Self::Lottery(command) => draw_log::run(app, command),
            Self::Safeguard(command) => safeguard::run(app, command),
            Self::Request(command) => request::run(app, command),
            Self::Election(command) => election::run(app, command),
            Self::Rotation(command) => rotation::run(app, command),
            Self::Decision(command) => decision::run(app, command),
            Self::Ledger(command) => ledger::run(app, command),
            Self::Serve(args) => serve::run(app, args),
            Self::Witness(command) => witness::run(app, command),
            Self::Count(args) => count::run(app.output, args),
            Self::Draw(command) => draw::run(app, command),
            Self::Audit(command) => audit::run(app, command),
            Self::Restore(args) => restore::run(app, args),
            Self::Replay(args) => replay::run(app, args),
            Self::Log(command) => log::run(app, command),
            Self::View(args) => view::run(app, args),
            Self::Demo(args) => demo::run(app.output, args),
            Self::Generate(args) => generate::run(app.output, args),
            Self::Completions(args) => shell::completions(app.output, args),
            Self::Man => shell::man(app.output),
        }
    }
}
