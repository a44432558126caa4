//! `archipel completions` and `archipel man`.

use crate::Cli;
use crate::failure::Failure;
use crate::output::Output;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completions of a shell.
pub(crate) fn completions(output: Output, args: &CompletionsArgs) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "archipel", &mut text);
    output.raw(&String::from_utf8_lossy(&text))
}

/// Prints the manual page: the overview, then every command.
pub(crate) fn man(output: Output) -> Result<(), Failure> {
    let mut text = Vec::new();
    let mut command = Cli::command();
    command.build();
    page(&command, &mut text).map_err(|error| Failure::with("cli.output", error))?;
    output.raw(&String::from_utf8_lossy(&text))
}

fn page(command: &clap::Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(text)?;
    let below = command.get_subcommands().filter(|command| command.get_name() != "help");
    below.into_iter().try_for_each(|command| page(command, text))
}
