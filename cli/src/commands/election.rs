//! `archipel election`: elections without candidates on the log of an instance.

use super::draw_log::{ChanceArgs, EntropyArgs};
use super::election_show;
use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show, when};
use archipel_domain::election::{
    AnswerCandidacy, Calendar, ChangeNomination, ConcludeElection, ConsentToCandidate,
    DeclineCandidacy, ElectionAnswer, Electors, Integration, ObjectToCandidate, OpenElection,
    ProposeCandidate, RevealNomination, SealNomination, Silence, TieStep, seal,
};
use archipel_domain::id::{Hash, MemberId, Slug, StatementId};
use archipel_domain::rejection::Rejection;
use archipel_domain::role::Power;
use archipel_engine::crypto;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The one format so far of the file that keeps a sealed nomination.
const FORMAT: u32 = 1;
/// Largest such file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 4_096;

/// Elections without candidates.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ElectionCommand {
    /// Open an election for a role, under the power over roles: you facilitate it
    Open(Box<OpenArgs>),
    /// Name somebody, sealed; the salt is kept in a file beside your key, for the reveal
    Seal {
        /// The election: UUID, or its first digits
        election: String,
        /// Whom you name: pseudonym, or its first digits
        nominee: String,
        #[command(flatten)]
        file: FileArgs,
    },
    /// Say whom you named, from the file that was kept, and why
    Reveal {
        /// The election: UUID, or its first digits
        election: String,
        /// Why this person
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        file: FileArgs,
    },
    /// Move your nomination to somebody who was named, or keep it; once
    Change {
        /// The election: UUID, or its first digits
        election: String,
        /// Whom you name now: pseudonym, or its first digits [default: the same person]
        nominee: Option<String>,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Record whom the rules propose, or that a tie leads to a revote
    Propose {
        /// The election: UUID, or its first digits
        election: String,
        #[command(flatten)]
        came: EntropyArgs,
    },
    /// Consent to the person proposed; withdraws your objection
    Consent {
        /// The election: UUID, or its first digits
        election: String,
    },
    /// Object to the person proposed, or maintain an objection that was challenged
    Object {
        /// The election: UUID, or its first digits
        election: String,
        /// Why this person in this role would harm what the group is for
        #[arg(long)]
        reason: String,
    },
    /// Answer an objection, as the facilitator
    Answer(AnswerArgs),
    /// Decline to be elected, if you are proposed
    Decline {
        /// The election: UUID, or its first digits
        election: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Record how the election ended
    Conclude {
        /// The election: UUID, or its first digits
        election: String,
    },
    /// List elections
    List(AtArgs),
    /// Show an election: phase, nominations, who was proposed and why, objections
    Show {
        /// The election: UUID, or its first digits
        election: String,
        #[command(flatten)]
        at: AtArgs,
    },
}

/// Arguments of `election open`.
#[derive(Debug, clap::Args)]
pub(crate) struct OpenArgs {
    /// The role
    role: Slug,
    /// What the role asks of whoever holds it, with no word about persons
    #[arg(long)]
    criteria: String,
    /// First moment of the mandate: a date, or +7d from now
    #[arg(long, value_name = "DATE")]
    from: String,
    /// First moment after the mandate: a date, or +90d from now
    #[arg(long, value_name = "DATE")]
    until: String,
    /// Only members of this group; may be repeated [default: every member]
    #[arg(long = "group", value_name = "GROUP", conflicts_with = "electors")]
    groups: Vec<Slug>,
    /// Only this member: pseudonym, or its first digits; may be repeated
    #[arg(long = "elector", value_name = "MEMBER")]
    electors: Vec<String>,
    /// When nominations begin [default: at once]
    #[arg(long, value_name = "DATE")]
    opens: Option<String>,
    /// When it is too late to nominate
    #[arg(long, value_name = "DATE")]
    nominate_by: String,
    /// When it is too late to reveal
    #[arg(long, value_name = "DATE")]
    share_by: String,
    /// When it is too late to change
    #[arg(long, value_name = "DATE")]
    change_by: String,
    /// Hours of each round of consent, and of a revote
    #[arg(long, default_value_t = 72, value_name = "N")]
    round_hours: u32,
    /// What is done about ties before the lot, in this order
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "self-nominator,incumbent,revote",
        value_name = "WAY,WAY"
    )]
    ties: Vec<TieArg>,
    /// What silence until the end of a round means
    #[arg(long, value_enum, default_value = "consents")]
    silence: SilenceArg,
    #[command(flatten)]
    chance: ChanceArgs,
}

/// What is done about a tie.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum TieArg {
    /// The only one of the tied who named themselves
    SelfNominator,
    /// The only one of the tied who holds the role
    Incumbent,
    /// Those who named others choose among the tied, once
    Revote,
    /// The lot, which always comes last
    Lot,
}

/// What silence means.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum SilenceArg {
    /// Consent
    Consents,
    /// No consent: the next is proposed
    Withholds,
}

/// Where a sealed nomination is kept.
#[derive(Debug, clap::Args)]
pub(crate) struct FileArgs {
    /// The file that keeps the nomination and its salt [default: KEY-nomination-ELECTION.json,
    /// beside your key]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Arguments of `election answer`.
#[derive(Debug, clap::Args)]
pub(crate) struct AnswerArgs {
    /// The election: UUID, or its first digits
    election: String,
    /// Whose objection: pseudonym, or its first digits
    member: String,
    #[command(flatten)]
    answer: AnswerWhat,
    /// With --integrate: an earlier end of the mandate
    #[arg(long, value_name = "DATE", requires = "integrate")]
    until: Option<String>,
}

/// The answer.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct AnswerWhat {
    /// Doubt it, for this reason: its author maintains it, or consents
    #[arg(long, value_name = "REASON")]
    challenge: Option<String>,
    /// Meet it by this change of the mandate; everybody consents anew
    #[arg(long, value_name = "NOTE")]
    integrate: Option<String>,
    /// Discard the candidate, for this reason
    #[arg(long, value_name = "REASON")]
    discard: Option<String>,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &ElectionCommand) -> Result<(), Failure> {
    let id =
        |election: &str| -> Result<StatementId, Failure> { app.resolve("elections", election) };
    let why = |reason: &str| input::prose("--reason", reason);
    match command {
        ElectionCommand::Open(args) => open(app, args),
        ElectionCommand::Seal { election, nominee, file } => {
            sealing(app, id(election)?, nominee, file)
        }
        ElectionCommand::Reveal { election, reason, file } => {
            let election = id(election)?;
            let kept = Kept::read(&file.path(app, election)?, election)?;
            let (nominee, salt, reason) = (kept.nominee, kept.salt, why(reason)?);
            app.act(RevealNomination { election, nominee, salt, reason }, Mandate::Own)
        }
        ElectionCommand::Change { election, nominee, reason } => {
            let election = id(election)?;
            let nominee = match nominee {
                Some(nominee) => app.resolve("members", nominee)?,
                None => named_by(app, election, app.author()?)?,
            };
            let act = ChangeNomination { election, nominee, reason: why(reason)? };
            app.act(act, Mandate::Own)
        }
        ElectionCommand::Propose { election, came } => {
            let election = id(election)?;
            let path = format!("elections/{election}");
            let entropy = came.is_given().then(|| came.read(app, &path)).transpose()?;
            app.act(ProposeCandidate { election, entropy }, Mandate::Own)
        }
        ElectionCommand::Consent { election } => {
            let election = id(election)?;
            let candidate = proposed(app, election)?;
            app.act(ConsentToCandidate { election, candidate }, Mandate::Own)
        }
        ElectionCommand::Object { election, reason } => {
            let election = id(election)?;
            let (candidate, reason) = (proposed(app, election)?, why(reason)?);
            app.act(ObjectToCandidate { election, candidate, reason }, Mandate::Own)
        }
        ElectionCommand::Answer(args) => answer(app, args),
        ElectionCommand::Decline { election, reason } => {
            let act = DeclineCandidacy { election: id(election)?, reason: why(reason)? };
            app.act(act, Mandate::Own)
        }
        ElectionCommand::Conclude { election } => {
            app.act(ConcludeElection { election: id(election)? }, Mandate::Own)
        }
        ElectionCommand::List(at) => {
            let columns = ["id", "role", "phase", "ends_at", "proposed", "elected"];
            show::list(app, "elections", at, &columns)
        }
        ElectionCommand::Show { election, at } => election_show::show(app, election, at),
    }
}

fn open(app: &App, args: &OpenArgs) -> Result<(), Failure> {
    let now = when::now();
    let date = |text: &String| when::parse(text, now);
    let electors = match (&args.groups[..], &args.electors[..]) {
        ([], []) => Electors::Members,
        ([], listed) => {
            let listed = listed.iter().map(|member| app.resolve("members", member));
            Electors::Listed(listed.collect::<Result<_, _>>()?)
        }
        (groups, _) => Electors::Groups(groups.to_vec()),
    };
    let step = |tie: &TieArg| match tie {
        TieArg::SelfNominator => Some(TieStep::SelfNominator),
        TieArg::Incumbent => Some(TieStep::Incumbent),
        TieArg::Revote => Some(TieStep::Revote),
        TieArg::Lot => None,
    };
    let (lot, lot_at) = args.chance.read()?;
    let act = OpenElection {
        role: args.role.clone(),
        from: date(&args.from)?,
        until: date(&args.until)?,
        criteria: input::prose("--criteria", &args.criteria)?,
        electors,
        calendar: Calendar {
            opens_at: args.opens.as_ref().map(date).transpose()?,
            nominate_by: date(&args.nominate_by)?,
            share_by: date(&args.share_by)?,
            change_by: date(&args.change_by)?,
            round_hours: args.round_hours,
        },
        ties: args.ties.iter().filter_map(step).collect(),
        lot,
        lot_at,
        silence: match args.silence {
            SilenceArg::Consents => Silence::Consents,
            SilenceArg::Withholds => Silence::Withholds,
        },
    };
    app.act(act, Mandate::Power(Power::Roles))
}

/// A sealed nomination, as its author keeps it: without it nobody can reveal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: u32,
    election: StatementId,
    nominator: MemberId,
    nominee: MemberId,
    salt: Hash,
}

impl Kept {
    fn read(path: &Path, election: StatementId) -> Result<Self, Failure> {
        let text = input::read_file(path, FILE_BYTES_MAX)?;
        let kept: Option<Self> = serde_json::from_str(&text).ok();
        let kept = kept.filter(|kept| kept.format == FORMAT && kept.election == election);
        kept.ok_or_else(|| Failure::with("usage.value", path.display()))
    }

    /// Writes a new file that nobody else reads; an existing one is never replaced.
    fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(Failure::answer)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path);
        let mut file = file.map_err(|error| Failure::file(path, error))?;
        let written = writeln!(file, "{text}").and_then(|()| file.sync_all());
        written.map_err(|error| Failure::file(path, error))
    }
}

impl FileArgs {
    fn path(&self, app: &App, election: StatementId) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.file {
            return Ok(path.clone());
        }
        let key = app.key_path()?;
        let stem = key.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        Ok(key.with_file_name(format!("{stem}-nomination-{election}.json")))
    }
}

/// Seals a nomination. The salt is on disk before the commitment is on the log, and a second try
/// takes the same one, so that what is recorded can always be revealed.
fn sealing(
    app: &App,
    election: StatementId,
    nominee: &str,
    file: &FileArgs,
) -> Result<(), Failure> {
    let nominee: MemberId = app.resolve("members", nominee)?;
    let shown = app.data_of(&format!("elections/{election}"))?;
    if shown.get("facilitator").and_then(Value::as_str) == Some(&nominee.to_string()) {
        // The log would find out at the reveal only, when it is too late to name another.
        return Err(Failure::new("election.facilitator"));
    }
    let member = app.data_of(&format!("members/{nominee}"))?;
    if member.get("left").is_some_and(|left| !left.is_null()) {
        return Err(Failure::new("election.nominee-unknown"));
    }
    let signer = app.signer()?;
    let path = file.path(app, election)?;
    let before = path.exists().then(|| Kept::read(&path, election)).transpose()?;
    let is_new = before.is_none();
    let kept = match before {
        Some(kept) if kept.nominee == nominee && kept.nominator == signer.author => kept,
        Some(_) => return Err(Failure::with("cli.exists", path.display())),
        None => {
            let salt = crypto::random::<32>().map_err(|error| Failure::new(error.code()))?;
            let (nominator, salt) = (signer.author, Hash(*salt));
            Kept { format: FORMAT, election, nominator, nominee, salt }
        }
    };
    if is_new && !app.global.dry_run {
        kept.write(&path)?;
    }
    let commitment = seal(election, kept.nominator, nominee, kept.salt);
    let act = SealNomination { election, commitment };
    let named = [("file", path.display().to_string())];
    let done = app.act_as(&signer, act.into(), Mandate::Own, &named);
    let refused = |failure: &Failure| Rejection::all().any(|code| code.code() == failure.code);
    if is_new && done.as_ref().is_err_and(refused) {
        // A rule forbade it: nothing was recorded that the file could reveal.
        std::fs::remove_file(&path).map_err(|error| Failure::file(&path, error))?;
    }
    done.map(|_| ())
}

/// Whom a member named, as it is revealed.
fn named_by(app: &App, election: StatementId, who: MemberId) -> Result<MemberId, Failure> {
    let shown = app.data_of(&format!("elections/{election}"))?;
    let all = shown.get("nominated").and_then(Value::as_array).into_iter().flatten();
    let of = |one: &Value, key: &str| one.get(key)?.as_str()?.parse::<MemberId>().ok();
    let mut own = all.filter(|one| of(one, "elector") == Some(who));
    let nominee = own.next().and_then(|one| of(one, "nominee"));
    nominee.ok_or_else(|| Failure::new("election.nothing-revealed"))
}

/// Who is proposed now.
fn proposed(app: &App, election: StatementId) -> Result<MemberId, Failure> {
    let shown = app.data_of(&format!("elections/{election}"))?;
    let proposed = shown.get("proposed").and_then(Value::as_str);
    let proposed = proposed.and_then(|id| id.parse().ok());
    proposed.ok_or_else(|| Failure::new("election.nobody-proposed"))
}

fn answer(app: &App, args: &AnswerArgs) -> Result<(), Failure> {
    let election: StatementId = app.resolve("elections", &args.election)?;
    let objector = app.resolve("members", &args.member)?;
    let AnswerWhat { challenge, integrate, discard } = &args.answer;
    let answer = match (challenge, integrate, discard) {
        (Some(reason), ..) => ElectionAnswer::Challenged(input::prose("--challenge", reason)?),
        (_, Some(note), _) => {
            let until = args.until.as_ref().map(|until| when::parse(until, when::now()));
            let note = input::prose("--integrate", note)?;
            ElectionAnswer::Integrated(Integration { note, until: until.transpose()? })
        }
        (.., discard) => {
            let reason = discard.as_deref().unwrap_or_default();
            ElectionAnswer::Discarded(input::prose("--discard", reason)?)
        }
    };
    let shown = app.data_of(&format!("elections/{election}"))?;
    let facilitates =
        shown.get("facilitator").and_then(Value::as_str) == Some(&app.author()?.to_string());
    let mandate = if facilitates { Mandate::Own } else { Mandate::Power(Power::Roles) };
    app.act(AnswerCandidacy { election, objector, answer }, mandate)
}
