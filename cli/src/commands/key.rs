//! `archipel key`: making, protecting and enrolling keys.

use crate::app::{self, App, Mandate};
use crate::failure::Failure;
use crate::profile::{self, Profile};
use crate::{keys, show};
use archipel_domain::id::{KeyId, MemberId, SignatureBytes};
use archipel_domain::membership::{EnrolKey, RecoverKey, RevokeKey, RotateKey};
use archipel_domain::role::Power;
use archipel_engine::crypto::SecretKey;
use archipel_engine::key_file;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new key, and with --name a profile beside it
    New {
        /// New file for the key (PEM)
        #[arg(required_unless_present = "name")]
        file: Option<PathBuf>,
        /// Make NAME.pem and the profile NAME.json, with a new pseudonym
        #[arg(long)]
        name: Option<String>,
        /// Pseudonym for the profile [default: a new random one]
        #[arg(long, value_name = "UUID", requires = "name")]
        member: Option<MemberId>,
        /// Protect the key by a password
        #[arg(long)]
        encrypt: bool,
    },
    /// Show a public key
    Show {
        /// Key file [default: the key of --key or --me]
        file: Option<PathBuf>,
        /// Print it as PEM
        #[arg(long)]
        pem: bool,
    },
    /// Protect a key file by a password
    Encrypt {
        /// Key file [default: the key of --key or --me]
        file: Option<PathBuf>,
        /// Write to a new file instead of replacing the one that is read
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Prove that one holds a key, for somebody else to admit one with it
    Prove {
        /// Pseudonym under which one will be admitted [default: that of --author or --me]
        #[arg(long, value_name = "UUID")]
        member: Option<MemberId>,
    },
    /// Enrol a further key of one's own
    Enrol {
        /// File of the new key; made if it does not exist
        #[arg(long, value_name = "FILE")]
        new_key: PathBuf,
    },
    /// Replace the key that signs by a new one
    Rotate {
        /// File of the new key; made if it does not exist
        #[arg(long, value_name = "FILE")]
        new_key: PathBuf,
    },
    /// Revoke a key: one's own, or another member's under the power over membership
    Revoke {
        /// The key: hexadecimal digits or a file
        #[arg(long, value_name = "KEY")]
        public_key: String,
        /// Whose key [default: one's own]
        #[arg(long, value_name = "UUID")]
        member: Option<MemberId>,
    },
    /// Request a new key for a member who lost every other, under the power over membership
    Recover {
        /// The member: pseudonym, or its first digits
        member: String,
        /// The new key: hexadecimal digits or a file
        #[arg(long, value_name = "KEY")]
        public_key: String,
        /// The proof of possession, see key prove
        #[arg(long, value_name = "HEX")]
        proof: SignatureBytes,
    },
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::New { file, name, member, encrypt } => {
            let file = file.clone().or_else(|| name.as_ref().map(|name| named(name)));
            let file = file.ok_or_else(|| Failure::new("usage.no-key"))?;
            new(app, &file, name.is_some(), *member, *encrypt)
        }
        KeyCommand::Show { file, pem } => show_key(app, file.as_deref(), *pem),
        KeyCommand::Encrypt { file, out } => encrypt(app, file.as_deref(), out.as_deref()),
        KeyCommand::Prove { member } => prove(app, *member),
        KeyCommand::Enrol { new_key } => {
            let signer = app.signer()?;
            let member = signer.author;
            let (secret, made) = open_or_make(app, new_key)?;
            let proof = keys::proof(&secret, &app.origin()?, member)?;
            let act = EnrolKey { member, key: keys::key_id(&secret), proof };
            save_if_made(app, new_key, &secret, made)?;
            app.act_as(&signer, act.into(), Mandate::Own, &[]).map(|_| ())
        }
        KeyCommand::Rotate { new_key } => rotate(app, new_key),
        KeyCommand::Revoke { public_key, member } => {
            let author = app.author()?;
            let member = member.unwrap_or(author);
            let key = KeyId(*keys::public_key(public_key, app.passwords())?.as_bytes());
            let own = member == author;
            let mandate = if own { Mandate::Own } else { Mandate::Power(Power::Membership) };
            app.act(RevokeKey { member, key }, mandate)
        }
        KeyCommand::Recover { member, public_key, proof } => {
            let member = app.resolve("members", member)?;
            let key = KeyId(*keys::public_key(public_key, app.passwords())?.as_bytes());
            let act = RecoverKey { member, key, proof: *proof };
            super::request::open(app, act, Power::Membership)
        }
    }
}

fn named(name: &str) -> PathBuf {
    PathBuf::from(format!("{name}.pem"))
}

fn new(
    app: &App,
    file: &Path,
    with_profile: bool,
    member: Option<MemberId>,
    encrypt: bool,
) -> Result<(), Failure> {
    let secret = SecretKey::generate()?;
    let password = if encrypt { Some(app.passwords().ask_new()?) } else { None };
    let password = password.as_ref().map(|password| password.as_str());
    let mut told = vec![
        ("key_file", file.display().to_string()),
        ("public_key", secret.public_key().to_string()),
    ];
    if !with_profile {
        keys::save(file, &secret, password)?;
        return tell(app, &told);
    }
    let member = member.map_or_else(app::new_member, Ok)?;
    let place = profile::beside(file);
    if place.exists() {
        return Err(Failure::with("cli.exists", place.display()));
    }
    keys::save(file, &secret, password)?;
    write_profile(app, file, member)?;
    told.push(("profile", place.display().to_string()));
    told.push(("member", member.to_string()));
    if let Ok(origin) = app.origin() {
        told.push(("origin", origin.clone()));
        told.push(("proof", keys::proof(&secret, &origin, member)?.to_string()));
    }
    tell(app, &told)
}

/// Writes a profile beside a key.
pub(super) fn write_profile(app: &App, key: &Path, member: MemberId) -> Result<PathBuf, Failure> {
    let name = key.file_name().map(PathBuf::from).unwrap_or_default();
    let mut profile = Profile::new(member, name);
    app.fill_profile(&mut profile);
    let place = profile::beside(key);
    profile.save(&place)?;
    Ok(place)
}

/// Prints names and values.
pub(super) fn tell(app: &App, told: &[(&str, String)]) -> Result<(), Failure> {
    if app.output.json {
        let members = told.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into()));
        return app.output.json(&Value::Object(members.collect::<Map<_, _>>()));
    }
    let rows = told.iter().map(|(name, text)| (show::label(app.lang(), name), text.clone()));
    app.output.pairs(rows.collect())
}

fn show_key(app: &App, file: Option<&Path>, pem: bool) -> Result<(), Failure> {
    let file = file.map_or_else(|| app.key_path(), Ok)?;
    let key = keys::public_key(&file.display().to_string(), app.passwords())?;
    let text = key_file::public_to_pem(&key)?;
    if pem && !app.output.json {
        return app.output.raw(&text);
    }
    let mut told = vec![("public_key", key.to_string())];
    if app.output.json {
        told.push(("pem", text));
    }
    tell(app, &told)
}

fn encrypt(app: &App, file: Option<&Path>, out: Option<&Path>) -> Result<(), Failure> {
    let file = file.map_or_else(|| app.key_path(), Ok)?;
    let secret = keys::load(file, app.passwords())?;
    let password = app.passwords().ask_new()?;
    // Whole and durable under another name first: a key is never left half written.
    let temporary = file.with_extension("pem.encrypted");
    let target = out.unwrap_or(&temporary);
    keys::save(target, &secret, Some(&password))?;
    if out.is_none() {
        std::fs::rename(&temporary, file).map_err(|error| Failure::file(file, error))?;
    }
    let place = out.unwrap_or(file).display().to_string();
    tell(app, &[("key_file", place), ("public_key", secret.public_key().to_string())])
}

fn prove(app: &App, member: Option<MemberId>) -> Result<(), Failure> {
    let member = member.map_or_else(|| app.author(), Ok)?;
    let secret = keys::load(app.key_path()?, app.passwords())?;
    let origin = app.origin()?;
    let proof = keys::proof(&secret, &origin, member)?;
    tell(
        app,
        &[
            ("origin", origin),
            ("member", member.to_string()),
            ("public_key", secret.public_key().to_string()),
            ("proof", proof.to_string()),
        ],
    )
}

/// The key of a file, or a new one that is still to be saved there.
pub(super) fn open_or_make(app: &App, file: &Path) -> Result<(SecretKey, bool), Failure> {
    if file.exists() {
        return Ok((keys::load(file, app.passwords())?, false));
    }
    Ok((SecretKey::generate()?, true))
}

/// Saves a new key before anything is signed for it: a key enrolled and lost helps nobody.
pub(super) fn save_if_made(
    app: &App,
    file: &Path,
    secret: &SecretKey,
    made: bool,
) -> Result<(), Failure> {
    if made && !app.global.dry_run { keys::save(file, secret, None) } else { Ok(()) }
}

fn rotate(app: &App, new_key: &Path) -> Result<(), Failure> {
    let signer = app.signer()?;
    let member = signer.author;
    let (secret, made) = open_or_make(app, new_key)?;
    let proof = keys::proof(&secret, &app.origin()?, member)?;
    let act = RotateKey { member, key: keys::key_id(&secret), proof };
    save_if_made(app, new_key, &secret, made)?;
    let receipt = app.act_as(&signer, act.into(), Mandate::Own, &[])?;
    match (&app.global.me, receipt) {
        // The old key signs no more: a profile that named it would be of no use.
        (Some(me), Some(_)) if app.global.key.is_none() => profile::replace_key(me, new_key),
        _ => Ok(()),
    }
}
