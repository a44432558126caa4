//! What follows the outcome of a vote: ties, dissent, and what became of them.

use crate::app::{App, Mandate};
use crate::failure::Failure;
use crate::input::{self, TextArgs};
use crate::lang::Lang;
use crate::output::cell;
use crate::show;
use archipel_domain::id::{Hash, Slug};
use archipel_domain::role::Power;
use archipel_domain::vote::{AttachDissent, AttachReasons, BreakTie, DrawLot, JoinDissent};
use archipel_engine::crypto;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `vote break-tie`.
#[derive(Debug, clap::Args)]
pub(crate) struct BreakTieArgs {
    /// The vote: UUID, or its first digits
    vote: String,
    /// The tied options, the preferred first, as a list a,b; in a yes/no vote its option to adopt
    /// it, nothing to reject it
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    order: Vec<Slug>,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Arguments of `vote draw-lot`.
#[derive(Debug, clap::Args)]
pub(crate) struct DrawLotArgs {
    /// The vote: UUID, or its first digits
    vote: String,
    /// A secret that was committed to at the opening; one for each commitment, in their order
    #[arg(long = "secret", required = true, value_name = "HEX")]
    secrets: Vec<Hash>,
}

/// Arguments of `vote dissent`.
#[derive(Debug, clap::Args)]
pub(crate) struct DissentArgs {
    /// The vote: UUID, or its first digits
    vote: String,
    #[command(flatten)]
    what: DissentWhat,
}

/// Arguments of `vote reasons`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReasonsArgs {
    /// The vote: UUID, or its first digits
    vote: String,
    #[command(flatten)]
    text: TextArgs,
}

/// What is attached.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct DissentWhat {
    /// The text
    #[arg(long)]
    text: Option<String>,
    /// File that holds the text
    #[arg(long)]
    file: Option<PathBuf>,
    /// Join the dissent of this member instead
    #[arg(long, value_name = "MEMBER")]
    join: Option<String>,
}

/// Breaks a tie under the power over votes.
pub(crate) fn break_tie(app: &App, args: &BreakTieArgs) -> Result<(), Failure> {
    let act = BreakTie {
        vote: app.resolve("votes", &args.vote)?,
        order: args.order.clone(),
        reason: input::prose("--reason", &args.reason)?,
    };
    app.act(act, Mandate::Power(Power::Votes))
}

/// Makes a secret for a lot, and its commitment.
pub(crate) fn lot_secret(app: &App) -> Result<(), Failure> {
    let secret = crypto::random::<32>().map_err(|error| Failure::new(error.code()))?;
    let secret = Hash(*secret);
    let commitment = Hash::of(&secret.0);
    if app.output.json {
        return app.output.json(&json!({"secret": secret, "commitment": commitment}));
    }
    let lang = app.lang();
    app.output.pairs(vec![
        (lang.pick("secret", "secret").to_owned(), secret.to_string()),
        (lang.pick("engagement", "commitment").to_owned(), commitment.to_string()),
    ])?;
    app.output.say(lang.pick(
        "\nGardez le secret hors de l'instance jusqu'à la clôture : qui le connaît peut prévoir \
         le tirage. Sans lui, le tirage ne peut pas avoir lieu.",
        "\nKeep the secret away from the instance until the closing: whoever knows it can foresee \
         the lot. Without it, the lot can not be drawn.",
    ))
}

/// Draws the lot of a tied vote.
pub(crate) fn draw_lot(app: &App, args: &DrawLotArgs) -> Result<(), Failure> {
    let vote = app.resolve("votes", &args.vote)?;
    app.act(DrawLot { vote, secrets: args.secrets.clone() }, Mandate::Own)
}

/// Attaches dissent, or joins it.
pub(crate) fn dissent(app: &App, args: &DissentArgs) -> Result<(), Failure> {
    let vote = app.resolve("votes", &args.vote)?;
    let DissentWhat { text, file, join } = &args.what;
    match join {
        Some(author) => {
            let author = app.resolve("members", author)?;
            app.act(JoinDissent { vote, author }, Mandate::Own)
        }
        None => {
            let text = TextArgs { text: text.clone(), file: file.clone() };
            let text = input::prose("--text", &text.read()?)?;
            app.act(AttachDissent { vote, text }, Mandate::Own)
        }
    }
}

/// Attaches reasons.
pub(crate) fn reasons(app: &App, args: &ReasonsArgs) -> Result<(), Failure> {
    let vote = app.resolve("votes", &args.vote)?;
    let text = input::prose("--text", &args.text.read()?)?;
    app.act(AttachReasons { vote, text }, Mandate::Own)
}

/// By how much a quorum was met or missed.
pub(super) fn quorum_words(lang: Lang, quorum: &Value) -> String {
    let of = |key: &str| quorum.get(key).map(cell).unwrap_or_default();
    let (present, needed) = (of("present"), of("needed"));
    if quorum.get("met").is_some_and(|met| met == true) {
        return format!("{} ({present} / {needed})", lang.pick("atteint", "met"));
    }
    let (missed, missing) = (lang.pick("non atteint, il manque", "missed by"), of("missing"));
    format!("{missed} {missing} ({present} / {needed})")
}

/// Says what was decided, who was represented, and which dissent stands beside it.
pub(super) fn say(app: &App, vote: &Value) -> Result<(), Failure> {
    let lang = app.lang();
    let list = |path: &str| -> Vec<String> {
        let items = vote.pointer(path).and_then(Value::as_array);
        items.into_iter().flatten().map(cell).collect()
    };
    let mut pairs = Vec::new();
    if vote.get("decided").is_some() {
        let elected = list("/decided/elected");
        let nothing = lang.pick("rien", "nothing").to_owned();
        let text = if elected.is_empty() { nothing } else { elected.join(", ") };
        pairs.push((show::label(lang, "decided"), text));
        let tied = list("/decided/tied");
        if !tied.is_empty() {
            pairs.push((show::label(lang, "tied"), tied.join(", ")));
        }
    }
    // A yes/no vote and a consent round say it with their count.
    let quorum = vote.pointer("/rules/quorum").and(vote.pointer("/decided/quorum"));
    if let Some(quorum) = quorum.filter(|quorum| quorum.is_object()) {
        pairs.push((show::label(lang, "quorum"), quorum_words(lang, quorum)));
    }
    for (key, path) in [
        ("delegated", "/delegated/votes"),
        ("lost_circle", "/delegated/lost/circle"),
        ("lost_no_vote", "/delegated/lost/no_vote"),
        ("lost_over_limit", "/delegated/lost/over_limit"),
        ("tie_break", "/tie_break/by/reason"),
        ("tie_seed", "/tie_break/by/seed"),
        ("followed_by", "/followed_by"),
    ] {
        if let Some(value) = vote.pointer(path).filter(|value| !value.is_null()) {
            pairs.push((show::label(lang, key), cell(value)));
        }
    }
    if let Some(at) = vote.get("review_at").filter(|at| at.is_i64()) {
        pairs.push((show::label(lang, "review_at"), show::member_cell(lang, "review_at", at)));
    }
    app.output.pairs(pairs)?;
    for (key, heading) in [
        ("dissents", lang.pick("Avis minoritaire de", "Dissent by")),
        ("reasons", lang.pick("Motifs de", "Reasons of")),
    ] {
        for opinion in vote.get(key).and_then(Value::as_array).into_iter().flatten() {
            let of = |key: &str| opinion.get(key).map(cell).unwrap_or_default();
            let joined = opinion.get("joined").and_then(Value::as_array).map_or(0, Vec::len);
            let with = match joined {
                0 => String::new(),
                many => format!(" ({} {many})", lang.pick("rejoint par", "joined by")),
            };
            app.output.say(format!("\n{heading} {}{with}\n{}", of("author"), of("text")))?;
        }
    }
    Ok(())
}
