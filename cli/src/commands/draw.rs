//! `archipel draw`: drawing people by lot, and checking such draws. Needs no instance.

use super::{draw_chances, draw_check, draw_run};
use crate::app::App;
use crate::failure::Failure;

/// Draws by lot.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum DrawCommand {
    /// Say what chance each person has, before anything is drawn
    Chances(Box<draw_chances::ChancesArgs>),
    /// Fix pool, parameters and source of chance in a file, to be published before it comes
    Announce(Box<draw_run::AnnounceArgs>),
    /// Draw a panel and its alternates, and write the file by which anybody redoes it
    Run(Box<draw_run::RunArgs>),
    /// Redo a published draw, and name the first fault
    Verify(Box<draw_check::VerifyArgs>),
    /// Say in plain words who was drawn, with what chance, and how to redo it
    Show(draw_check::ShowArgs),
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &DrawCommand) -> Result<(), Failure> {
    match command {
        DrawCommand::Chances(args) => draw_chances::run(app.output, args),
        DrawCommand::Announce(args) => draw_run::announce(app.output, args),
        DrawCommand::Run(args) => draw_run::run(app.output, args),
        DrawCommand::Verify(args) => draw_check::verify(app.output, args),
        DrawCommand::Show(args) => draw_check::show(app.output, args),
    }
}
