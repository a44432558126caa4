//! Command lines that are not understood, said in the reader's language.

use crate::failure::Failure;
use crate::lang::Lang;
use crate::output::Output;
use clap::error::{ContextKind, ErrorKind};
use std::ffi::OsString;
use std::process::ExitCode;

/// Prints the help or version asked for, or says what is not understood.
pub(crate) fn report(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let lang = Lang::of_arguments(arguments);
    let json = arguments.iter().any(|word| word == "--json");
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader who went away has seen enough.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(2)
        }
        _ => crate::report(Output { json, lang }, &failure(error, lang)),
    }
}

fn failure(error: &clap::Error, lang: Lang) -> Failure {
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => {
            format!("{} {argument}", lang.pick("argument inconnu", "unknown argument"))
        }
        ErrorKind::InvalidSubcommand => format!(
            "{} {}",
            lang.pick("commande inconnue", "unknown command"),
            context(ContextKind::InvalidSubcommand)
        ),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            format!("{argument} {}", lang.pick("demande une valeur", "needs a value"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let valid = context(ContextKind::ValidValue);
            let known = if valid.is_empty() { String::new() } else { format!(" ({valid})") };
            let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})"));
            let wrong = lang.pick("valeur refusée", "value not accepted");
            format!("{wrong} {argument} {value:?}{known}{}", cause.unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => {
            format!("{} {argument}", lang.pick("il manque", "missing"))
        }
        ErrorKind::ArgumentConflict => format!(
            "{argument} {} {}",
            lang.pick("exclut", "excludes"),
            context(ContextKind::PriorArg)
        ),
        ErrorKind::InvalidUtf8 => lang.pick("texte hors UTF-8", "text is not UTF-8").to_owned(),
        _ => error.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    Failure::with("usage.arguments", what.trim())
}
