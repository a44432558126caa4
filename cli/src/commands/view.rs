//! `archipel view`: any view, as it is.

use crate::app::{App, AtArgs};
use crate::failure::Failure;
use crate::show;
use serde_json::Value;

/// Arguments of `view`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Paths are those of the HTTP interface without /v1/: status, instance, \
    members, members/ID, groups, calls, circles, roles, assignments/ID, proposals, \
    proposals/ID/versions/HASH, amendments/ID, votes, rotations, rotations/ID, \
    availability, calendar, load, units, accounts, accounts/NAME/statement, \
    moves/ID, statements/ID, views, timeline, streams/KIND/NAME, log, rejections.")]
pub(crate) struct ViewArgs {
    /// Path of the view, such as votes or log?from=0&limit=10
    #[arg(default_value = "status")]
    path: String,
    #[command(flatten)]
    at: AtArgs,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &ViewArgs) -> Result<(), Failure> {
    let answer = app.backend()?.read(&args.path, args.at.state()?)?;
    if app.output.json {
        return app.output.json(&answer);
    }
    let data = answer.get("data").unwrap_or(&Value::Null);
    match data.get("items").and_then(Value::as_array) {
        Some(items) => {
            let first = items.first().and_then(Value::as_object);
            let columns: Vec<&str> = first.into_iter().flatten().map(|(k, _)| k.as_str()).collect();
            if columns.is_empty() {
                for item in items {
                    app.output.say(crate::output::cell(item))?;
                }
            } else {
                show::items_table(app, items, &columns)?;
            }
        }
        None => show::object(app, data)?,
    }
    show::footer(app, &answer)
}
