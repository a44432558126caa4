//! Charters of roles, from flags or a file.

use super::role::PowerArg;
use crate::failure::Failure;
use crate::{input, when};
use archipel_domain::id::{Line, Slug};
use archipel_domain::ledger::UnitCode;
use archipel_domain::role::{Cap, CharterTerms, Grant, Limits, Link, Power, Seats, Way};
use archipel_domain::vote::ElectorateRule;
use std::path::PathBuf;

/// What a role is for, what it may do, how it is filled and held.
#[derive(Debug, clap::Args)]
pub(crate) struct CharterArgs {
    /// What it is for
    #[arg(long, required_unless_present = "charter")]
    pub(super) purpose: Option<String>,
    /// A power of its holders; may be repeated, or given as a list a,b
    #[arg(long = "power", value_enum, value_delimiter = ',', value_name = "POWER")]
    pub(super) powers: Vec<PowerArg>,
    /// How many can hold it at once
    #[arg(long, default_value_t = 1)]
    pub(super) seats: u32,
    /// Longest mandate, in days
    #[arg(long, default_value_t = 365, value_name = "DAYS")]
    pub(super) term_days: u32,
    /// A charter: how it can be filled; may be repeated, or given as a list a,b
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WAY")]
    filled_by: Vec<WayArg>,
    /// The whole charter, as the body of role.defined/2 has it (JSON), instead of the other flags
    #[arg(long, value_name = "FILE", conflicts_with_all = ["purpose", "powers", "charter_flags"])]
    charter: Option<PathBuf>,
    #[command(flatten)]
    more: MoreArgs,
}

/// What only roles with a charter have.
#[derive(Debug, clap::Args)]
#[group(id = "charter_flags", multiple = true, requires = "filled_by")]
struct MoreArgs {
    /// Fewer holders than this are reported as vacant seats [default: 1]
    #[arg(long, value_name = "N")]
    least: Option<u32>,
    /// What it answers for; may be repeated
    #[arg(long = "accountability", value_name = "TEXT")]
    accountabilities: Vec<String>,
    /// What it alone controls within its circle, such as press or press:radio; may be repeated
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<Slug>,
    /// Its powers over roles and accounts hold in this circle, and those within it, only
    #[arg(long, value_name = "CIRCLE")]
    within: Option<Slug>,
    /// Its powers over members and votes hold for this group only; may be repeated
    #[arg(long = "for-group", value_name = "GROUP")]
    for_groups: Vec<Slug>,
    /// Its power over the ledger takes at most so much at once, in the unit's smallest part, and
    /// only in units that are named; may be repeated
    #[arg(long = "cap", value_name = "UNIT=N")]
    caps: Vec<String>,
    /// Who fills it by a vote, and recalls its holders: a group; may be repeated [default: all]
    #[arg(long = "chosen-by", value_name = "GROUP")]
    chosen_by: Vec<Slug>,
    /// Most terms in a row
    #[arg(long, value_name = "N")]
    consecutive: Option<u32>,
    /// Days to let pass after as many terms in a row
    #[arg(long, requires = "consecutive", value_name = "DAYS")]
    cooling_off_days: Option<u32>,
    /// Most terms ever
    #[arg(long, value_name = "N")]
    total: Option<u32>,
    /// A role that nobody holds at the same time; may be repeated
    #[arg(long = "incompatible", value_name = "ROLE")]
    incompatible: Vec<Slug>,
    /// What it weighs among a person's roles [default: 1]
    #[arg(long, value_name = "N")]
    weight: Option<u32>,
    /// The most that all roles of its holder weigh together
    #[arg(long, value_name = "N")]
    most_weight: Option<u32>,
    /// Which side of its circle's double link it is
    #[arg(long, value_enum)]
    link: Option<LinkArg>,
    /// A mandate counts only once its holder has accepted it
    #[arg(long)]
    acceptance: bool,
    /// Longest interim when seats are vacant
    #[arg(long, value_name = "DAYS")]
    interim_days: Option<u32>,
    /// Its holders can delegate
    #[arg(long)]
    delegable: bool,
    /// When it is to be reviewed: a date, or +365d from now
    #[arg(long, value_name = "DATE")]
    review_at: Option<String>,
}

/// A way to fill a role.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum WayArg {
    /// By whoever has the power over roles
    Appointment,
    /// By a vote among members
    Vote,
    /// By an election without candidates
    Election,
    /// By lot
    Draw,
    /// By a recorded rotation
    Rotation,
}

/// A side of a double link.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum LinkArg {
    /// Speaks for the outer circle in this one
    Lead,
    /// Speaks for this circle in the outer one
    Delegate,
}

impl CharterArgs {
    /// The charter; none if no flag asks for one.
    pub(super) fn terms(&self) -> Result<Option<CharterTerms>, Failure> {
        if let Some(file) = &self.charter {
            let text = input::read_file(file, 65_535)?;
            let wrong = |error| Failure::with("usage.value", format!("--charter: {error}"));
            return serde_json::from_str(&text).map(Some).map_err(wrong);
        }
        if self.filled_by.is_empty() {
            return Ok(None);
        }
        let more = &self.more;
        let lines = more.accountabilities.iter();
        let lines = lines.map(|text| input::line("--accountability", text));
        let limits = Limits {
            consecutive: more.consecutive,
            total: more.total,
            cooling_off_days: more.cooling_off_days,
            incompatible: more.incompatible.clone(),
            weight: more.weight,
            most_weight: more.most_weight,
        };
        let electorate = match &more.chosen_by[..] {
            [] => None,
            groups => Some(ElectorateRule::Groups(groups.to_vec())),
        };
        let review_at = more.review_at.as_deref().map(|text| when::parse(text, when::now()));
        Ok(Some(CharterTerms {
            purpose: input::prose("--purpose", self.purpose.as_deref().unwrap_or_default())?,
            domains: more.domains.clone(),
            accountabilities: lines.collect::<Result<Vec<Line>, _>>()?,
            powers: self.grants()?,
            seats: Seats { least: more.least.unwrap_or(1), most: self.seats },
            term_days: self.term_days,
            filled_by: self.filled_by.iter().map(|way| (*way).into()).collect(),
            electorate,
            limits: (limits != Limits::default()).then_some(limits),
            link: more.link.map(|link| match link {
                LinkArg::Lead => Link::Lead,
                LinkArg::Delegate => Link::Delegate,
            }),
            acceptance: more.acceptance,
            interim_days: more.interim_days,
            delegable: more.delegable,
            review_at: review_at.transpose()?,
        }))
    }

    /// Each power with the reach that it can have.
    fn grants(&self) -> Result<Vec<Grant>, Failure> {
        let of = |powers: &[Power]| self.powers.iter().any(|own| powers.contains(&(*own).into()));
        let without_effect = [
            ("--within", self.more.within.is_some(), of(&[Power::Roles, Power::Accounts])),
            (
                "--for-group",
                !self.more.for_groups.is_empty(),
                of(&[Power::Membership, Power::Votes]),
            ),
            ("--cap", !self.more.caps.is_empty(), of(&[Power::Ledger])),
        ];
        // A reach that is left out in silence would be a power everywhere.
        if let Some((flag, ..)) = without_effect.iter().find(|(_, given, used)| *given && !used) {
            return Err(Failure::with("usage.value", *flag));
        }
        let caps = self.more.caps.iter().map(|text| cap(text)).collect::<Result<Vec<_>, _>>()?;
        let grant = |power: &PowerArg| {
            let power = Power::from(*power);
            let circle = matches!(power, Power::Roles | Power::Accounts);
            let groups = matches!(power, Power::Membership | Power::Votes);
            Grant {
                power,
                circle: self.more.within.clone().filter(|_| circle),
                groups: if groups { self.more.for_groups.clone() } else { Vec::new() },
                caps: if power == Power::Ledger { caps.clone() } else { Vec::new() },
            }
        };
        Ok(self.powers.iter().map(grant).collect())
    }
}

impl From<WayArg> for Way {
    fn from(way: WayArg) -> Self {
        match way {
            WayArg::Appointment => Self::Appointment,
            WayArg::Vote => Self::Vote,
            WayArg::Election => Self::Election,
            WayArg::Draw => Self::Draw,
            WayArg::Rotation => Self::Rotation,
        }
    }
}

fn cap(text: &str) -> Result<Cap, Failure> {
    let wrong = || Failure::with("usage.value", format!("--cap {text}"));
    let (unit, amount) = text.split_once('=').ok_or_else(wrong)?;
    let unit: UnitCode = unit.parse().map_err(|_| wrong())?;
    Ok(Cap { unit, amount: amount.parse().map_err(|_| wrong())? })
}
