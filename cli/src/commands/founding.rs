//! `archipel init`: a new instance, founded.

use crate::app::{self, App, Mandate, Signer};
use crate::backend::At;
use crate::failure::{Exit, Failure};
use crate::profile::{self, Profile};
use crate::{input, keys};
use archipel_domain::id::{Hash, MemberId, StatementId};
use archipel_domain::membership::{FoundInstance, Founder};
use archipel_engine::crypto::SecretKey;
use archipel_engine::instance::Instance;
use archipel_engine::log::statement::is_origin;
use serde_json::Value;
use std::fs;
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
    let charter = fs::metadata(&args.charter).and_then(|found| {
        let small = found.len() <= CHARTER_BYTES_MAX;
        if small { fs::read(&args.charter) } else { Err(std::io::ErrorKind::FileTooLarge.into()) }
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
    let mut here = App::at_dir(&app.global, app.output, &args.dir)?;
    here.global.origin = Some(origin.clone());
    let mut made = Made::default();
    if !app.global.dry_run
        && let Err(failure) = made.create(&args.dir, &origin, &registrar, &people)
    {
        made.remove();
        return Err(failure);
    }
    let signer = Signer { author: first.member, secret: first.secret.clone() };
    let named = [
        ("member", first.member.to_string()),
        ("mandate", first.assignment.to_string()),
        ("key_file", first.key.display().to_string()),
        ("profile", profile::beside(&first.key).display().to_string()),
    ];
    let founded = here.act_as(&signer, act.into(), Mandate::Own, &named).map(|_| ());
    let vain = !app.global.dry_run && founded.as_ref().is_err_and(|why| is_in_vain(&here, why));
    // The files are let go of before they are removed.
    drop(here);
    if vain {
        made.remove();
    }
    founded
}

/// Whether nothing was founded, for certain: the answer is not in doubt, and the log is empty.
fn is_in_vain(here: &App, failure: &Failure) -> bool {
    let read = || here.backend()?.read("status", At::Latest);
    matches!(failure.exit(), Exit::Failed | Exit::Usage)
        && read().is_ok_and(|answer| answer.get("position").and_then(Value::as_u64) == Some(0))
}

/// What this call has made. It is removed if nothing is founded, so that one can try again.
#[derive(Default)]
struct Made {
    /// Directories, innermost first.
    dirs: Vec<PathBuf>,
    /// What is in them, and profiles beside keys elsewhere.
    parts: Vec<PathBuf>,
}

impl Made {
    /// Makes the directory, keys and profiles; an instance that is there is left alone.
    fn create(
        &mut self,
        dir: &Path,
        origin: &str,
        registrar: &SecretKey,
        people: &[Person],
    ) -> Result<(), Failure> {
        let missing = |path: &Path| path.symlink_metadata().is_err();
        let dirs = dir.ancestors().take_while(|path| !path.as_os_str().is_empty() && missing(path));
        self.dirs = dirs.map(Path::to_owned).collect();
        let parts: Vec<PathBuf> = Instance::PARTS.iter().map(|name| dir.join(name)).collect();
        let parts: Vec<PathBuf> = parts.into_iter().filter(|path| missing(path)).collect();
        Instance::create(dir, origin, registrar)?;
        // From here on the directory is that of the instance which this call has made.
        self.parts = parts;
        for person in people {
            self.write(dir, origin, person)?;
        }
        Ok(())
    }

    /// Writes what a founder needs later: the key if it is new, and a profile beside it.
    fn write(&mut self, dir: &Path, origin: &str, person: &Person) -> Result<(), Failure> {
        if person.new {
            keys::save(&person.key, &person.secret, None)?;
            self.parts.push(person.key.clone());
        }
        let name = person.key.file_name().map(PathBuf::from).unwrap_or_default();
        let mut profile = Profile::new(person.member, name);
        profile.origin = Some(origin.to_owned());
        profile.data = Some(std::path::absolute(dir).map_err(|error| Failure::file(dir, error))?);
        profile.acting_as = Some(person.assignment.to_string());
        let path = profile::beside(&person.key);
        profile.save(&path)?;
        self.parts.push(path);
        Ok(())
    }

    /// Removes it. What can not be removed stays: the refusal is what there is to tell.
    fn remove(self) {
        for path in self.parts {
            let directory = path.symlink_metadata().is_ok_and(|found| found.is_dir());
            let _ = if directory { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
        // Refused by the file system if somebody else has put something there.
        for dir in self.dirs {
            let _ = fs::remove_dir(dir);
        }
    }
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
