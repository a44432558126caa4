//! `archipel lottery`: draws by lot on the log of an instance.

use super::vote_after;
use super::vote_rules::{fill, fill_words};
use crate::app::{App, AtArgs, Mandate};
use crate::failure::Failure;
use crate::{input, show, when};
use archipel_domain::draw::{
    Announcement, Beacon, Chain, Design, Entropy, NumberSource, Parameters, Reveal,
};
use archipel_domain::id::{Hash, Line, Slug, StatementId};
use archipel_domain::role::Power;
use archipel_domain::sortition::{
    AnnounceDraw, DeclineDraw, DrawLots, DrawPool, Fallback, FilePool, Listed, ListedStratum,
    MemberDesign, MemberPool, MemberTerms,
};
use archipel_domain::time::Timestamp;
use archipel_engine::draw::Published;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest published file that is read, in bytes (512 MiB).
const FILE_BYTES_MAX: u64 = 512 << 20;

/// Draws by lot.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum LotteryCommand {
    /// Make a secret for a draw, and the commitment to it
    Secret,
    /// Announce a draw before its chance can be known, under the power over roles
    Announce(Box<AnnounceArgs>),
    /// Record the chance that came: from it, and from what was announced, the panel follows
    Draw(DrawArgs),
    /// Decline a place, or say who can not take theirs; the next alternate is called
    Decline {
        /// The draw: UUID, or its first digits
        draw: String,
        /// Who: pseudonym, or the id in the file [default: you]
        #[arg(long)]
        person: Option<String>,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// List draws
    List(AtArgs),
    /// Show a draw: terms, chances, panel, who replaced whom
    Show {
        /// The draw: UUID, or its first digits
        draw: String,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Print the file by which anybody redoes a draw among members
    File {
        /// The draw: UUID, or its first digits
        draw: String,
    },
}

/// Arguments of `lottery announce`.
#[derive(Debug, clap::Args)]
pub(crate) struct AnnounceArgs {
    /// Title
    title: String,
    /// What it is for
    #[arg(long)]
    purpose: String,
    /// How many seats
    #[arg(long, value_name = "N")]
    seats: u32,
    /// How many alternates at most, of each group if groups have seats
    #[arg(long, default_value_t = 0, value_name = "N", conflicts_with = "file")]
    alternates: u32,
    /// Only members of this group; may be repeated [default: every member]
    #[arg(long = "group", value_name = "GROUP", conflicts_with = "file")]
    groups: Vec<Slug>,
    /// Seats of a group, as nord=3; they add up to the seats
    #[arg(long, value_name = "GROUP=N", conflicts_with = "file")]
    seats_of: Vec<String>,
    /// Weight of a group, as nord=3: seats in proportion
    #[arg(long, value_name = "GROUP=N", conflicts_with_all = ["file", "seats_of"])]
    weight_of: Vec<String>,
    /// Groups, by number from 0 in the order of their names, whose alternates fill a seat when its
    /// own group has none left
    #[arg(long, value_delimiter = ',', value_name = "N,N", conflicts_with = "file")]
    fallback: Vec<u32>,
    /// People who are not members: the root of the pool in the file, how many they are, and the
    /// hash of the parameters
    #[arg(long, num_args = 3, value_names = ["ROOT", "PEOPLE", "PARAMETERS"])]
    file: Option<Vec<String>>,
    /// It fills this role for a term, as ROLE,FROM,UNTIL
    #[arg(long, value_name = "ROLE,DATE,DATE", conflicts_with = "file")]
    fill: Option<String>,
    #[command(flatten)]
    chance: ChanceArgs,
}

/// Where chance will come from.
#[derive(Debug, clap::Args)]
pub(crate) struct ChanceArgs {
    /// The first round after a moment of this chain of beacons: drand-quicknet or drand-mainnet
    #[arg(long, value_name = "CHAIN", conflicts_with_all = ["commitments", "numbers"])]
    beacon: Option<String>,
    /// The commitment of somebody to a secret, see lottery secret; three or more
    #[arg(long = "commitment", value_name = "HASH", conflicts_with = "numbers")]
    commitments: Vec<Hash>,
    /// How many secrets must be revealed at least [default: all]
    #[arg(long, value_name = "N", requires = "commitments")]
    least: Option<u32>,
    /// Numbers that others publish, as NAME:TAKEN/OF, such as `Loto, 7 September:5/49`
    #[arg(long, value_name = "SOURCE")]
    numbers: Vec<String>,
    /// When chance comes, or until when secrets are awaited: a date, or +7d from now
    #[arg(long, value_name = "DATE")]
    comes_at: String,
}

/// Arguments of `lottery draw`.
#[derive(Debug, clap::Args)]
pub(crate) struct DrawArgs {
    /// The draw: UUID, or its first digits
    draw: String,
    #[command(flatten)]
    came: EntropyArgs,
    /// The published file of a draw among people who are not members
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// The chance that came.
#[derive(Debug, clap::Args)]
pub(crate) struct EntropyArgs {
    /// The signature of the announced round
    #[arg(long, value_name = "HEX", conflicts_with_all = ["secrets", "numbers"])]
    signature: Option<String>,
    /// The signature of the round before, of drand-mainnet
    #[arg(long, value_name = "HEX", requires = "signature")]
    previous_signature: Option<String>,
    /// A secret, or `missing`; one for each commitment, in their order
    #[arg(long = "secret", value_name = "HEX", conflicts_with = "numbers")]
    secrets: Vec<String>,
    /// The numbers of a source, as a list 3,14,15; one for each source, in their order
    #[arg(long, value_name = "N,N")]
    numbers: Vec<String>,
}

/// Runs a command of the group.
pub(crate) fn run(app: &App, command: &LotteryCommand) -> Result<(), Failure> {
    match command {
        LotteryCommand::Secret => vote_after::lot_secret(app),
        LotteryCommand::Announce(args) => announce(app, args),
        LotteryCommand::Draw(args) => draw(app, args),
        LotteryCommand::Decline { draw, person, reason } => {
            let draw = app.resolve("draws", draw)?;
            let own = app.author()?.to_string();
            let person = person.clone().unwrap_or_else(|| own.clone());
            let mandate = if person == own { Mandate::Own } else { Mandate::Power(Power::Roles) };
            let person = input::line("--person", &person)?;
            let reason = input::prose("--reason", reason)?;
            app.act(DeclineDraw { draw, person, reason }, mandate)
        }
        LotteryCommand::List(at) => {
            show::list(app, "draws", at, &["id", "title", "state", "people", "seats", "comes_at"])
        }
        LotteryCommand::Show { draw, at } => show_draw(app, draw, at),
        LotteryCommand::File { draw } => {
            let file = app.data_of(&format!("draws/{draw}/file"))?;
            app.output.raw(&file.to_string())
        }
    }
}

/// What a person wants of a draw; all of it for machines.
fn show_draw(app: &App, draw: &str, at: &AtArgs) -> Result<(), Failure> {
    let path = format!("draws/{draw}");
    if app.output.json {
        return show::one(app, &path, at);
    }
    let answer = app.backend()?.read(&path, at.state()?)?;
    let data = answer.get("data").unwrap_or(&Value::Null);
    let mut shown = serde_json::Map::new();
    for (name, path) in [
        ("id", "/id"),
        ("title", "/title"),
        ("purpose", "/purpose"),
        ("state", "/state"),
        ("seats", "/seats"),
        ("people", "/people"),
        ("groups", "/pool/groups"),
        ("pool", "/pool/root"),
        ("announced_at", "/announced_at"),
        ("chance", "/chance"),
        ("comes_at", "/comes_at"),
        ("missing", "/drawn/missing"),
        ("seed", "/drawn/seed"),
        ("panel", "/panel"),
        ("declined", "/declined"),
        ("chances", "/chances"),
    ] {
        let value = data.pointer(path).filter(|value| !value.is_null());
        shown.extend(value.map(|value| (name.to_owned(), value.clone())));
    }
    if let Some(fill) = data.get("fills").filter(|fill| fill.is_object()) {
        shown.insert("fill".to_owned(), Value::String(fill_words(fill)));
    }
    let strata = data.pointer("/drawn/strata").and_then(Value::as_array);
    let alternates = strata.into_iter().flatten().filter_map(|each| each.get("alternates"));
    let alternates: Vec<Value> =
        alternates.filter_map(Value::as_array).flatten().cloned().collect();
    shown.insert("alternates".to_owned(), Value::Array(alternates));
    show::object(app, &Value::Object(shown))?;
    show::footer(app, &answer)
}

fn announce(app: &App, args: &AnnounceArgs) -> Result<(), Failure> {
    let (chance, comes_at) = args.chance.read()?;
    let act = AnnounceDraw {
        title: input::line("TITLE", &args.title)?,
        purpose: input::prose("--purpose", &args.purpose)?,
        pool: args.pool()?,
        chance,
        comes_at,
        fills: args.fill.as_deref().map(|text| fill("--fill", text)).transpose()?,
    };
    app.act(act, Mandate::Power(Power::Roles))
}

fn wrong(text: &str) -> Failure {
    Failure::with("usage.value", text)
}

impl AnnounceArgs {
    fn pool(&self) -> Result<DrawPool, Failure> {
        if let Some([root, people, parameters]) = self.file.as_deref() {
            return Ok(DrawPool::File(FilePool {
                parameters: parameters.parse().map_err(|_| wrong(parameters))?,
                people: people.parse().map_err(|_| wrong(people))?,
                root: root.parse().map_err(|_| wrong(root))?,
                seats: self.seats,
            }));
        }
        let design = match (&self.seats_of[..], &self.weight_of[..]) {
            ([], []) => MemberDesign::Simple,
            (seats, []) => MemberDesign::Seats(by_group(seats)?),
            (_, weights) => MemberDesign::Weights(by_group(weights)?),
        };
        let fallback = match &self.fallback[..] {
            [] => Fallback::Empty,
            order => Fallback::Order(order.to_vec()),
        };
        let (alternates, seats) = (self.alternates, self.seats);
        let parameters = MemberTerms { alternates, design, fallback, seats };
        let groups = if self.groups.is_empty() { None } else { Some(self.groups.clone()) };
        Ok(DrawPool::Members(MemberPool { groups, parameters }))
    }
}

fn by_group(given: &[String]) -> Result<BTreeMap<Slug, u32>, Failure> {
    let pair = |text: &String| {
        let (group, number) = text.split_once('=')?;
        Some((group.parse().ok()?, number.parse().ok()?))
    };
    given.iter().map(|text| pair(text).ok_or_else(|| wrong(text))).collect()
}

impl ChanceArgs {
    pub(super) fn read(&self) -> Result<(Announcement, Option<Timestamp>), Failure> {
        let comes_at = when::parse(&self.comes_at, when::now())?;
        if let Some(name) = &self.beacon {
            let chain = Chain::by_name(name).ok_or_else(|| wrong(name))?;
            let round = chain.first_round_after(comes_at);
            return Ok((Announcement::Beacon { chain: chain.hash, round }, None));
        }
        let chance = if self.numbers.is_empty() {
            let all = u32::try_from(self.commitments.len()).unwrap_or(u32::MAX);
            let (commitments, least) = (self.commitments.clone(), self.least.unwrap_or(all));
            Announcement::Secrets { commitments, least }
        } else {
            let sources = self.numbers.iter().map(|text| source(text));
            Announcement::Numbers { sources: sources.collect::<Result<_, _>>()? }
        };
        Ok((chance, Some(comes_at)))
    }
}

/// Reads `Loto, 7 September:5/49`.
fn source(text: &str) -> Result<NumberSource, Failure> {
    let read = || {
        let (name, numbers) = text.rsplit_once(':')?;
        let (taken, of) = numbers.split_once('/')?;
        let name = input::tidy(name);
        Some(NumberSource { name, of: of.parse().ok()?, taken: taken.parse().ok()? })
    };
    read().ok_or_else(|| wrong(text))
}

fn draw(app: &App, args: &DrawArgs) -> Result<(), Failure> {
    let draw: StatementId = app.resolve("draws", &args.draw)?;
    let entropy = args.came.read(app, &format!("draws/{draw}"))?;
    let listed = args.file.as_deref().map(listed).transpose()?;
    app.act(DrawLots { draw, entropy, listed }, Mandate::Own)
}

impl EntropyArgs {
    /// Whether anything is given.
    pub(super) fn is_given(&self) -> bool {
        self.signature.is_some() || !self.secrets.is_empty() || !self.numbers.is_empty()
    }

    /// What came, of the chance that is announced in what `path` shows.
    pub(super) fn read(&self, app: &App, path: &str) -> Result<Entropy, Failure> {
        if let Some(signature) = &self.signature {
            let shown = app.data_of(path)?;
            return beacon(&shown, signature, self.previous_signature.as_deref());
        }
        if self.numbers.is_empty() {
            let reveal = |text: &String| match text.as_str() {
                "missing" => Ok(Reveal::Missing),
                secret => secret.parse().map(Reveal::Secret).map_err(|_| wrong(text)),
            };
            return Ok(Entropy::Secrets(
                self.secrets.iter().map(reveal).collect::<Result<_, _>>()?,
            ));
        }
        let list = |text: &String| {
            let numbers = text.split(',').map(|number| number.trim().parse());
            numbers.collect::<Result<Vec<u64>, _>>().map_err(|_| wrong(text))
        };
        Ok(Entropy::Numbers(self.numbers.iter().map(list).collect::<Result<_, _>>()?))
    }
}

/// The announced round with this signature.
fn beacon(shown: &Value, signature: &str, previous: Option<&str>) -> Result<Entropy, Failure> {
    let announced = shown.pointer("/chance/beacon").ok_or_else(|| wrong("--signature"))?;
    let mut beacon = announced.clone();
    if let Some(members) = beacon.as_object_mut() {
        members.insert("signature".to_owned(), signature.into());
        if let Some(previous) = previous {
            members.insert("previous_signature".to_owned(), previous.into());
        }
    }
    let beacon: Result<Beacon, _> = serde_json::from_value(beacon);
    beacon.map(Entropy::Beacon).map_err(|_| wrong(signature))
}

/// Who was drawn, as a published file lists them.
fn listed(path: &Path) -> Result<Listed, Failure> {
    let text = input::read_file(path, FILE_BYTES_MAX)?;
    let file = || wrong(&path.display().to_string());
    let published: Published = serde_json::from_str(&text).map_err(|_| file())?;
    let lines = |names: &[String]| -> Result<Vec<Line>, Failure> {
        names.iter().map(|name| Line::new(name).map_err(|_| file())).collect()
    };
    let strata = published.strata.iter().enumerate().map(|(number, stratum)| {
        Ok(ListedStratum {
            alternates: lines(&stratum.alternates)?,
            drawn: lines(&stratum.drawn)?,
            then: then(&published.parameters, number),
        })
    });
    let strata = strata.collect::<Result<Vec<_>, Failure>>()?;
    Ok(Listed { file: Hash::of(text.as_bytes()), strata })
}

/// From which other strata a seat of one is filled. Types that nobody is drawn from stay in the
/// list: their alternates are empty.
fn then(parameters: &Parameters, stratum: usize) -> Vec<u32> {
    if matches!(parameters.design, Design::Rfc3797 | Design::Simple) {
        return Vec::new();
    }
    let sources = parameters.sources_of(stratum).into_iter().filter(|other| *other != stratum);
    sources.filter_map(|other| u32::try_from(other).ok()).collect()
}
