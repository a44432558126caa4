//! `archipel call`: calls that anybody can sign.

use super::key;
use crate::app::{self, App, AtArgs, Mandate, Signer};
use crate::failure::Failure;
use crate::input::{self, TextArgs};
use crate::show;
use archipel_domain::id::Slug;
use archipel_domain::membership::{PublishCall, SignCall, WithdrawFromCall};
use archipel_domain::role::Power;
use archipel_engine::crypto::SecretKey;
use std::path::PathBuf;

/// Calls.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum CallCommand {
    /// Publish a call, under the power over membership
    Publish {
        /// Short name
        slug: Slug,
        /// Title for people
        #[arg(long)]
        title: String,
        #[command(flatten)]
        text: TextArgs,
    },
    /// Sign a call, as a member or not
    Sign {
        /// Short name
        slug: Slug,
        /// For people who are not members: file of the key to sign with, made if it does not
        /// exist; it is needed to withdraw. Without any key a fresh one signs and is forgotten
        #[arg(long, value_name = "FILE")]
        new_key: Option<PathBuf>,
    },
    /// Withdraw one's signature, with the key that gave it
    Withdraw {
        /// Short name
        slug: Slug,
    },
    /// List calls
    List(AtArgs),
    /// Show a call with its signatories
    Show {
        /// Short name
        slug: Slug,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &CallCommand) -> Result<(), Failure> {
    match command {
        CallCommand::Publish { slug, title, text } => {
            let act = PublishCall {
                call: slug.clone(),
                title: input::line("--title", title)?,
                text: input::prose("--text", &text.read()?)?,
            };
            app.act(act, Mandate::Power(Power::Membership))
        }
        CallCommand::Sign { slug, new_key } => sign(app, slug, new_key.as_ref()),
        CallCommand::Withdraw { slug } => {
            app.act(WithdrawFromCall { call: slug.clone() }, Mandate::Own)
        }
        CallCommand::List(at) => show::list(app, "calls", at, &["slug", "title", "signatures"]),
        CallCommand::Show { slug, at } => show::one(app, &format!("calls/{slug}"), at),
    }
}

fn sign(app: &App, slug: &Slug, new_key: Option<&PathBuf>) -> Result<(), Failure> {
    let act = SignCall { call: slug.clone() };
    if new_key.is_none() && (app.key_path().is_ok() || app.author().is_ok()) {
        return app.act(act, Mandate::Own);
    }
    // Somebody who is not a member signs under a pseudonym of their own.
    let author = app.global.author.map_or_else(app::new_member, Ok)?;
    let (secret, made) = match new_key {
        Some(file) => key::open_or_make(app, file)?,
        None => (SecretKey::generate()?, false),
    };
    if let Some(file) = new_key {
        key::save_if_made(app, file, &secret, made)?;
    }
    let signer = Signer { author, secret };
    let named = [("signatory", author.to_string()), ("public_key", signer.key_id().to_string())];
    let signed = app.act_as(&signer, act.into(), Mandate::Own, &named)?;
    match new_key {
        Some(file) if signed.is_some() && !crate::profile::beside(file).exists() => {
            key::write_profile(app, file, author).map(|_| ())
        }
        _ => Ok(()),
    }
}
