//! The `archipel` binary.
//!
//! Exit codes: 0 done, 1 refused or failed, 2 command line not understood, 3 an audit found a
//! fault, 4 the log is older than its guard, 5 the log is damaged, 6 busy or not reachable.

mod amount;
mod app;
mod backend;
mod commands;
mod diff;
mod failure;
mod fetch;
mod ical;
mod input;
mod keys;
mod labels;
mod lang;
mod lots;
mod methods;
mod options;
mod output;
mod profile;
mod scenario;
mod show;
mod usage;
mod when;

use app::{App, Global};
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};
use commands::Command;
use failure::Failure;
use lang::Lang;
use output::Output;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

/// Decide together, and prove it.
///
/// Every act is signed by its author and kept for ever, in order, in one log; everything shown is
/// a fold of that log, at a stated position.
#[derive(Debug, Parser)]
#[command(name = "archipel", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 refused or failed, 2 command line not understood, \
    3 audit failed, 4 log rolled back or guard missing, 5 log damaged, 6 busy or unreachable.")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let matches = match Cli::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return usage::report(&error, &arguments),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, &arguments),
    };
    let global = without_shadowed(cli.global, &matches);
    let lang = global.lang.unwrap_or_else(Lang::of_environment);
    let output = Output { json: global.json, lang };
    match App::new(global, output).and_then(|app| cli.command.run(&app)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(output, &failure),
    }
}

/// What the command line says wins over what the environment says.
fn without_shadowed(mut global: Global, matches: &ArgMatches) -> Global {
    let given = |name| matches.value_source(name) == Some(clap::parser::ValueSource::CommandLine);
    match (given("data"), given("server"), given("me")) {
        (true, false, _) => global.server = None,
        (false, true, _) => global.data = None,
        (false, false, true) => (global.data, global.server) = (None, None),
        _ => {}
    }
    if given("me") && !given("key") {
        global.key = None;
    }
    global
}

/// Says what went wrong: to people on stderr, to machines as a problem on stdout.
fn report(output: Output, failure: &Failure) -> ExitCode {
    if failure.silent {
        return ExitCode::SUCCESS;
    }
    let lang = output.lang;
    let (message, help) = failure.text(lang);
    let error = lang.pick("erreur: ", "error: ");
    let mut text = format!("{error}{message} [{}]\n", failure.code);
    if let Some(position) = failure.position {
        let at = "position: ";
        text.push_str(&format!("{at}{position}\n"));
    }
    if let Some(help) = help {
        text.push_str(&format!("{}{help}\n", lang.pick("aide: ", "help: ")));
    }
    // Nobody is left to be told if stderr is closed.
    let _ = std::io::stderr().write_all(text.as_bytes());
    if output.json && !failure.told {
        let _ = output.json(&failure.problem(lang));
    }
    ExitCode::from(failure.exit() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    /// An argument of a command that shares its id with a global one would be read as that one.
    #[test]
    fn no_argument_hides_a_global_one() {
        fn check(command: &clap::Command, path: &str, globals: &[String]) {
            for argument in command.get_arguments().filter(|argument| !argument.is_global_set()) {
                let id = argument.get_id().to_string();
                assert!(!globals.contains(&id), "{path}: {id}");
            }
            for below in command.get_subcommands() {
                check(below, &format!("{path} {}", below.get_name()), globals);
            }
        }
        let command = Cli::command();
        let globals = command.get_arguments().filter(|argument| argument.is_global_set());
        let globals: Vec<String> = globals.map(|argument| argument.get_id().to_string()).collect();
        assert!(globals.len() > 10);
        check(&command, "archipel", &globals);
    }
}
