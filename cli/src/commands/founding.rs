//! `archipel init`: a new instance, founded.

use crate::app::{self, App, Mandate, Signer};
use crate::failure::Failure;
use crate::profile::{self, Profile};
use crate::{input, keys};
use archipel_domain::id::{Hash, MemberId, StatementId};
use archipel_domain::membership::{FoundInstance, Founder};
use archipel_engine::crypto::SecretKey;
use archipel_engine::instance::Instance;
use archipel_engine::log::statement::is_origin;
use std::path::{Path, PathBuf};

/// Largest charter that is read, in bytes. Only its hash is kept in the log.
const CHARTER_BYTES_MAX: u64 = 16 << 20;

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// New directory of the instance
    pub(crate) dir: PathBuf,
    /// Name of the instance for people
    #[arg(long)]
    pub(crate) name: String,
    /// Text of the charter; its hash is signed
    #[arg(long, value_name = "FILE")]
    pub(crate) charter: PathBuf,
    /// Term of the founders' role, in days
    #[arg(long, default_value_t = 365, value_name = "DAYS")]
    pub(crate) term_days: u32,
    /// A founder's private key; the first one signs [default: a new one in the directory]
    #[arg(long = "founder-key", value_name = "FILE")]
    pub(crate) founder_keys: Vec<PathBuf>,
}

struct Person {
    member: MemberId,
    secret: SecretKey,
    assignment: StatementId,
    /// The key's file; it is still to be written if `new`.
    key: PathBuf,
    new: bool,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &InitArgs) -> Result<(), Failure> {
    let origin = app.global.origin.clone().ok_or_else(|| Failure::new("usage.no-origin"))?;
    if !is_origin(&origin) {
        return Err(Failure::new("instance.origin"));
    }
    let name = input::line("--name", &args.name)?;
    let charter = std::fs::metadata(&args.charter).and_then(|found| {
        let small = found.len() <= CHARTER_BYTES_MAX;
        if small {
            std::fs::read(&args.charter)
        } else {
            Err(std::io::ErrorKind::FileTooLarge.into())
        }
    });
    let charter = charter.map_err(|error| Failure::file(&args.charter, error))?;
    let people = people(app, args)?;
    let registrar = SecretKey::generate()?;
    let instance = app::new_member()?;
    let founders = people.iter().map(|person| {
        Ok(Founder {
            member: person.member,
            key: keys::key_id(&person.secret),
            proof: keys::proof(&person.secret, &origin, person.member)?,
            assignment: person.assignment,
        })
    });
    let act = FoundInstance {
        instance,
        name,
        charter: Hash::of(&charter),
        registrar: keys::key_id(&registrar),
        registrar_proof: keys::proof(&registrar, &origin, instance)?,
        founders: founders.collect::<Result<_, Failure>>()?,
        term_days: args.term_days,
    };
    let Some(first) = people.first() else {
        return Err(Failure::new("usage.no-key"));
    };
    if !app.global.dry_run {
        Instance::create(&args.dir, &origin, &registrar)?;
        for person in &people {
            write(&args.dir, &origin, person)?;
        }
    }
    let mut here = App::at_dir(&app.global, app.output, &args.dir)?;
    here.global.origin = Some(origin);
    let signer = Signer { author: first.member, secret: first.secret.clone() };
    let named = [
        ("member", first.member.to_string()),
        ("mandate", first.assignment.to_string()),
        ("key_file", first.key.display().to_string()),
        ("profile", profile::beside(&first.key).display().to_string()),
    ];
    here.act_as(&signer, act.into(), Mandate::Own, &named).map(|_| ())
}

/// The founders: one for each key given, or a new one.
fn people(app: &App, args: &InitArgs) -> Result<Vec<Person>, Failure> {
    let person = |secret, key: PathBuf, new| {
        let member = app::new_member()?;
        Ok(Person { member, secret, assignment: app::new_id()?, key, new })
    };
    if args.founder_keys.is_empty() {
        let key = args.dir.join("founder.pem");
        return Ok(vec![person(SecretKey::generate()?, key, true)?]);
    }
    let keys = args.founder_keys.iter();
    keys.map(|key| person(keys::load(key, app.passwords())?, key.clone(), false)).collect()
}

/// Writes what a founder needs later: the key if it is new, and a profile beside it.
fn write(dir: &Path, origin: &str, person: &Person) -> Result<(), Failure> {
    if person.new {
        keys::save(&person.key, &person.secret, None)?;
    }
    let name = person.key.file_name().map(PathBuf::from).unwrap_or_default();
    let mut profile = Profile::new(person.member, name);
    profile.origin = Some(origin.to_owned());
    profile.data = Some(std::path::absolute(dir).map_err(|error| Failure::file(dir, error))?);
    profile.acting_as = Some(person.assignment.to_string());
    profile.save(&profile::beside(&person.key))
}
