//! `archipel log import`.

use crate::app::App;
use crate::backend::Receipt;
use crate::failure::Failure;
use crate::output::progress;
use archipel_engine::log::statement::Signed;
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Statements handed in at once.
const BATCH: usize = 1_024;
/// How often a batch is handed in again when the answer is "not now".
const TRIES: u32 = 20;
/// Refusals that are named one by one; the rest are only counted.
const NAMED_MAX: usize = 100;

/// Arguments of `log import`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// File of signed statements, one a line, or - for standard input
    file: PathBuf,
}

/// What became of the lines.
#[derive(Default)]
struct Report {
    lines: u64,
    accepted: u64,
    duplicates: u64,
    refused: u64,
    named: Vec<(u64, Failure)>,
}

impl Report {
    fn refuse(&mut self, line: u64, failure: Failure) {
        self.refused = self.refused.saturating_add(1);
        if self.named.len() < NAMED_MAX {
            self.named.push((line, failure));
        }
    }

    fn take(&mut self, line: u64, answer: Result<Receipt, Failure>) {
        match answer {
            Ok(receipt) if receipt.duplicate => self.duplicates = self.duplicates.saturating_add(1),
            Ok(_) => self.accepted = self.accepted.saturating_add(1),
            Err(failure) => self.refuse(line, failure),
        }
    }
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &ImportArgs) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(&args.file, error);
    let mut reader: Box<dyn BufRead> = if args.file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(&args.file).map_err(failed)?))
    };
    let length = std::fs::metadata(&args.file).map_or(0, |found| found.len());
    let bar = progress(app.output, length, app.lang().pick("octets", "bytes"));
    let mut report = Report::default();
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let mut line = Vec::new();
        // A line without end must not fill the memory: the longest one, and a byte more.
        let limit = Signed::LINE_BYTES_MAX.saturating_add(2) as u64;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut line).map_err(failed)?;
        if read == 0 {
            break;
        }
        report.lines = report.lines.saturating_add(1);
        bar.inc(read as u64);
        match line.trim_ascii() {
            [] => continue,
            text => match Signed::from_line(text) {
                Ok(signed) => batch.push((report.lines, signed)),
                Err(what) => report.refuse(report.lines, Failure::with("http.envelope", what)),
            },
        }
        if batch.len() >= BATCH {
            hand_in(app, std::mem::take(&mut batch), &mut report)?;
        }
    }
    hand_in(app, batch, &mut report)?;
    bar.finish_and_clear();
    print(app, &report)
}

/// Hands in a batch; what the instance can not take now, again.
fn hand_in(app: &App, mut batch: Vec<(u64, Signed)>, report: &mut Report) -> Result<(), Failure> {
    let backend = app.backend()?;
    let mut tries = 0;
    while !batch.is_empty() {
        let (lines, statements): (Vec<u64>, Vec<Signed>) = batch.into_iter().unzip();
        let answers = match backend.submit(&statements) {
            Err(failure) if failure.is_passing() && tries < TRIES => {
                statements.iter().map(|_| Err(failure.clone())).collect()
            }
            other => other?,
        };
        batch = Vec::new();
        for ((line, signed), answer) in lines.into_iter().zip(statements).zip(answers) {
            match answer {
                Err(failure) if failure.is_passing() && tries < TRIES => batch.push((line, signed)),
                answer => report.take(line, answer),
            }
        }
        if !batch.is_empty() {
            std::thread::sleep(Duration::from_millis(100));
        }
        tries += 1;
    }
    Ok(())
}

fn print(app: &App, report: &Report) -> Result<(), Failure> {
    let lang = app.lang();
    let named = || report.named.iter();
    if app.output.json {
        let refusals = named().map(|(line, failure)| {
            json!({"line": line, "code": failure.code, "detail": failure.text(lang).0})
        });
        app.output.json(&json!({
            "lines": report.lines,
            "accepted": report.accepted,
            "duplicates": report.duplicates,
            "refused": report.refused,
            "refusals": refusals.collect::<Vec<_>>(),
        }))?;
    } else {
        for (line, failure) in named() {
            let word = lang.pick("ligne", "line");
            app.output.say(format!(
                "{word} {line}: {} [{}]",
                failure.text(lang).0,
                failure.code
            ))?;
        }
        let count = |name: &str, count: u64| (name.to_owned(), count.to_string());
        app.output.pairs(vec![
            count(lang.pick("acceptés", "accepted"), report.accepted),
            count(lang.pick("déjà enregistrés", "already recorded"), report.duplicates),
            count(lang.pick("refusés", "refused"), report.refused),
        ])?;
    }
    if report.refused == 0 {
        return Ok(());
    }
    // The report is the answer for machines: a second JSON value would only confuse.
    let silent_json = app.output.json;
    Err(Failure { told: silent_json, ..Failure::with("import.refused", report.refused) })
}
