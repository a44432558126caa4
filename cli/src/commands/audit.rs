//! `archipel audit`: checking a log, two states of it, one receipt, a fork.

use super::{audit_diff, audit_proofs, audit_verify};
use crate::app::App;
use crate::failure::Failure;

/// Audits.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify a whole log again: bytes, signatures, rules, counts, root. Exit code 3 if it fails
    ///
    /// Of a data directory (--data), or of a published log (--tiles) with nothing but its public
    /// files.
    Verify(audit_verify::VerifyArgs),
    /// Say what happened between two checkpoints, and that the later continues the earlier
    Diff(audit_diff::DiffArgs),
    /// Check a receipt: that an act is in the log. Needs no server
    Receipt(audit_proofs::ReceiptArgs),
    /// Check a proof that a log has shown two histories
    Fork(audit_proofs::ForkArgs),
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify(args) => audit_verify::run(app, args),
        AuditCommand::Diff(args) => audit_diff::run(app, args),
        AuditCommand::Receipt(args) => audit_proofs::receipt(app, args),
        AuditCommand::Fork(args) => audit_proofs::fork(app, args),
    }
}
